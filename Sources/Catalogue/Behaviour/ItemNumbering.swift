/// Numbers the items of sequences from 0 without gaps, in ascending order of what their file calls
/// them: tables by item need no room for numbers that do not occur.
public struct ItemNumbering: Sendable, Equatable {
  private let places: [Int32: Int32]

  /// Numbers what occurs. O(n + items · log items).
  public init(of sequences: Sequences) {
    var places: [Int32: Int32] = [:]
    for item in Set(sequences.items).sorted() { places[item] = Int32(places.count) }
    self.places = places
  }

  /// How many items there are.
  public var count: Int { places.count }

  /// The same rows with numbers for items; all items without one become ``count``, one beyond all
  /// others.
  public func applied(to sequences: Sequences) -> Sequences {
    var result = Sequences(itemCount: count)
    for row in 0..<sequences.count {
      result.append(sequences[row].map { places[$0] ?? Int32(count) })
    }
    result.identifiers = sequences.identifiers
    return result
  }
}
