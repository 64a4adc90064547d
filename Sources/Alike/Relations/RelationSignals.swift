internal import AkinEncoders

/// What is known of a directed pair of products, as the numbers that ``RelationPrior`` and
/// ``RelationModel`` read. `nan` where nothing is known.
///
/// Numbers that say outright what a pair is (one bar code, one group, baskets and visits that held
/// both, a known link) are ``direct``: training learns from such pairs, so it may not see them.
public enum RelationSignals {
  /// Where a number comes from, for people.
  public enum Source: String, Sendable, Codable, CaseIterable {
    /// Words, meaning, names.
    case text
    /// Facts that agree or contradict.
    case attributes
    /// Categories.
    case category
    /// What a product is made for.
    case target = "made for"
    /// What products cost.
    case price
    /// Baskets and visits.
    case behaviour
    /// Known links.
    case links
    /// How frequent the type is where nothing is known.
    case base
  }

  /// Aspects of facts that are compared one by one, each as two numbers: how far they agree, and
  /// how far they contradict. Bar code and group say outright what a pair is.
  static let aspects: [FactAspect] = [
    .brand, .model, .series, .number, .year, .storage, .mass, .volume, .length, .power, .count,
    .otherQuantity, .colour, .price, .named,
  ]
  /// Aspects in which variants of one article differ.
  static let variantAspects: [FactAspect] = [
    .storage, .mass, .volume, .length, .power, .count, .otherQuantity, .colour,
  ]
  /// Aspects, beside model numbers, in which different articles differ.
  static let identityAspects: [FactAspect] = [.series, .number, .year]

  /// Numbers of an undirected link, ahead of the aspects.
  private static let first: [(name: String, source: Source)] = [
    ("words", .text), ("meaning", .text), ("score", .text), ("sameness", .text),
    ("named", .text), ("names", .text),
    ("twin", .text), ("variation", .attributes), ("rival", .text),
    ("carries", .text), ("carried", .text),
    ("kind.same", .category), ("kind.near", .category), ("kind.apart", .category),
    ("kind.accessory", .category), ("kind.accessory.back", .category),
    ("madeFor", .target), ("madeFor.back", .target),
    ("target", .target), ("target.back", .target),
    ("cheaper", .price),
    ("kinds.bought", .behaviour), ("kinds.viewed", .behaviour),
    ("alike.bought", .behaviour), ("alike.viewed", .behaviour),
  ]
  private static let last: [(name: String, source: Source)] = [
    ("barcode.agree", .attributes), ("barcode.conflict", .attributes),
    ("group.agree", .attributes),
    ("bought", .behaviour), ("goesWith", .behaviour), ("viewed", .behaviour),
    ("reversed", .target),
    ("link.same", .links), ("link.variant", .links), ("link.substitute", .links),
    ("link.complement", .links),
  ]
  private static let all: [(name: String, source: Source)] =
    first
    + aspects.flatMap { aspect -> [(name: String, source: Source)] in
      let source: Source = aspect == .price ? .price : .attributes
      return [("\(aspect.rawValue).agree", source), ("\(aspect.rawValue).conflict", source)]
    } + last

  /// The numbers' names, in order: the indirect ones, then the ``direct`` ones.
  public static let names = all.map(\.name)
  /// Where each number comes from.
  public static let sources = all.map(\.source)
  /// The positions of numbers that say outright what a pair is.
  public static let direct = (all.count - last.count)..<all.count
  /// The number of indirect numbers.
  public static let indirectCount = all.count - last.count
  /// Where the aspects begin.
  static let aspectStart = first.count

  /// The position of the number `name`.
  static func place(_ name: String) -> Int { places[name] ?? 0 }
  private static let places = Dictionary(
    uniqueKeysWithValues: names.enumerated().map { ($1, $0) })

  /// What behaviour and links say of a pair.
  public struct Behaviour: Sendable, Equatable {
    /// The score of the pair in baskets; 0 where they share none, `nil` where either is in none.
    public var bought: Float?
    /// The same for visits.
    public var viewed: Float?
    /// How much what is like the source, or like the target, was bought with the other.
    public var alikeBought: Float?
    /// The same for visits.
    public var alikeViewed: Float?
    /// Known links from the source to the target.
    public var links: Set<Relation> = []

    /// Nothing is known.
    public init() {}
  }
}
