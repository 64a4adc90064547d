import ArgumentParser

struct EncoderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encoder",
    abstract: "Make encoders of a shop's own.",
    discussion: """
      Examples:
        akin encoder train --products products.csv --output my-encoder
        akin encoder tune --pairs judged.csv --output my-encoder
      """,
    subcommands: [EncoderTrainCommand.self, EncoderTuneCommand.self])
}
