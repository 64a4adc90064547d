internal import AkinNeural
internal import Foundation

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
    // With replacement: an item is among the draws with 1 − (1 − 1/n)^draws.
    let drawn = 1 - exp(Double(draws) * log1p(-1 / Double(itemCount)))
    corrections = items.indices.map { index in
      // Seen c times, an item is among the targets of such a batch with about 1 − e⁻ᶜ.
      let met = index < own ? 1 - exp(-Double(counts[index])) : 0
      return Float(-log(1 - (1 - met) * (1 - drawn)))
    }
  }
}
