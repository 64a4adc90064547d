internal import AkinAlike
internal import AkinCatalogue
internal import AkinSimilarity
internal import AkinStorage

/// What types of relation are judged by, text by text: from the store for single questions and
/// training, from memory in a shop that is served.
protocol RelationData {
  /// The nearest other texts by content, best first.
  func list(_ text: Int, k: Int) throws -> [Neighbour]
  /// Texts that have a text in their lists, but are not in its own.
  func citing(_ text: Int) throws -> [Neighbour]
  /// The vector of a text.
  func vector(_ text: Int) throws -> ArraySlice<Float>?
  /// The product whose facts stand for a text.
  func face(_ text: Int) throws -> Product?
  /// The texts that were in baskets with a text's products, each with its best score; `nil` where
  /// none was in any.
  func bought(_ text: Int) throws -> [Int: Float]?
  /// The same for visits.
  func viewed(_ text: Int) throws -> [Int: Float]?
}

/// The published shop as the store has it.
final class StoredRelationData: RelationData {
  private let store: ShopStore
  private let vectorOf: (Int) -> ArraySlice<Float>?
  /// By the product's ordinal, which need not be its position: products are removed.
  private let textOfProduct: [Int: Int]
  private let productsOfText: [Int: [Int]]
  private let hasPurchases: Bool
  private var faces: [Int: Product] = [:]
  /// Whole tables, for training, which asks for nearly everything.
  private var lists: [NeighbourSource: [Int: [Neighbour]]] = [:]

  /// Products of one text whose baskets are joined.
  private static let mostProducts = 8

  /// - Parameters:
  ///   - vector: a text's vector; `nil` for one that was not encoded yet.
  ///   - readsAll: whether whole tables are read at once instead of row after row.
  init(
    _ store: ShopStore, vector: @escaping (Int) -> ArraySlice<Float>?, readsAll: Bool = false
  ) throws {
    self.store = store
    vectorOf = vector
    let entries = try store.productEntries()
    textOfProduct = Dictionary(
      entries.map { ($0.ordinal, $0.text) }, uniquingKeysWith: { first, _ in first })
    productsOfText = Dictionary(grouping: entries, by: \.text).mapValues { entries in
      entries.sorted { ($1.baskets, $0.ordinal) < ($0.baskets, $1.ordinal) }.map(\.ordinal)
    }
    hasPurchases = try RelationsRecord.last(of: store).hasPurchases
    if readsAll {
      for source in [NeighbourSource.content, .basket, .live, .viewed] {
        lists[source] = try store.allNeighbours(source)
      }
      for stored in try store.products(every: 1) where faces[stored.text] == nil {
        faces[stored.text] = stored.product
      }
    }
  }

  /// The texts that a product has.
  var texts: [Int] { productsOfText.keys.sorted() }

  func list(_ text: Int, k: Int) throws -> [Neighbour] {
    Array(try neighbours(.content, text).prefix(k))
  }

  func citing(_ text: Int) throws -> [Neighbour] { try neighbours(.citing, text) }

  func vector(_ text: Int) -> ArraySlice<Float>? { vectorOf(text) }

  func face(_ text: Int) throws -> Product? {
    if let face = faces[text] { return face }
    return try store.firstProduct(text: text)?.product
  }

  func bought(_ text: Int) throws -> [Int: Float]? {
    hasPurchases ? try partners([.basket, .live], text) : nil
  }

  func viewed(_ text: Int) throws -> [Int: Float]? {
    try partners([.viewed], text)
  }

  private func neighbours(_ source: NeighbourSource, _ item: Int) throws -> [Neighbour] {
    if let table = lists[source] { return table[item] ?? [] }
    return try store.neighbours(source, of: item)
  }

  private func partners(_ sources: [NeighbourSource], _ text: Int) throws -> [Int: Float]? {
    var scores: [Int: Float] = [:]
    for product in (productsOfText[text] ?? []).prefix(Self.mostProducts) {
      for partner in try sources.flatMap({ try neighbours($0, product) }) {
        guard let other = textOfProduct[partner.item], other != text else { continue }
        scores[other] = max(scores[other] ?? 0, partner.score)
      }
    }
    return scores.isEmpty ? nil : scores
  }
}
