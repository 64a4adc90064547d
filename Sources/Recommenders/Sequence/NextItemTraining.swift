internal import AkinNeural
internal import Foundation

/// Learns every item of every sequence from the items before it.
final class NextItemTraining: Trainable {
  private let network: NextItemNetwork
  private let sequences: [ArraySlice<Int32>]
  private let itemCount: Int
  private let settings: NextItemSettings
  let parameters: [Parameter]

  init(
    _ network: NextItemNetwork, _ sequences: [[Int32]], itemCount: Int,
    _ settings: NextItemSettings
  ) {
    self.network = network
    self.itemCount = itemCount
    self.settings = settings
    // One item more than is read: the last one is only a target.
    self.sequences = sequences.filter { $0.count > 1 }.map { $0.suffix(settings.longest + 1) }
    parameters = network.parameters
  }

  /// Sequences in random order, cut where a batch has its share of a step's predictions.
  func batches(epoch: Int, seed: UInt64) throws -> [[[Int]]] {
    let order = try Tensor.randomPermutation(sequences.count, using: Generator(seed: seed))
      .elements(as: Int.self)
    let share = max(1, settings.rowsPerStep / settings.threads)
    var batches: [[Int]] = [[]]
    var rows = 0
    for number in order {
      if rows >= share {
        batches.append([])
        rows = 0
      }
      batches[batches.count - 1].append(number)
      rows += sequences[number].count - 1
    }
    guard let first = batches.first, !first.isEmpty else { return [] }
    return stride(from: 0, to: batches.count, by: settings.threads).map {
      Array(batches[$0..<min($0 + settings.threads, batches.count)])
    }
  }

  func weight(of batch: [Int]) -> Double {
    Double(batch.reduce(0) { $0 + sequences[$1].count - 1 })
  }

  func loss(of batch: [Int], _ pass: Pass) throws -> Tensor {
    var histories = PackedHistories()
    var targets: [Int] = []
    for number in batch {
      histories.append(sequences[number].dropLast())
      targets += sequences[number].dropFirst().map(Int.init)
    }
    let states = try network.states(histories, pass)
    guard let negatives = settings.negatives, negatives < itemCount else {
      return try states.softmaxLoss(table: network.table(), targets: Tensor(targets))
    }
    let drawn = try Competitors(
      targets: targets, draws: negatives, of: itemCount, seed: pass.nextSeed())
    return try states.softmaxLoss(
      table: network.rows(Tensor(drawn.items)), targets: Tensor(drawn.targets),
      bias: Tensor(drawn.corrections))
  }
}

/// The items of a sampled softmax: a batch's targets and even draws, each once.
///
/// A competitor counts `1 / π` for its probability π of being among them, so that the sum over
/// them estimates that over all items (Horvitz & Thompson, 1952). A target stands in its batch at
/// a rate that is estimated by the batch itself.
struct Competitors {
  private(set) var items: [Int] = []
  private(set) var targets: [Int] = []
  private(set) var corrections: [Float] = []

  init(targets all: [Int], draws: Int, of itemCount: Int, seed: UInt64) throws(NeuralError) {
    var places: [Int: Int] = [:]
    var counts: [Int] = []
    for target in all {
      if let place = places[target] {
        counts[place] += 1
        targets.append(place)
      } else {
        places[target] = items.count
        targets.append(items.count)
        items.append(target)
        counts.append(1)
      }
    }
    let own = items.count
    let uniform = try Tensor.randomUniform([draws], using: Generator(seed: seed)).floats()
    for number in uniform {
      let item = min(itemCount - 1, Int(Double(number) * Double(itemCount)))
      if places[item] == nil {
        places[item] = items.count
        items.append(item)
      }
    }
    let drawn = min(1, Double(draws) / Double(itemCount))
    corrections = items.indices.map { index in
      // Seen c times, an item is among the targets of such a batch with about 1 − e⁻ᶜ.
      let met = index < own ? 1 - exp(-Double(counts[index])) : 0
      return Float(-log(1 - (1 - met) * (1 - drawn)))
    }
  }
}
