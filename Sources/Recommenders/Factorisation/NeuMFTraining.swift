internal import AkinCatalogue
internal import AkinNeural
internal import AkinSimilarity

/// The steps of ``NeuMF``: all interactions of some shoppers, each beside items drawn evenly among
/// those that the shopper did not take.
final class NeuMFTraining: Trainable {
  /// Batches of a step that are computed side by side. Part of what results depend on.
  private static let threads = 2

  private let network: NeuMFNetwork
  private let interactions: Interactions
  private let settings: NeuMF

  init(_ network: NeuMFNetwork, _ interactions: Interactions, _ settings: NeuMF) {
    (self.network, self.interactions, self.settings) = (network, interactions, settings)
  }

  var parameters: [Parameter] { network.parameters }

  /// Shoppers in random order, cut where a batch has its share of a step's interactions.
  func batches(epoch: Int, seed: UInt64) throws -> [[[Int]]] {
    var generator = SplitMix64(seed: seed)
    let order = (0..<interactions.userCount).filter { !interactions[$0].isEmpty }
      .shuffled(using: &generator)
    let share = max(1, settings.rowsPerStep / Self.threads)
    var batches: [[Int]] = [[]]
    var rows = 0
    for user in order {
      if rows >= share {
        batches.append([])
        rows = 0
      }
      batches[batches.count - 1].append(user)
      rows += interactions[user].count
    }
    return stride(from: 0, to: batches.count, by: Self.threads).map {
      Array(batches[$0..<min($0 + Self.threads, batches.count)])
    }
  }

  func weight(of batch: [Int]) -> Double {
    Double(batch.reduce(0) { $0 + interactions[$1].count })
  }

  /// What a batch's rows are of.
  private struct Rows {
    var bags = HistoryBags()
    /// The place of each row's shopper in the batch, and the item to be found.
    var shoppers: [Int] = [], targets: [Int] = []
    /// What the target's vector counts in the sum, and what the sum is multiplied with once the
    /// target has been taken out.
    var own: [Float] = [], scales: [Float] = []
    /// What a row counts.
    var worth: [Float] = []
    /// The target, then the negatives, row by row.
    var candidates: [Int] = []
  }

  func loss(of batch: [Int], _ pass: Pass) throws -> Tensor {
    let rows = rows(of: batch, seed: pass.nextSeed())
    let count = rows.targets.count
    let each = 1 + settings.negatives
    let sums = try network.sums(rows.bags)
    let targets = try Tensor(rows.targets)
    let histories = try sums.indexSelect(dimension: 0, Tensor(rows.shoppers))
    let found = try network.histories(targets) * Tensor(rows.own, shape: [count, 1])
    let shoppers = try (histories - found) * Tensor(rows.scales, shape: [count, 1])
    let scores = try network.scores(
      pass.dropout(shoppers, settings.dropout), Tensor(rows.candidates, shape: [count, each]),
      pass)
    let worth = try Tensor(rows.worth, shape: [count, 1])
    let losses: Tensor
    switch settings.objective {
    case .softmax:
      losses = try -scores.logSoftmax().narrow(dimension: 1, start: 0, length: 1)
    case .logistic:
      // −log σ(s) of the target and −log σ(−s) of the others: softplus of scores with signs.
      var signs = [Float](repeating: 1, count: count * each)
      for row in 0..<count { signs[row * each] = -1 }
      let signed = try scores * Tensor(signs, shape: [count, each])
      // log(1 + eˣ) = max(x, 0) + log(1 + e⁻|ˣ|), which does not overflow.
      losses = try (signed.relu() + ((-signed.magnitude()).exp() + 1).log()).mean(
        [1], keepingDimensions: true)
    }
    return try (losses * worth).mean()
  }

  private func rows(of batch: [Int], seed: UInt64) -> Rows {
    var generator = SplitMix64(seed: seed)
    var rows = Rows()
    for (place, user) in batch.enumerated() {
      let entries = interactions.range(of: user)
      let weights = interactions.weights.map { $0[entries] }
      rows.bags.append(interactions[user], weights: weights, scale: 1)
      let square = weights?.reduce(0) { $0 + $1 * $1 } ?? Float(entries.count)
      for entry in entries {
        let weight = interactions.weights?[entry] ?? 1
        rows.shoppers.append(place)
        rows.targets.append(Int(interactions.items[entry]))
        rows.own.append(weight)
        let left = square - weight * weight
        rows.scales.append(left > 1e-6 * square ? 1 / left.squareRoot() : 0)
        rows.worth.append(min(1, max(0, weight)))
        rows.candidates.append(Int(interactions.items[entry]))
        for _ in 0..<settings.negatives {
          rows.candidates.append(negative(for: user, using: &generator))
        }
      }
    }
    return rows
  }

  /// An item the shopper did not take, or any where he took nearly all.
  private func negative(for user: Int, using generator: inout SplitMix64) -> Int {
    var item = 0
    for _ in 0..<20 {
      item = Int.random(in: 0..<interactions.itemCount, using: &generator)
      if !interactions.contains(user: user, item: item) { return item }
    }
    return item
  }
}
