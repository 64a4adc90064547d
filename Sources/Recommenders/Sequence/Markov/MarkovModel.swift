/// The fitted ``Markov`` chain. Scores are probabilities.
public struct MarkovModel: SequenceRecommender, Equatable {
  /// `markov`.
  public static let kind = "markov"
  /// How it was fitted.
  public let settings: Markov
  private let popularity: [Float]
  private let tables: [FollowerTable]
  private let base: [Float]

  init(_ settings: Markov, popularity: [Float], tables: [FollowerTable]) throws(RecommenderError) {
    let total = popularity.reduce(0, +)
    guard total > 0 else {
      throw RecommenderError(.noInteractions, "the sequences hold no items")
    }
    (self.settings, self.popularity, self.tables) = (settings, popularity, tables)
    base = popularity.map { $0 / total }
  }

  /// The number of items that are ranked.
  public var itemCount: Int { popularity.count }

  /// The probability of each item after each history. O(items + followers) a history.
  public func score(
    _ histories: [ArraySlice<Int32>], into scores: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(scores.count == histories.count * itemCount, "a score for every item")
    for (row, history) in histories.enumerated() {
      let line = UnsafeMutableBufferPointer(
        rebasing: scores[row * itemCount..<(row + 1) * itemCount])
      _ = line.update(fromContentsOf: base)
      let known = history.filter { Int($0) < itemCount }
      for (index, table) in tables.enumerated() {
        let context = known.suffix(index + 1)
        guard context.count == index + 1,
          let range = table.range(of: FollowerTable.context(context))
        else { break }
        let kinds = Float(range.count)
        let total = table.counts[range].reduce(0, +)
        let share = 1 / (total + kinds)
        for item in line.indices { line[item] *= kinds * share }
        for entry in range { line[Int(table.items[entry])] += table.counts[entry] * share }
      }
    }
  }

  /// Counts.
  public func archived() -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    archive.notes["order"] = String(settings.order)
    archive.notes["reach"] = String(settings.reach)
    archive.notes["items"] = String(itemCount)
    archive.floats["popularity"] = popularity
    for (index, table) in tables.enumerated() {
      archive.integers["\(index).contexts.high"] = table.contexts.map {
        Int32(truncatingIfNeeded: $0 >> 32)
      }
      archive.integers["\(index).contexts.low"] = table.contexts.map {
        Int32(truncatingIfNeeded: $0)
      }
      archive.integers["\(index).offsets"] = table.offsets
      archive.integers["\(index).items"] = table.items
      archive.floats["\(index).counts"] = table.counts
    }
    return archive
  }

  /// Takes the counts.
  public init(_ archive: ModelArchive) throws {
    let settings = Markov(
      order: try archive.whole("order"), reach: try archive.whole("reach"))
    guard settings.order <= 2 else { throw archive.damaged("has an unknown order") }
    let popularity = try archive.numbers("popularity", count: archive.whole("items"))
    guard popularity.allSatisfy({ $0 >= 0 }), popularity.contains(where: { $0 > 0 }) else {
      throw archive.damaged("counts nothing")
    }
    let tables = try (0..<settings.order).map { index in
      let high = try archive.ordinals("\(index).contexts.high")
      let low = try archive.ordinals("\(index).contexts.low")
      guard high.count == low.count,
        let table = FollowerTable(
          contexts: zip(high, low).map {
            UInt64(UInt32(bitPattern: $0)) << 32 | UInt64(UInt32(bitPattern: $1))
          },
          offsets: try archive.ordinals("\(index).offsets"),
          items: try archive.ordinals("\(index).items", below: popularity.count),
          counts: try archive.numbers("\(index).counts"))
      else { throw archive.damaged("has contexts that do not fit together") }
      return table
    }
    try self.init(settings, popularity: popularity, tables: tables)
  }
}
