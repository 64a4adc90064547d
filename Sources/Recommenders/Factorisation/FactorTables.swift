public import AkinCatalogue
internal import AkinSimilarity
internal import Foundation

/// Factors of items, and of the shoppers that were there: scores are their inner products.
public struct FactorTables: Sendable {
  /// How the factors of a stranger follow from a history: one half-step of ``ImplicitALS``.
  struct Folding: Sendable, Equatable {
    var alpha: Float
    var regularisation: Float
    var exponent: Float
    /// Steps of conjugate gradients from zero.
    var steps = 12
  }

  let items: DenseRows
  let users: DenseRows
  let folding: Folding
  private let packedItems: PackedRows
  private let gram: PackedRows

  init(items: DenseRows, users: DenseRows, folding: Folding) {
    precondition(items.dimension == users.dimension, "both sides have the same length")
    self.items = items
    self.users = users
    self.folding = folding
    packedItems = PackedRows(items)
    gram = PackedRows(
      DenseRows(count: items.dimension, padded: items.dimension, values: items.gram()))
  }

  /// The number of items.
  var itemCount: Int { items.count }

  /// The same with the first `count` users alone.
  func keepingUsers(_ count: Int) -> FactorTables {
    let kept = DenseRows(
      count: count, padded: users.dimension,
      values: Array(users.values[..<(count * users.dimension)]))
    return FactorTables(items: items, users: kept, folding: folding)
  }

  /// Factors of shoppers: those learnt, or folded in. O(history · f + f²) for each stranger.
  func factors(of shoppers: Shoppers) -> DenseRows {
    if shoppers.areKnown, shoppers.histories.userCount == users.count {
      let (lower, upper) = (shoppers.rows.lowerBound, shoppers.rows.upperBound)
      return DenseRows(
        count: shoppers.count, padded: users.dimension,
        values: Array(users.values[lower * users.dimension..<upper * users.dimension]))
    }
    var result = DenseRows(count: shoppers.count, dimension: items.dimension)
    let algorithm = ImplicitALS(
      factors: items.dimension, regularisation: folding.regularisation,
      regularisationExponent: folding.exponent, alpha: folding.alpha)
    let histories = shoppers.histories.rows(shoppers.rows)
    ImplicitALS.solve(
      histories, against: items, gram: gram, alpha: folding.alpha,
      ridges: algorithm.ridges(of: histories), steps: folding.steps, into: &result)
    return result
  }

  func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) {
    guard let base = scores.baseAddress else { return }
    let queries = factors(of: shoppers)
    queries.values.withUnsafeBufferPointer {
      guard let queries = $0.baseAddress else { return }
      packedItems.score(queries, count: shoppers.count, into: base)
    }
  }

  /// Cosines with the other items' factors.
  func similarItems(to item: Int, k: Int) -> [Neighbour] { items.cosines(of: item, k: k) }

  func archived(_ kind: String) -> ModelArchive {
    var archive = ModelArchive(kind: kind)
    archive.notes["dimension"] = "\(items.dimension)"
    archive.notes["alpha"] = "\(folding.alpha)"
    archive.notes["regularisation"] = "\(folding.regularisation)"
    archive.notes["exponent"] = "\(folding.exponent)"
    archive.floats["items"] = items.values
    archive.floats["users"] = users.values
    return archive
  }

  init(_ archive: ModelArchive) throws(RecommenderError) {
    let dimension = try archive.whole("dimension")
    let items = try archive.numbers("items")
    let users = try archive.numbers("users")
    guard dimension > 0, dimension % 16 == 0, items.count % dimension == 0,
      users.count % dimension == 0
    else { throw archive.damaged("has factors that are no whole rows") }
    let folding = Folding(
      alpha: try archive.real("alpha"), regularisation: try archive.real("regularisation"),
      exponent: try archive.real("exponent"))
    guard folding.alpha > 0, folding.regularisation > 0 else {
      throw archive.damaged("has a regularisation that is not positive")
    }
    self.init(
      items: DenseRows(count: items.count / dimension, padded: dimension, values: items),
      users: DenseRows(count: users.count / dimension, padded: dimension, values: users),
      folding: folding)
  }
}

/// A fitted recommender of factors.
public protocol FactorRecommender: Recommender {
  /// The factors.
  var factors: FactorTables { get }
  /// Takes factors over.
  init(factors: FactorTables)
}

extension FactorRecommender {
  /// The number of items that are ranked.
  public var itemCount: Int { factors.itemCount }

  /// Inner products; strangers are folded in. O(shoppers · items · f).
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    try RecommenderError.check(shoppers.histories.itemCount, against: itemCount)
    factors.score(shoppers, into: scores)
  }

  /// Cosines of the items' factors. O(items · f).
  public func similarItems(to item: Int, k: Int) -> [Neighbour] {
    factors.similarItems(to: item, k: k)
  }

  /// The factors.
  public func archived() -> ModelArchive { factors.archived(Self.kind) }

  /// Takes factors.
  public init(_ archive: ModelArchive) throws {
    self.init(factors: try FactorTables(archive))
  }
}

/// The fitted ``ImplicitALS``.
public struct ImplicitALSModel: FactorRecommender {
  /// `ials`.
  public static let kind = "ials"
  /// The factors.
  public let factors: FactorTables

  /// Takes factors over.
  public init(factors: FactorTables) { self.factors = factors }
}
