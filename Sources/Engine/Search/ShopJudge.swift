internal import AkinCatalogue
internal import AkinSearch
internal import AkinStorage
internal import Foundation
internal import Synchronization

/// Orders what a shop's search found by what was learned from judgments (``TrainSearch``), and knows
/// what the ranker asks of a product beside words and meaning.
package final class ShopJudge: Sendable {
  private struct Loaded: Sendable {
    var file: URL
    var ranker: LearnedRanker?
  }

  /// Results that are judged: the best of words and meaning.
  static let candidates = 60

  private let file: @Sendable () throws -> URL?
  private let loaded: Mutex<Loaded?> = Mutex(nil)
  private let signals: @Sendable (String) throws -> ProductSignals?

  /// - Parameters:
  ///   - file: where the ranker lies that was trained last.
  ///   - signals: what the shop knows of a product.
  init(
    file: @escaping @Sendable () throws -> URL?,
    signals: @escaping @Sendable (String) throws -> ProductSignals?
  ) {
    self.file = file
    self.signals = signals
  }

  /// Reads a shop that nobody serves.
  convenience init(store: ShopStore) throws {
    let facts = try StoredSignals(store)
    self.init(file: { try Self.file(of: store) }) { try facts.signals($0) }
  }

  /// Where the ranker lies that the shop kept last.
  static func file(of store: ShopStore) throws -> URL? {
    try store.kept(.searchOrder).map { store.directory.appending(path: $0) }
  }

  /// The shop's ranker, read anew where another was trained; `nil` where none was, or an older
  /// version's does not fit this one.
  func ranker() throws -> LearnedRanker? {
    guard let file = try file() else { return nil }
    return try loaded.withLock { loaded in
      if let loaded, loaded.file == file { return loaded.ranker }
      let ranker = try LearnedRanker(contentsOf: file)
      loaded = Loaded(file: file, ranker: ranker)
      return ranker
    }
  }

  /// What the ranker says of `ids`, in their order; larger is better.
  func scores(
    _ query: String, _ ids: [String], near: ShopSearch.Near, index: SearchIndex,
    ranker: LearnedRanker
  ) throws -> [Float] {
    try rows(query, ids, near: near, index: index).map { $0.map { ranker.score($0) } ?? -.infinity }
  }

  /// The numbers that a ranker sees; `nil` for a product that is not in the index.
  func rows(_ query: String, _ ids: [String], near: ShopSearch.Near, index: SearchIndex) throws
    -> [[Float]?]
  {
    let known = Dictionary(near.items.map { ($0.id, $0.score) }, uniquingKeysWith: max)
    let best = near.items.first?.score ?? 1
    let meaning = try ids.map { id -> MeaningEvidence? in
      guard let cosine = try known[id] ?? near.cosine(id) else { return nil }
      let rank = near.items.count { $0.score > cosine } + 1
      return MeaningEvidence(cosine: cosine, rank: rank, best: best)
    }
    return try index.rankFeatures(query, ids: ids, meaning: meaning, signals: try ids.map(signals))
  }
}

/// What a shop that nobody serves knows of its products.
private struct StoredSignals: Sendable {
  private let store: ShopStore
  private let wanted: [String: Int]
  private let count: Int

  init(_ store: ShopStore) throws {
    self.store = store
    wanted = try store.deedCounts()
    count = try store.productCount()
  }

  func signals(_ id: String) throws -> ProductSignals? {
    guard let stored = try store.product(id: id) else { return nil }
    return ProductSignals(
      freshness: Float(stored.ordinal) / Float(max(1, count)),
      wanted: stored.baskets + (wanted[id] ?? 0))
  }
}
