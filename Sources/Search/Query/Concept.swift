/// One thing a query asks for, with all the ways in which a product may say it.
struct Concept {
  /// What the thing is.
  enum Kind: String {
    case word
    case number
    case quantity
    case brand
    case category
    case colour
    /// Raises products that have it; never required.
    case boost

    /// How firmly a shopper holds to it where nothing has everything: rather another colour than
    /// another thing.
    var hold: Float {
      switch self {
      case .colour: 0.3
      case .quantity, .number: 0.6
      case .word: 1
      case .brand, .category: 1.3
      case .boost: 0
      }
    }
  }

  /// Terms that say the thing together.
  struct Alternative: Equatable {
    var terms: [String]
    var weight: Float
  }

  var kind: Kind
  /// As shown to shoppers.
  var text: String
  var alternatives: [Alternative]
  var isRequired = true
  var weight: Float = 1
  /// Where it must stand.
  var fields: SearchFields = .all
}

/// A query, ready to be run.
struct QueryPlan {
  var concepts: [Concept] = []
  /// Ways of saying what must not be there.
  var excluded: [[Concept.Alternative]] = []
  var price: PriceWish?
  var understood = Understanding()

  /// The terms of all that is looked for.
  var words: Set<String> {
    Set(concepts.filter { $0.kind != .boost }.flatMap(\.alternatives).flatMap(\.terms))
  }
}
