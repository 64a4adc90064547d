/// The type of a directed pair of products: what the target is to the source.
public enum Relation: String, Sendable, Codable, Hashable, CaseIterable {
  /// The very same article, sold twice.
  case same
  /// The same article in another size, colour, capacity or pack.
  case variant
  /// Another article that would do instead.
  case substitute
  /// Goes with the source: its case, its cartridge, what is taken beside it.
  case complement
  /// None of these.
  case unrelated

  /// Those that a list can be asked for.
  public static let related: [Relation] = [.same, .variant, .substitute, .complement]

  /// Its position in `allCases`.
  public var ordinal: Int {
    switch self {
    case .same: 0
    case .variant: 1
    case .substitute: 2
    case .complement: 3
    case .unrelated: 4
    }
  }
}
