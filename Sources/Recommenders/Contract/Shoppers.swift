public import AkinCatalogue

/// A block of shoppers to score: rows of a matrix of histories.
public struct Shoppers: Sendable {
  /// What they took.
  public let histories: Interactions
  /// Which rows of it.
  public let rows: Range<Int>
  /// Whether row r is user r of the interactions the model was fitted on, unchanged, so that what
  /// the model learnt of that user may be used. Otherwise all of them are folded in: scored by
  /// their history alone.
  public let areKnown: Bool

  /// Users of the interactions the model was fitted on.
  public init(known rows: Range<Int>, of interactions: Interactions) {
    histories = interactions
    self.rows = rows
    areKnown = true
  }

  /// Shoppers by their history alone.
  public init(strangers rows: Range<Int>, of histories: Interactions) {
    self.histories = histories
    self.rows = rows
    areKnown = false
  }

  /// One shopper by a history alone, items in any order.
  ///
  /// - Precondition: every item is in `0 ..< itemCount`.
  public init(history: [Int], itemCount: Int) {
    self.init(strangers: 0..<1, of: Interactions(rows: [history], itemCount: itemCount))
  }

  /// How many they are.
  public var count: Int { rows.count }
}
