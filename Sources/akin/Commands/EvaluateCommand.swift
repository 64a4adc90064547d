import AkinEngine
import ArgumentParser
import Foundation

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure how well a recommender finds what users took.",
    discussion: """
      Files of interactions are adjacency lists: a line is `user item item …`, whole numbers from 0
      and blanks. The recommender learns from --interactions, ranks all items for every user without
      those it learnt from, and is measured by --test. With `auto` several are fitted and the best
      on a validation split, carved from --interactions, is taken; the test file is used once.

      Where order matters, --sequences (lines of `user item item …`, oldest first) leaves the last
      item of each row for the test and the one before it for validation; --sessions (lines of
      `item item …`) learns from some sessions and is tested on each prefix of others. In both, one
      item is to be found: hit@k is the hit rate, which session papers call P@k.

      With --heads, --events (a log as akin build reads it, with times) tell what shoppers do next:
      after each step whether something is bought within --horizon, and how long until the next
      step. Time parts the log in three: networks learn from 80 %, the next tenth chooses, the last
      is opened once.

      Examples:
        akin evaluate --interactions train.txt --test test.txt --recommender auto --json
        akin evaluate --interactions train.txt --test test.txt --recommender ease --side brands.txt
        akin evaluate --heads --events orders.parquet --horizon 7d --json
        akin evaluate --interactions train.txt --test test.txt --settings best.json \\
          --beside popularity item-knn --html page.html
        akin evaluate --sequences Beauty.txt --protocol leave-one-out --recommender sasrec
        akin evaluate --sessions train.txt --test test.txt --recommender auto --budget 10m
      """)

  @Option(help: "Adjacency lists to learn from.")
  var interactions: String?

  @Option(help: "Rows of items in order of time, each after its user.")
  var sequences: String?

  @Option(name: .customLong("protocol"), help: "How --sequences are tested.")
  var protocolName: SequenceProtocol = .leaveOneOut

  @Option(help: "Sessions to learn from, items alone in order of time.")
  var sessions: String?

  @Flag(help: "Evaluate the purchase and the time after each step of --events.")
  var heads = false

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Logs of behaviour with times, for --heads.", valueName: "file"))
  var events: [String] = []

  @Option(
    help: ArgumentHelp(
      "Within what a purchase counts for --heads, such as 30m or 7d.", valueName: "time"))
  var horizon = TimeBudget(seconds: 7 * 86_400)

  @Option(
    help: ArgumentHelp(
      "Rows of items that belong together (`row item item …`, such as those of one brand), to put"
        + " below the users of --interactions; its weight is chosen on validation.",
      valueName: "file"))
  var side: String?

  @Option(
    help: ArgumentHelp(
      "What the rows of --side weigh beside a user's, instead of a choice.", valueName: "number"))
  var sideWeight: Float?

  @Option(help: "What must be found: adjacency lists of the same users and items, or sessions.")
  var test: String?

  @Option(
    help: ArgumentHelp(
      "auto, or one of \(EvaluateInteractions.names); for sequences and sessions auto, or one of "
        + "\(EvaluateSequences.names).", valueName: "name"))
  var recommender = "auto"

  @Option(
    help: ArgumentHelp(
      "A recommender with its settings, as akin tune writes it, instead of --recommender.",
      valueName: "file"))
  var settings: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Settings of the recommender, such as k=400; a wrong name lists those there are.",
      valueName: "name=value"))
  var set: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Recommenders measured beside it on the same test, with paired tests; files of settings are"
        + " taken too. The choice does not see them.", valueName: "name"))
  var beside: [String] = []

  @Option(help: ArgumentHelp("Also a page with charts, to open in a browser.", valueName: "file"))
  var html: String?

  @Option(
    help: ArgumentHelp(
      "Also keep the figures in this shop, whose dashboard shows them.", valueName: "dir"))
  var keep: String?

  @Option(parsing: .upToNextOption, help: "Lengths of the lists at which metrics are taken.")
  var cuts = [10, 20, 50]

  @Option(help: "The share of the interactions that auto chooses by.")
  var validFraction = 0.1

  @Option(help: ArgumentHelp("Time auto may take, such as 90s or 5m.", valueName: "time"))
  var budget: TimeBudget = .init(seconds: 300)

  @Option(help: "What every random choice begins from.")
  var seed: UInt64 = 0

  @Flag(help: "Also the area under the ROC curve, which takes longer.")
  var auc = false

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(
    inversion: .prefixedNo,
    help: "Whether a sequence model learns from the validation items before the test.")
  var refit = true

  func validate() throws {
    guard heads == !events.isEmpty else {
      throw ValidationError("--heads and --events go together.")
    }
    guard [interactions, sequences, sessions, events.first].compactMap(\.self).count == 1 else {
      throw ValidationError(
        "Name one thing to learn from: --interactions, --sequences, --sessions, or --events with"
          + " --heads.")
    }
    if heads { return try validateHeads() }
    guard sequences == nil || test == nil else {
      throw ValidationError("--sequences hold their own test items; leave out --test.")
    }
    guard sequences != nil || test != nil else {
      throw ValidationError("Name what must be found: --test FILE.")
    }
    guard set.isEmpty || recommender != "auto" || settings != nil else {
      throw ValidationError("--set goes with one recommender; auto chooses settings by itself.")
    }
    guard settings == nil || recommender == "auto" else {
      throw ValidationError("--settings names the recommender; leave out --recommender.")
    }
    guard interactions != nil || (set.isEmpty && settings == nil && !auc && side == nil) else {
      throw ValidationError("--set, --settings, --side and --auc go with --interactions.")
    }
    guard side == nil || recommender != "auto" || settings != nil else {
      throw ValidationError("--side goes with one recommender, such as ease or ials.")
    }
    guard sideWeight == nil || side != nil, sideWeight.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--side-weight is a number above 0 and goes with --side.")
    }
  }

  private func validateHeads() throws {
    guard test == nil, set.isEmpty, settings == nil, beside.isEmpty, html == nil, side == nil, !auc
    else {
      throw ValidationError(
        "--heads goes with --events, --horizon, --recommender, --budget, --seed and --json alone.")
    }
  }

  func run() throws {
    if heads { return try evaluateHeads() }
    let report = try evaluate()
    let files = [interactions, sequences, sessions, test].compactMap(\.self)
      .map { URL(filePath: $0).lastPathComponent }
    if let html {
      try report.writePage(to: URL(filePath: html), files: files, made: Date())
      Terminal.warn("Wrote \(html)")
    }
    if let keep {
      try report.kept(files: files, at: Date())
        .keep(in: URL(filePath: keep, directoryHint: .isDirectory))
      Terminal.warn("Kept in \(keep): its dashboard shows it")
    }
    if json { try Terminal.printJSON(report) } else { Terminal.print(report.rendered()) }
  }

  private func evaluateHeads() throws {
    var evaluation = try EvaluateOutcomes(recommender, progress: TerminalProgress())
    (evaluation.horizon, evaluation.budget) = (horizon.seconds, budget.seconds)
    evaluation.seed = seed
    let report = try evaluation.run(events: events.map { URL(filePath: $0) })
    if json { try Terminal.printJSON(report) } else { Terminal.print(report.rendered()) }
  }

  private func evaluate() throws -> EvaluationReport {
    if let interactions, let test { return try evaluateInteractions(interactions, test) }
    var evaluation = try EvaluateSequences(recommender, progress: TerminalProgress())
    (evaluation.cuts, evaluation.budget, evaluation.seed) = (cuts, budget.seconds, seed)
    evaluation.learnsFromValidation = refit
    evaluation.beside = try beside.map { try EvaluateSequences.named($0) }
    if let sequences { return try evaluation.run(leavingOneOut: URL(filePath: sequences)) }
    return try evaluation.run(
      train: URL(filePath: sessions ?? ""), test: URL(filePath: test ?? ""))
  }

  private func evaluateInteractions(_ train: String, _ test: String) throws -> EvaluationReport {
    let choice: EvaluateInteractions.Choice =
      if let settings { .one(try SettingsFile.read(URL(filePath: settings))) } else {
        try .init(recommender)
      }
    var evaluation = EvaluateInteractions(choice, progress: TerminalProgress())
    evaluation.cuts = cuts
    evaluation.changes = try SettingChange.read(set)
    evaluation.beside = try beside.map { name in
      try FileManager.default.fileExists(atPath: name) && name.hasSuffix(".json")
        ? SettingsFile.read(URL(filePath: name)) : EvaluateInteractions.named(name)
    }
    evaluation.validFraction = validFraction
    evaluation.budget = budget.seconds
    evaluation.seed = seed
    evaluation.measuresArea = auc
    evaluation.side = side.map { URL(filePath: $0) }
    evaluation.sideWeight = sideWeight
    return try evaluation.run(train: URL(filePath: train), test: URL(filePath: test))
  }
}

/// How sequences are tested.
enum SequenceProtocol: String, ExpressibleByArgument, CaseIterable {
  case leaveOneOut = "leave-one-out"
}
