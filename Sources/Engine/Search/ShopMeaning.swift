internal import AkinCatalogue
internal import AkinEncoders
internal import AkinSimilarity
internal import AkinStorage
internal import Synchronization

/// Finds products near in meaning to a query, in a shop that nobody serves.
final class ShopMeaning: Sendable {
  private struct Opened: Sendable {
    var encoder: any TextEncoder
    var vectors: ExactNeighbours
  }

  private let store: ShopStore
  private let table: ProductTable?
  private let opened: Mutex<Opened?> = Mutex(nil)

  /// - Parameter table: where products stand, for many questions; the store is asked where `nil`.
  init(store: ShopStore, table: ProductTable? = nil) { (self.store, self.table) = (store, table) }

  /// The `count` products nearest to `query`. O(texts · dimension).
  ///
  /// - Throws: ``EngineError`` `nothingToDo` for a shop that was never built, `modelChanged`;
  ///   `EncoderError`; `StorageError`.
  func near(_ query: String, count: Int) throws -> ShopSearch.Near {
    let opened = try open()
    let vector = try opened.encoder.encode([query], as: .query)
    let texts = opened.vectors.vectors
    let found = try opened.vectors.search(
      try Vectors(values: vector.values, dimension: vector.dimension), k: count)[0]
    var items: [(id: String, score: Float)] = []
    for near in found where items.count < count {
      for id in try ids(ofText: near.item, limit: count - items.count) {
        items.append((id, near.score))
      }
    }
    let sample = MeaningFloor.places(among: texts.count).map { row in
      zip(texts[row], vector.values).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return ShopSearch.Near(
      items: items, floor: MeaningFloor.floor(best: found.first?.score ?? 0, sample: sample),
      cosine: { [self] id in
        guard let text = try text(of: id), text < texts.count else { return nil }
        return zip(texts[text], vector.values).reduce(0) { $0 + $1.0 * $1.1 }
      })
  }

  private func ids(ofText text: Int, limit: Int) throws -> [String] {
    if let table { return Array(table.ids(ofText: text).prefix(limit)) }
    return try store.products(text: text, limit: limit).map(\.product.id)
  }

  private func text(of id: String) throws -> Int? {
    if let table { return table[id]?.text }
    return try store.product(id: id)?.text
  }

  private func open() throws -> Opened {
    try opened.withLock { opened in
      if let opened { return opened }
      guard let summary = try BuildSummary.last(of: store) else { throw EngineError.emptyShop }
      let model = try ShopModel(of: summary)
      let vectors = try Vectors(
        values: store.publishedVectors(model: summary.modelKey, dimension: summary.dimension),
        dimension: summary.dimension)
      let made = Opened(encoder: try model.load(), vectors: try ExactNeighbours(vectors))
      opened = made
      return made
    }
  }
}

/// Where nearness in meaning ends and chance begins.
///
/// Encoders call any two texts alike to a degree that is their own: what counts is how far a product
/// stands above texts taken at random.
enum MeaningFloor {
  /// Standard deviations above texts at random, at least.
  static let deviations: Float = 4
  /// The share of the way from texts at random to the nearest one, at least.
  static let share: Float = 0.6
  /// Texts at random that are compared.
  private static let sampled = 256

  /// Places of a sample among `count` texts, the same every time.
  static func places(among count: Int) -> [Int] {
    guard count > sampled else { return Array(0..<max(0, count)) }
    return (0..<sampled).map { $0 * count / sampled }
  }

  /// The least cosine that is near, where `best` is the nearest text's and `sample` those of texts
  /// at random.
  static func floor(best: Float, sample: [Float]) -> Float {
    guard sample.count >= 16 else { return -.infinity }
    let mean = sample.reduce(0, +) / Float(sample.count)
    let variance = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(sample.count)
    return max(mean + deviations * variance.squareRoot(), mean + share * (best - mean))
  }
}
