import AkinCatalogue
import AkinEngine
import AkinRecommenders
import Foundation

/// Trains one sequence model and prints what it reaches on the validation cases after each epoch.
///
///     akin-bench-sequence leave-one-out FILE MODEL [setting=value …]
///     akin-bench-sequence sessions TRAIN MODEL [setting=value …]
///
/// Or does what `akin evaluate` does, without the server that the command carries:
///
///     akin-bench-sequence evaluate FILE|TRAIN NAME|auto [test=FILE budget=SECONDS refit=0 seed=0]
@main
struct SequenceBenchmark {
  let train: Sequences
  let validation: SequenceCases
  let isLeaveOneOut: Bool
  var values: [String: String] = [:]

  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count >= 3 else {
      print("usage: akin-bench-sequence leave-one-out|sessions FILE MODEL [setting=value …]")
      exit(2)
    }
    let words = Array(arguments)
    if words[0] == "evaluate" { return try evaluate(words) }
    try SequenceBenchmark(words[0], URL(fileURLWithPath: words[1]), words.dropFirst(3))
      .run(words[2])
  }

  static func evaluate(_ words: [String]) throws {
    var values: [String: String] = [:]
    for setting in words.dropFirst(3) {
      let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 { values[parts[0]] = parts[1] }
    }
    var evaluation = try EvaluateSequences(words[2], progress: SilentProgress())
    evaluation.budget = values["budget"].flatMap(Double.init) ?? 300
    evaluation.seed = values["seed"].flatMap(UInt64.init) ?? 0
    evaluation.learnsFromValidation = values["refit"] != "0"
    let file = URL(filePath: words[1])
    let report =
      try values["test"].map { try evaluation.run(train: file, test: URL(filePath: $0)) }
      ?? evaluation.run(leavingOneOut: file)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    print(String(decoding: try encoder.encode(report), as: UTF8.self))
  }

  init(_ protocolName: String, _ file: URL, _ settings: ArraySlice<String>) throws {
    isLeaveOneOut = protocolName == "leave-one-out"
    if isLeaveOneOut {
      let raw = try AdjacencyFile(file).sequences()
      let all = ItemNumbering(of: raw).applied(to: raw)
      train = all.droppingLast(2)
      validation = .last(of: all.droppingLast(1))
    } else {
      let raw = try AdjacencyFile(file).sessions()
      let all = ItemNumbering(of: raw).applied(to: raw)
      let cut = all.count - all.count / 10
      train = all.rows(0..<cut)
      validation = .everyPrefix(of: all.rows(cut..<all.count))
    }
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 { values[parts[0]] = parts[1] }
    }
  }

  func run(_ model: String) throws {
    print(
      "\(train.count) rows, \(train.items.count) events, \(train.itemCount) items, "
        + "\(validation.count) validation cases")
    guard let architecture = NextItem.Architecture(rawValue: model) else {
      return try classic(model)
    }
    let settings = nextItem(architecture)
    print(settings)
    let began = Date()
    let fitted = try settings.fit(train, validation: validation, progress: { _, _ in }) {
      let line = String(
        format: "%.0f s: ndcg@20 %.4f hit@20 %.4f mrr@20 %.4f\n", Date().timeIntervalSince(began),
        $0["ndcg@20"] ?? 0, $0["hit@20"] ?? 0, $0["mrr@20"] ?? 0)
      FileHandle.standardError.write(Data(line.utf8))
    }
    for (index, epoch) in fitted.epochs.enumerated() {
      let measures = epoch.metrics.sorted { $0.key < $1.key }
        .map { "\($0.key) \(String(format: "%.4f", $0.value))" }.joined(separator: " ")
      print(
        String(
          format: "epoch %2d  loss %.4f  %.1f s + %.1f s  ", index + 1, epoch.loss, epoch.seconds,
          epoch.validationSeconds) + measures)
    }
    print(
      "kept \(fitted.keptEpoch), "
        + String(format: "%.1f s", Date().timeIntervalSince(began)))
  }

  func classic(_ model: String) throws {
    if model == "markov" {
      var settings = Markov()
      set(&settings.order, "order", Int.init)
      set(&settings.reach, "reach", Int.init)
      return try measure(settings)
    }
    var settings = SessionNeighbours()
    set(&settings.neighbours, "neighbours", Int.init)
    set(&settings.candidates, "candidates", Int.init)
    set(&settings.longest, "longest", Int.init)
    set(&settings.recency, "recency", Float.init)
    set(&settings.rarity, "rarity", Float.init)
    set(&settings.lengthPenalty, "length", Float.init)
    set(&settings.ageing, "ageing", Float.init)
    set(&settings.forward, "forward", Float.init)
    set(&settings.backward, "backward", Float.init)
    set(&settings.novelty, "novelty", Float.init)
    if values["tune"] != nil {
      settings = try settings.tuned(on: train, validation, excludesHistory: isLeaveOneOut).settings
      print(settings)
    }
    try measure(settings)
  }

  func measure(_ algorithm: some SequenceAlgorithm) throws {
    let began = Date()
    let model = try algorithm.fit(train, validation: nil) { _, _ in }
    let fitted = Date()
    let limit = values["cases"].flatMap { Int($0) } ?? validation.count
    let ranks = try CaseRanks.measure(
      validation.spread(over: limit), itemCount: model.itemCount, excludesHistory: isLeaveOneOut,
      scoring: model.score)
    let measures = ranks.means.sorted { $0.key < $1.key }
      .map { "\($0.key) \(String(format: "%.4f", $0.value))" }.joined(separator: " ")
    print(
      String(
        format: "fit %.2f s, %d cases %.2f s  ", fitted.timeIntervalSince(began), ranks.ranks.count,
        Date().timeIntervalSince(fitted)) + measures)
  }

  func nextItem(_ architecture: NextItem.Architecture) -> NextItem {
    var settings = NextItem(architecture)
    settings.excludesHistory = isLeaveOneOut
    set(&settings.width, "width", Int.init)
    set(&settings.layers, "layers", Int.init)
    set(&settings.heads, "heads", Int.init)
    set(&settings.longest, "longest", Int.init)
    set(&settings.dropout, "dropout", Double.init)
    set(&settings.epochs, "epochs", Int.init)
    set(&settings.patience, "patience", Int.init)
    set(&settings.rate, "rate", Double.init)
    set(&settings.decay, "decay", Double.init)
    set(&settings.rowsPerStep, "rows", Int.init)
    set(&settings.validationCases, "cases", Int.init)
    set(&settings.deviation, "deviation", Double.init)
    set(&settings.seed, "seed", UInt64.init)
    if let text = values["negatives"] { settings.negatives = Int(text) }
    if let text = values["scale"] { settings.cosineScale = Double(text) }
    if let text = values["budget"] { settings.budget = Double(text) }
    return settings
  }

  private func set<Value>(
    _ setting: inout Value, _ name: String, _ parse: (String) -> Value?
  ) {
    if let text = values[name], let value = parse(text) { setting = value }
  }
}
