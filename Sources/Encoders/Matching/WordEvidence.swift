internal import Foundation

/// What single words say about two texts: for each word a weight where both texts hold it and one
/// where only one does, learnt by logistic regression from the labelled pairs.
///
/// "Upgrade", "refurbished" or "case" in one title alone tell products apart, "the" does not; the
/// weights say which. Words that stand in fewer than two training pairs are left out.
struct WordEvidence: Codable, Sendable, Equatable {
  /// Each word's weights: shared, and on one side only.
  private(set) var weights: [String: [Float]] = [:]
  private var bias: Float = 0

  /// The log-odds that a pair's words give.
  func logit(_ left: ValueTokens, _ right: ValueTokens) -> Float {
    let words = PairWords(left, right)
    var sum: Float = 0
    for word in words.shared { sum += weights[word]?[0] ?? 0 }
    for word in words.single { sum += weights[word]?[1] ?? 0 }
    return bias + sum * words.scale
  }

  /// Learns from labelled pairs, and gives each of them a score from a model that did not see it.
  ///
  /// The pairs fall into `folds` parts; each part is scored by weights learnt on the others, so
  /// that what comes after learns from scores as good as those of new pairs. The weights kept are
  /// the mean over the parts.
  static func fit(
    _ pairs: [(left: ValueTokens, right: ValueTokens)], _ labels: [Bool], folds: Int = 5,
    seed: UInt64
  ) -> (model: WordEvidence, scores: [Float]) {
    let rows = pairs.map { PairWords($0.left, $0.right) }
    let table = WordTable(rows)
    var generator = SeededGenerator(seed: seed, 1)
    var part = (0..<pairs.count).map { $0 % folds }
    part.shuffle(using: &generator)
    var scores = [Float](repeating: 0, count: pairs.count)
    var total = WordModel(features: table.count * 2)
    for fold in 0..<folds {
      let model = table.learn(
        labels, rows: labels.indices.filter { part[$0] != fold }, &generator)
      for row in labels.indices where part[row] == fold { scores[row] = model.logit(table[row]) }
      for index in total.weights.indices { total.weights[index] += model.weights[index] }
      total.bias += model.bias
    }
    var evidence = WordEvidence()
    evidence.bias = total.bias / Float(folds)
    for (word, index) in table.indices {
      evidence.weights[word] = [
        total.weights[2 * index] / Float(folds), total.weights[2 * index + 1] / Float(folds),
      ]
    }
    return (evidence, scores)
  }
}

/// The words that two texts share, and those of one alone; sorted, so that sums are the same in
/// every process.
private struct PairWords {
  let shared: [String]
  let single: [String]
  /// Long texts are not to weigh more than short ones.
  var scale: Float { 1 / Float(max(1, shared.count + single.count)).squareRoot() }

  init(_ left: ValueTokens, _ right: ValueTokens) {
    shared = left.distinct.intersection(right.distinct).sorted()
    single = left.distinct.symmetricDifference(right.distinct).sorted()
  }
}

private struct WordModel {
  var weights: [Float]
  var bias: Float = 0

  init(features: Int) { weights = [Float](repeating: 0, count: features) }

  func logit(_ row: WordTable.Row) -> Float {
    row.features.reduce(Float(0)) { $0 + weights[$1] } * row.scale + bias
  }
}

/// The pairs as numbers of features.
private struct WordTable {
  struct Row {
    let features: [Int]
    let scale: Float
  }

  private(set) var indices: [String: Int] = [:]
  private var rows: [Row] = []
  var count: Int { indices.count }

  subscript(row: Int) -> Row { rows[row] }

  init(_ pairs: [PairWords]) {
    var counts: [String: Int] = [:]
    for pair in pairs { for word in pair.shared + pair.single { counts[word, default: 0] += 1 } }
    for word in counts.filter({ $0.value > 1 }).keys.sorted() { indices[word] = indices.count }
    rows = pairs.map { pair in
      Row(
        features: pair.shared.compactMap { indices[$0].map { 2 * $0 } }
          + pair.single.compactMap { indices[$0].map { 2 * $0 + 1 } },
        scale: pair.scale)
    }
  }

  /// Adagrad (Duchi et al., 2011) over shuffled rows, with a penalty on the weights met.
  func learn(_ labels: [Bool], rows chosen: [Int], _ generator: inout SeededGenerator) -> WordModel
  {
    var model = WordModel(features: count * 2)
    var squares = [Float](repeating: 1e-6, count: model.weights.count)
    var biasSquares: Float = 1e-6
    var order = chosen
    for _ in 0..<12 {
      order.shuffle(using: &generator)
      for index in order {
        let row = rows[index]
        let p = 1 / (1 + exp(-model.logit(row)))
        let error = p - (labels[index] ? 1 : 0)
        biasSquares += error * error
        model.bias -= 0.2 * error / biasSquares.squareRoot()
        for feature in row.features {
          let slope = error * row.scale + 2e-4 * model.weights[feature]
          squares[feature] += slope * slope
          model.weights[feature] -= 0.2 * slope / squares[feature].squareRoot()
        }
      }
    }
    return model
  }
}
