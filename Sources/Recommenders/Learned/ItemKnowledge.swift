internal import AkinCatalogue
internal import Foundation

/// What the numbers of a candidate are made from beside the recommenders' scores: of each item how
/// many took it, how many lately, how many came back for it, and its facts.
struct ItemKnowledge: Sendable, Equatable {
  /// log₂(1 + shoppers who took it).
  let takers: [Float]
  /// The share of an item's takers whose latest deed with it lies in the last 30 days; not a number
  /// without times.
  let recent: [Float]
  /// The share of its takers who took it more than once, drawn to the mean.
  let returns: [Float]
  /// The latest time that was learnt from, in seconds since 1970.
  let latest: Double?
  let facts: ItemFacts

  static let day = 86_400.0

  /// O(n).
  init(_ train: Interactions, facts: ItemFacts) {
    precondition(facts.count == train.itemCount, "facts of every item")
    let latest = train.times?.max()
    var (takers, again, recent) = (
      [Float](repeating: 0, count: train.itemCount), [Float](repeating: 0, count: train.itemCount),
      [Float](repeating: 0, count: train.itemCount)
    )
    for (entry, item) in train.items.enumerated() {
      takers[Int(item)] += 1
      if (train.weights?[entry] ?? 1) > 1.5 { again[Int(item)] += 1 }
      if let times = train.times, let latest, times[entry] > latest - 30 * Self.day {
        recent[Int(item)] += 1
      }
    }
    let all = max(1, takers.reduce(0, +))
    let (mean, meanRecent) = (again.reduce(0, +) / all, recent.reduce(0, +) / all)
    returns = zip(takers, again).map { ($1 + 10 * mean) / ($0 + 10) }
    self.recent =
      latest == nil
      ? takers.map { _ in .nan } : zip(takers, recent).map { ($1 + 5 * meanRecent) / ($0 + 5) }
    self.takers = takers.map { log2(1 + $0) }
    (self.latest, self.facts) = (latest, facts)
  }
}

/// What a shopper's history comes to, for the numbers of his candidates.
struct ShopperSummary {
  /// Weight of the whole history, its entries, days since the last of it.
  private let (weight, count, idle): (Float, Float, Float)
  private let now: Double?
  private var categories: [Int32: Float] = [:]
  private var brands: [Int32: Float] = [:]
  private var logPrice: (sum: Float, weight: Float) = (0, 0)
  private let histories: Interactions
  private let range: Range<Int>

  init(_ shopper: Shoppers, _ knowledge: ItemKnowledge) {
    let histories = shopper.histories
    let range = histories.range(of: shopper.rows.lowerBound)
    (self.histories, self.range) = (histories, range)
    let last = histories.times.flatMap { times in range.lazy.map { times[$0] }.max() }
    now = last.map { max($0, knowledge.latest ?? $0) }
    idle = last.map { Float((max($0, knowledge.latest ?? $0) - $0) / ItemKnowledge.day) } ?? .nan
    var sum: Float = 0
    for entry in range {
      let (item, weight) = (Int(histories.items[entry]), histories.weights?[entry] ?? 1)
      sum += weight
      categories[knowledge.facts.categories[item], default: 0] += weight
      brands[knowledge.facts.brands[item], default: 0] += weight
      let price = knowledge.facts.prices[item]
      if price.isFinite {
        logPrice.sum += weight * log(price)
        logPrice.weight += weight
      }
    }
    (weight, count) = (sum, Float(range.count))
  }

  /// Names of the numbers of ``append(_:_:to:)``.
  static let names = [
    "taken", "share", "age", "gap", "due", "category", "within-category", "brand", "price",
    "takers", "recent", "returns", "history", "breadth", "idle",
  ]

  /// The numbers of one candidate; not a number where something is unknown.
  func append(_ item: Int32, _ knowledge: ItemKnowledge, to row: inout [Float]) {
    let entry = entry(of: item)
    let taken = entry.map { histories.weights?[$0] ?? 1 } ?? 0
    let (age, gap) = ages(entry, taken)
    let number = Int(item)
    let (category, brand) = (knowledge.facts.categories[number], knowledge.facts.brands[number])
    let inCategory = categories[category] ?? 0
    let price = knowledge.facts.prices[number]
    row += [
      taken, weight > 0 ? taken / weight : 0, age, gap, age / (gap + 1),
      category < 0 || weight == 0 ? .nan : inCategory / weight,
      category < 0 ? .nan : taken / (inCategory + 1),
      brand < 0 || weight == 0 ? .nan : (brands[brand] ?? 0) / weight,
      logPrice.weight > 0 ? log(price) - logPrice.sum / logPrice.weight : .nan,
      knowledge.takers[number], knowledge.recent[number], knowledge.returns[number],
      weight, count, idle,
    ]
  }

  /// Days since the last deed with the item, and the mean days between deeds with it.
  private func ages(_ entry: Int?, _ taken: Float) -> (age: Float, gap: Float) {
    guard let entry, let now, let times = histories.times else { return (.nan, .nan) }
    let age = Float((now - times[entry]) / ItemKnowledge.day)
    guard taken > 1, let first = histories.firstTimes?[entry] else { return (age, .nan) }
    return (age, Float((times[entry] - first) / ItemKnowledge.day) / (taken - 1))
  }

  private func entry(of item: Int32) -> Int? {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if histories.items[middle] < item { low = middle + 1 } else { high = middle }
    }
    return low < range.upperBound && histories.items[low] == item ? low : nil
  }
}
