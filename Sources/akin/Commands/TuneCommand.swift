import AkinEngine
import AkinRecommenders
import ArgumentParser
import Foundation

struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Find the settings of a recommender that suit a file of interactions.",
    discussion: """
      Settings are judged by interactions that are held out from the file: a share of them, or each
      of several folds in turn. There is no test file here, so none can be opened. The first trial
      has the settings the recommender begins with, or those of --settings and --set: what is found
      must beat them.

      What is searched is --space, or the space that comes with the recommender. A range is
      name=0.5..160, searched by its logarithm with :log at the end; a choice is name=a,b,c.
      With --log every trial is on the disk before the next one; the same command goes on there.

      Examples:
        akin tune --interactions train.txt --recommender ease --output best.json
        akin tune --interactions train.txt --recommender item-knn --folds 5 --log trials.jsonl
        akin tune --interactions train.txt --recommender ials --method random \\
          --space factors=32..256:log alpha=1..100:log --budget 10m
        akin evaluate --interactions train.txt --test test.txt --settings best.json
      """)

  @Option(help: "Adjacency lists to learn from and to hold out from.")
  var interactions: String

  @Option(
    help: ArgumentHelp("One of \(EvaluateInteractions.names).", valueName: "name"))
  var recommender: String?

  @Option(help: ArgumentHelp("A file of settings to begin with.", valueName: "file"))
  var settings: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Settings that are not searched.", valueName: "name=value"))
  var set: [String] = []

  @Option(
    help: ArgumentHelp("How: tpe (learns from trials), random or grid.", valueName: "name"),
    transform: {
      guard let method = TuneRecommender.Method(rawValue: $0) else {
        throw ValidationError("there are tpe, random and grid")
      }
      return method
    })
  var method = TuneRecommender.Method.tpe

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("What is searched.", valueName: "name=values"))
  var space: [String] = []

  @Option(help: "Trials at most, those in the log included.")
  var trials = 40

  @Option(help: "Values of a range in a grid.")
  var levels = 4

  @Option(help: ArgumentHelp("Time this run may take, about.", valueName: "time"))
  var budget: TimeBudget?

  @Option(help: "The share of the interactions that is held out.")
  var validFraction = 0.1

  @Option(help: "Hold out each of so many parts in turn instead.")
  var folds: Int?

  @Option(help: "What decides: recall, precision, f1, hit, ndcg, mrr or map, at a cut.")
  var metric = "ndcg@20"

  @Option(help: "What splits and draws follow from.")
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Where trials are written and taken up.", valueName: "file"))
  var log: String?

  @Option(help: ArgumentHelp("Where the best settings go.", valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "A shop's folder to keep what was found in; its dashboard shows it.", valueName: "folder"))
  var keep: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (recommender == nil) != (settings == nil) else {
      throw ValidationError("Name what is tuned: --recommender NAME, or --settings FILE.")
    }
  }

  func run() throws {
    var tuning = TuneRecommender(try beginning(), progress: TerminalProgress())
    tuning.method = method
    tuning.trials = trials
    tuning.budget = budget?.seconds
    tuning.validation = folds.map { .folds($0) } ?? .share(validFraction)
    tuning.metric = metric
    tuning.space = space
    tuning.levels = levels
    tuning.seed = seed
    tuning.log = log.map { URL(filePath: $0) }
    let file = URL(filePath: interactions)
    let report = try tuning.run(train: file)
    if let output { try report.writeBest(to: URL(filePath: output)) }
    if let keep {
      try report.kept(file: file.lastPathComponent, at: Date())
        .keep(in: URL(filePath: keep, directoryHint: .isDirectory))
      Terminal.warn("Kept in \(keep): its dashboard shows it")
    }
    if json { try Terminal.printJSON(report) } else { Terminal.print(report.rendered()) }
    if let output { Terminal.warn("Wrote \(output): akin evaluate … --settings \(output)") }
  }

  private func beginning() throws -> RecommenderSettings {
    let changes = try SettingChange.read(set)
    if let settings {
      return try SettingsFile.read(URL(filePath: settings)).changing(changes)
    }
    guard let name = RecommenderName(rawValue: recommender ?? "") else {
      throw ValidationError(
        "No recommender is called '\(recommender ?? "")'; there are \(EvaluateInteractions.names).")
    }
    return try name.settings.changing(changes)
  }
}

/// `name=value` on the command line.
enum SettingChange {
  static func read(_ texts: [String]) throws -> [String: String] {
    var result: [String: String] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ValidationError("--set takes name=value, not '\(text)'.")
      }
      result[parts[0]] = parts[1]
    }
    return result
  }
}
