public import AkinCatalogue

/// What is like what the shopper has, by content: names, facts and meaning, whoever took what. The
/// only recommender that knows products nobody has taken yet.
///
///     score(u, j) = Σ over i in the history of u of weight(u, i) · likeness(i, j)
///
/// The likeness comes from elsewhere, as lists of each item's nearest. Nothing is learnt, so the
/// model needs no `fit`; what it is worth beside others a blend finds out.
public struct ContentModel: SparseItemModel, Equatable {
  /// `content`.
  public static let kind = "content"
  /// The likeness of each item's nearest.
  public let similarity: ItemMatrix

  /// Takes the lists.
  public init(similarity: ItemMatrix) { self.similarity = similarity }

  /// Lists of each item's nearest, one an item.
  public init(_ lists: NeighbourLists) { self.init(similarity: ItemMatrix(lists)) }
}
