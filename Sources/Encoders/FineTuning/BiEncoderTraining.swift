import AkinNeural
import AkinText
import Foundation
import Synchronization

/// Fine-tunes a pretrained encoder on text pairs.
final class BiEncoderTraining: Trainable {
  let network: BiEncoderNetwork
  let settings: BiEncoderSettings
  let objective: BiEncoderSettings.Objective
  private let table: PairTexts
  private let train: PairTexts.Split, valid: PairTexts.Split
  /// Of each training pair the texts that are near its left one and no answer to it.
  private var mined: [[Int]] = []
  /// Steps of an epoch: all pairs once, or as many as there is time for.
  var stepsPerEpoch: Int

  init(
    _ parts: ModelParts, train: [TextPair], valid: [TextPair], asksQueries: Bool,
    settings: BiEncoderSettings, seed: UInt64
  ) throws {
    self.settings = settings
    let limit = min(settings.tokens, parts.maximumTokens, parts.configuration.maximumTokens)
    var table = PairTexts(parts, limit: limit, asksQueries: asksQueries)
    self.train = table.add(train)
    self.valid = table.add(valid)
    self.table = table
    objective = settings.objective ?? (self.train.differs ? .order : .contrast)
    stepsPerEpoch = (train.count + settings.batch - 1) / settings.batch
    let generator = try Generator(seed: Seeds.combined(seed, 0xB1E))
    network = try BiEncoderNetwork(parts, dropout: settings.dropout, using: generator)
    try network.trunk.freeze(first: settings.frozenBlocks)
    if settings.method == .lora {
      try network.trunk.adapt(rank: settings.rank, from: settings.frozenBlocks, using: generator)
    }
  }

  var parameters: [Parameter] { network.parameters }

  /// The pairs of a left text stay together, so that a step sees which of its answers is better;
  /// left texts are shuffled, and a step's are shared out to the cores by their tokens.
  func batches(epoch: Int, seed: UInt64) throws -> [[[Int]]] {
    var generator = SeededGenerator(seed: seed, 13)
    let groups = train.groups.shuffled(using: &generator)
    var steps: [[[Int]]] = []
    var step: [[Int]] = []
    var count = 0
    for group in groups {
      for start in stride(from: 0, to: group.count, by: settings.batch) {
        let part = Array(group[start..<min(start + settings.batch, group.count)])
        if count + part.count > settings.batch, count > 0 {
          steps.append(shared(step))
          (step, count) = ([], 0)
        }
        step.append(part)
        count += part.count
      }
    }
    if !step.isEmpty { steps.append(shared(step)) }
    return Array(steps.prefix(max(1, stepsPerEpoch)))
  }

  private func shared(_ groups: [[Int]]) -> [[Int]] {
    let workers = max(1, ComputeThreads.count)
    var parts = [(tokens: Int, pairs: [Int])](repeating: (0, []), count: workers)
    func tokens(_ group: [Int]) -> Int {
      group.reduce(table.tokens[train.left[group[0]]].count) {
        $0 + table.tokens[train.right[$1]].count
      }
    }
    for group in groups.map({ (tokens($0), $0) }).sorted(by: { $0.0 > $1.0 }) {
      let place = parts.indices.min { parts[$0].tokens < parts[$1].tokens } ?? 0
      parts[place].tokens += group.0
      parts[place].pairs += group.1
    }
    return parts.map(\.pairs).filter { !$0.isEmpty }
  }

  func weight(of batch: [Int]) -> Double { Double(batch.count) }

  func loss(of batch: [Int], _ pass: Pass) throws -> Tensor {
    var texts = BatchTexts()
    let left = batch.map { texts.place(of: train.left[$0]) }
    let right = batch.map { texts.place(of: train.right[$0]) }
    let contrasts = objective == .contrast || objective == .both
    let answered = contrasts ? batch.indices.filter { train.isRight[batch[$0]] } : []
    let extras = wrongAnswers(of: answered.map { batch[$0] }, pass).map { texts.place(of: $0) }
    let vectors = try network(texts.packed(table.tokens), pass)
    var losses: [Tensor] = []
    if objective != .contrast {
      let cosines = try self.cosines(vectors, left, right)
      let targets = batch.map { train.relevance[$0] }
      losses.append(
        objective == .relevance
          ? try Loss.meanSquared(cosines, Tensor(targets))
          : try PairLoss.order(cosines, targets, temperature: settings.temperature))
    }
    if answered.count > 1 {
      let keys = answered.map { right[$0] } + extras
      let ignored = answered.enumerated().flatMap { row, place in
        let answers = train.answers[train.left[batch[place]]] ?? []
        return keys.enumerated().map { column, key in
          column != row && (key == left[place] || answers.contains(texts.texts[key]))
        }
      }
      losses.append(
        try Loss.infoNCE(
          vectors.indexSelect(dimension: 0, Tensor(answered.map { Int64(left[$0]) })),
          vectors.indexSelect(dimension: 0, Tensor(keys.map(Int64.init))),
          temperature: settings.temperature,
          ignoring: Tensor(ignored, shape: [answered.count, keys.count])))
    }
    // A part without two right answers teaches contrast nothing.
    guard let first = losses.first else { return try vectors.sum() * 0 }
    return try losses.dropFirst().reduce(first) { try $0 + $1 }
  }

  /// A few of the mined texts of each pair.
  private func wrongAnswers(of pairs: [Int], _ pass: Pass) -> [Int] {
    guard !mined.isEmpty else { return [] }
    var generator = SeededGenerator(seed: pass.nextSeed(), 1)
    return pairs.flatMap { mined[$0].shuffled(using: &generator).prefix(settings.negatives) }
  }

  private func cosines(_ vectors: Tensor, _ left: [Int], _ right: [Int]) throws -> Tensor {
    let one = try vectors.indexSelect(dimension: 0, Tensor(left.map(Int64.init)))
    let other = try vectors.indexSelect(dimension: 0, Tensor(right.map(Int64.init)))
    return try (one * other).sum([1])
  }

  // MARK: Validation

  /// `ndcg@10`, `spearman`, and `average precision` where there are two kinds of pairs; `mrr@10`
  /// where all are right answers: of each among all of the validation texts.
  func validate() throws -> [String: Double] {
    let texts = Set(valid.left + valid.right).sorted()
    let rows = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($1, $0) })
    let vectors = try vectors(of: texts)
    let width = network.trunk.configuration.hidden
    let (left, right) = (valid.left.map { rows[$0] ?? 0 }, valid.right.map { rows[$0] ?? 0 })
    guard valid.differs else {
      return ["mrr@10": try PairLoss.reciprocalRank(vectors, width, left, right)]
    }
    let scores = zip(left, right).map { one, other in
      (0..<width).reduce(Float(0)) {
        $0 + vectors[one * width + $1] * vectors[other * width + $1]
      }
    }
    var measures = ["spearman": PairRanking.spearman(scores, valid.relevance)]
    measures["ndcg@10"] = PairRanking.ndcg(
      scores, valid.relevance, groups: valid.groups, least: valid.relevance.min() ?? 0)
    if Set(valid.relevance).count == 2 {
      measures["average precision"] = MatchMeasures.averagePrecision(
        scores.map(Double.init), valid.isRight)
    }
    return measures
  }

  /// The measure that an epoch is kept by.
  var measure: String {
    if let measure = settings.measure { return measure }
    return !valid.differs ? "mrr@10" : valid.isBinary ? "average precision" : "ndcg@10"
  }

  /// The vectors of texts by the weights as they are, row after row.
  func vectors(of texts: [Int]) throws -> [Float] {
    let width = network.trunk.configuration.hidden
    let plan = BatchPlan(
      lengths: texts.map { table.tokens[$0].count }, budget: max(2_048, table.limit),
      workers: ComputeThreads.count)
    let results = Mutex([Float](repeating: 0, count: texts.count * width))
    let failure = Mutex<(any Error)?>(nil)
    // Safe: `concurrently` returns when all calls have, and they only read.
    nonisolated(unsafe) let own = self
    try ComputeThreads.concurrently(plan.batches.count) { index, _ in
      let members = plan.order[plan.batches[index]]
      do {
        var batch = PackedBatch()
        for member in members {
          batch.append(own.table.tokens[texts[member]], row: batch.rows.count)
        }
        let values = try withoutGradient {
          try withAutocast(Runtime.hasFastBFloat16) {
            try own.network(batch, .inference).floats()
          }
        }
        results.withLock { results in
          for (row, member) in members.enumerated() {
            results.replaceSubrange(
              member * width..<(member + 1) * width, with: values[row * width..<(row + 1) * width])
          }
        }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return results.withLock { $0 }
  }

  /// Finds wrong answers that the pretrained encoder takes for near ones: of the texts nearest to a
  /// left text those that are no answer to it. O(left texts · right texts · width).
  func mine() throws {
    guard objective == .contrast || objective == .both, settings.negatives > 0 else { return }
    let lefts = Set(train.left).sorted(), rights = Set(train.right).sorted()
    let width = network.trunk.configuration.hidden
    let found = try PairLoss.nearest(
      try vectors(of: lefts), to: try vectors(of: rights), width: width, count: 30)
    var wrong: [Int: [Int]] = [:]
    for (left, near) in zip(lefts, found) {
      let answers = train.answers[left] ?? []
      wrong[left] = Array(
        near.map { rights[$0] }.filter { $0 != left && !answers.contains($0) }.prefix(10))
    }
    mined = train.left.map { wrong[$0] ?? [] }
  }
}

/// The texts of a batch, each once.
private struct BatchTexts {
  private(set) var texts: [Int] = []
  private var places: [Int: Int] = [:]

  mutating func place(of text: Int) -> Int {
    if let place = places[text] { return place }
    places[text] = texts.count
    texts.append(text)
    return texts.count - 1
  }

  func packed(_ tokens: [[Int32]]) -> PackedBatch {
    var batch = PackedBatch()
    for text in texts { batch.append(tokens[text], row: batch.rows.count) }
    return batch
  }
}
