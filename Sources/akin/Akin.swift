import AkinEngine
import ArgumentParser
import Foundation

@main struct Akin: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "akin",
    abstract: "Which products are alike, in which way, and what each shopper would want next.",
    discussion: """
      Example:
        akin build --products products.csv --events orders.jsonl --shop my-shop
        akin similar --shop my-shop 101001
        akin train --shop my-shop
        akin recommend --shop my-shop u17
        akin report --shop my-shop --output page.html

      Results go to standard output, messages to standard error. Exit status: 0 done, 64 wrong
      arguments, 65 unusable input, 69 a model is missing, 70 a defect of ours, 73 output cannot be
      written, 75 busy (try again), 130 interrupted.
      """,
    version: AkinVersion.current,
    subcommands: [
      BuildCommand.self, SimilarCommand.self, SearchCommand.self, SuggestCommand.self,
      SearchTrainCommand.self,
      EncodeCommand.self, ReportCommand.self,
      GraphCommand.self, PlanCommand.self, DuplicatesCommand.self,
      IndexCommand.self, EvaluateCommand.self, TuneCommand.self,
      TrainCommand.self,
      RecommendCommand.self, RelateCommand.self, MatchCommand.self, TagCommand.self,
      WordsCommand.self, EncoderCommand.self,
      ModelCommand.self, DoctorCommand.self,
      ServeCommand.self, UpCommand.self, KeyCommand.self, StoreCommand.self, BackupCommand.self,
      RestoreCommand.self,
    ])

  static func main() async {
    let work = Task {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    }
    let interrupts = isInterruptible ? Interrupts { work.cancel() } : nil
    defer { withExtendedLifetime(interrupts) {} }
    do {
      try await work.value
    } catch {
      guard let status = ExitStatus(error) else { exit(withError: error) }
      Terminal.warn("akin: \(status.message)")
      Foundation.exit(status.code)
    }
  }

  /// Whether the command notices that its task is cancelled and leaves everything in order. The
  /// others have nothing half done, and a signal may end them at once.
  private static var isInterruptible: Bool {
    let commands: [any ParsableCommand.Type] = [
      BuildCommand.self, EncodeCommand.self, GraphCommand.self, EvaluateCommand.self,
      TrainCommand.self, TuneCommand.self, RelateCommand.self, MatchCommand.self,
      SearchTrainCommand.self, EncoderCommand.self,
    ]
    let words = Array(CommandLine.arguments.dropFirst().prefix(2))
    return commands.contains { $0.configuration.commandName == words.first }
      || [["index", "add"], ["index", "compact"], ["words", "train"]].contains(words)
  }
}

/// Calls `action` on the first Ctrl-C or `SIGTERM`; a second one ends the process at once.
private final class Interrupts {
  private var sources: [any DispatchSourceSignal] = []

  init(_ action: @escaping @Sendable () -> Void) {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler {
        signal(number, SIG_DFL)
        Terminal.warn("\nStopping … (once more to end at once)")
        action()
      }
      source.resume()
      sources.append(source)
    }
  }
}
