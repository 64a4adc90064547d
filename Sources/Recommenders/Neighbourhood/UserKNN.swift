public import AkinCatalogue
internal import AkinSimilarity

/// "Shoppers like you took": what the k most alike shoppers have, by how alike they are.
///
///     score(u, j) = Σ over v among the k of u of s(u, v) · weight(v, j)
///
/// Resnick et al., *GroupLens* (CSCW 1994); k neighbours after Herlocker et al. (SIGIR 1999).
/// O(Σ over items of takers²) time; the model keeps the interactions.
public struct UserKNN: RecommenderAlgorithm, Equatable, Codable {
  /// Neighbours of each shopper.
  public var k: Int
  /// How likeness is measured.
  public var similarity: SetSimilarity
  /// What pulls likeness that few items support towards zero, in items.
  public var shrinkage: Float

  /// Creates the algorithm.
  public init(k: Int = 100, similarity: SetSimilarity = .cosine, shrinkage: Float = 0) {
    self.k = k
    self.similarity = similarity
    self.shrinkage = shrinkage
  }

  /// Keeps the interactions; likeness is computed when it is asked for, known or not. O(n).
  ///
  /// - Throws: ``RecommenderError`` `badSetting`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> UserKNNModel {
    guard k > 0, shrinkage >= 0, shrinkage.isFinite else {
      throw RecommenderError(
        .badSetting, "user-knn takes at least one neighbour and a shrinkage of 0 or more")
    }
    return UserKNNModel(settings: self, interactions: interactions)
  }
}

/// The fitted ``UserKNN``.
public struct UserKNNModel: Recommender {
  /// `user-knn`.
  public static let kind = "user-knn"
  private let settings: UserKNN
  private let table: SetNeighbours.Table

  init(settings: UserKNN, interactions: Interactions) {
    self.settings = settings
    table = SetNeighbours.Table(interactions)
  }

  /// The number of items that are ranked.
  public var itemCount: Int { table.rows.itemCount }

  /// O(Σ over each history of its items' takers, plus shoppers · items).
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    try RecommenderError.check(shoppers.histories.itemCount, against: itemCount)
    scores.update(repeating: 0)
    let search = SetNeighbours(
      k: settings.k, measure: settings.similarity, shrinkage: settings.shrinkage, threads: 1)
    var sums = SetNeighbours.Sums(count: table.rows.userCount)
    for (row, shopper) in shoppers.rows.enumerated() {
      let alike = search.best(
        for: shopper, of: shoppers.histories, in: table,
        without: shoppers.areKnown ? shopper : nil, sums: &sums)
      for other in alike {
        for entry in table.rows.range(of: other.item) {
          scores[row * itemCount + Int(table.rows.items[entry])] +=
            other.score * (table.rows.weights?[entry] ?? 1)
        }
      }
    }
  }

  /// Items taken by the same shoppers, by the same measure.
  public func similarItems(to item: Int, k: Int) -> [Neighbour] {
    let turned = SetNeighbours.Table(table.takers, takers: table.rows)
    let search = SetNeighbours(
      k: k, measure: settings.similarity, shrinkage: settings.shrinkage, threads: 1)
    var sums = SetNeighbours.Sums(count: itemCount)
    return search.best(for: item, of: table.takers, in: turned, without: item, sums: &sums)
  }

  /// Settings and interactions.
  public func archived() -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    archive.notes["k"] = "\(settings.k)"
    archive.notes["similarity"] = settings.similarity.rawValue
    archive.notes["shrinkage"] = "\(settings.shrinkage)"
    archive.store(table.rows)
    return archive
  }

  /// Takes settings and interactions.
  public init(_ archive: ModelArchive) throws {
    guard let similarity = archive.notes["similarity"].flatMap(SetSimilarity.init) else {
      throw archive.damaged("names no measure")
    }
    self.init(
      settings: UserKNN(
        k: max(1, try archive.whole("k")), similarity: similarity,
        shrinkage: try archive.real("shrinkage")),
      interactions: try archive.interactions())
  }
}
