public import AkinCatalogue
internal import AkinSimilarity

/// "Those who took this also took": the sum of likeness to what the shopper has.
///
///     score(u, j) = Σ over i in the history of u of weight(u, i) · s(i, j),  j among the k of i
///
/// Sarwar et al., *Item-based collaborative filtering recommendation algorithms* (WWW 2001);
/// Deshpande and Karypis, *Item-based top-N recommendation algorithms* (TOIS 2004).
/// O(Σ over shoppers of history²) time, O(items · k) memory.
public struct ItemKNN: RecommenderAlgorithm, Equatable, Codable {
  /// Neighbours kept of each item.
  public var k: Int
  /// How likeness is measured.
  public var similarity: SetSimilarity
  /// What pulls likeness that few shoppers support towards zero, in shoppers.
  public var shrinkage: Float
  /// What an interaction counts before cosines are taken: rare shoppers may say more.
  public var weighting: Weighting

  /// How interactions are weighted before the comparison.
  public enum Weighting: String, Sendable, CaseIterable, Codable {
    /// As they are.
    case none
    /// A shopper of few items says more about each.
    case tfIDF = "tf-idf"
    /// The same, saturating with repetition and by the item's popularity.
    case bm25
  }

  /// Creates the algorithm.
  public init(
    k: Int = 200, similarity: SetSimilarity = .cosine, shrinkage: Float = 0,
    weighting: Weighting = .none
  ) {
    self.k = k
    self.similarity = similarity
    self.shrinkage = shrinkage
    self.weighting = weighting
  }

  /// Compares all pairs that share a shopper.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> ItemKNNModel {
    guard k > 0, shrinkage >= 0, shrinkage.isFinite else {
      throw RecommenderError(
        .badSetting, "item-knn takes at least one neighbour and a shrinkage of 0 or more")
    }
    guard similarity == .cosine || weighting == .none else {
      throw RecommenderError(.badSetting, "a weighting goes with the cosine alone")
    }
    let count = interactions.itemCount
    let lists: NeighbourLists
    if similarity == .cosine {
      let weights: SparseWeighting =
        switch weighting {
        case .none: .none
        case .tfIDF: .tfIDF
        case .bm25: .bm25()
        }
      lists = try SparseNeighbours(k: k, weighting: weights, shrinkage: shrinkage)
        .graph(of: SparseMatrix(interactions).transposed()) { try progress($0, count) }
    } else {
      lists = try SetNeighbours(k: k, measure: similarity, shrinkage: shrinkage)
        .all(of: .init(interactions.transposed())) { try progress($0, count) }
    }
    return ItemKNNModel(similarity: ItemMatrix(lists))
  }
}

/// The fitted ``ItemKNN``.
public struct ItemKNNModel: SparseItemModel, Equatable {
  /// `item-knn`.
  public static let kind = "item-knn"
  /// The likeness of each item's neighbours.
  public let similarity: ItemMatrix

  /// Takes the lists.
  public init(similarity: ItemMatrix) { self.similarity = similarity }
}
