internal import AkinCatalogue
internal import AkinEncoders
internal import AkinSearch
internal import AkinStorage
internal import Foundation
internal import Synchronization

/// Orders what a shop's search found by what was learned from judgments (``TrainSearch``), and knows
/// what the ranker asks of a product beside words and meaning.
package final class ShopJudge: Sendable {
  private struct Loaded: Sendable {
    var file: URL
    var ranker: LearnedRanker
    var encoder: SearchEncoder?
  }

  /// What is known beside words and meaning.
  struct Source: Sendable {
    /// Where the ranker lies that was trained last.
    var file: @Sendable () throws -> URL?
    /// What the shop knows of a product.
    var signals: @Sendable (String) throws -> ProductSignals?
    /// What an encoder reads of a product.
    var text: @Sendable (String) throws -> String?
    /// The tuned encoder whose weights lie in a folder.
    var encoder: @Sendable (URL) throws -> SearchEncoder
  }

  /// Results that are judged: the best of words and meaning.
  static let candidates = 60

  private let source: Source
  private let loaded: Mutex<Loaded?> = Mutex(nil)

  init(_ source: Source) { self.source = source }

  /// Reads a shop that nobody serves.
  ///
  /// - Parameter table: where products stand, for many questions; the store is asked where `nil`.
  convenience init(store: ShopStore, table: ProductTable? = nil) throws {
    let facts = try StoredSignals(store, table)
    self.init(
      Source(
        file: { try Self.file(of: store) }, signals: { try facts.signals($0) },
        text: { try store.product(id: $0).map { ProductText.compose($0.product) } },
        encoder: { try SearchEncoder(folder: $0, store: store) }))
  }

  /// Where the ranker lies that the shop kept last.
  static func file(of store: ShopStore) throws -> URL? {
    try store.kept(.searchOrder).map { store.directory.appending(path: $0) }
  }

  /// The shop's ranker, read anew where another was trained; `nil` where none was.
  func ranker() throws -> LearnedRanker? { try current()?.ranker }

  private func current() throws -> Loaded? {
    guard let file = try source.file() else { return nil }
    return try loaded.withLock { loaded in
      if let loaded, loaded.file == file { return loaded }
      let order = file.appending(path: Self.orderName)
      let isFolder = FileManager.default.fileExists(atPath: order.path(percentEncoded: false))
      let made = Loaded(
        file: file, ranker: try LearnedRanker(contentsOf: isFolder ? order : file),
        encoder: isFolder ? try source.encoder(file) : nil)
      loaded = made
      return made
    }
  }

  /// The ranker's file in a folder that holds a tuned encoder too.
  static let orderName = "order.json"

  /// What an encoder reads of each product; `nil` for those that are gone.
  func texts(_ ids: [String]) throws -> [String?] { try ids.map(source.text) }

  /// What the ranker says of `ids`, in their order; larger is better.
  func scores(
    _ query: String, _ ids: [String], near: ShopSearch.Near, index: SearchIndex,
    ranker: LearnedRanker
  ) throws -> [Float] {
    let rows = try rows(query, ids, near: near, index: index)
    guard let encoder = try current()?.encoder else {
      return rows.map { $0.map { ranker.score($0) } ?? -.infinity }
    }
    let known = rows.indices.filter { rows[$0] != nil }
    var present = rows.compactMap(\.self)
    let texts = try texts(known.map { ids[$0] })
    RankFeatures.fill(&present, tuned: try encoder.cosines(query, texts))
    var scores = [Float](repeating: -.infinity, count: ids.count)
    for (place, row) in zip(known, present) { scores[place] = ranker.score(row) }
    return scores
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
    return try index.rankFeatures(
      query, ids: ids, meaning: meaning, signals: try ids.map(source.signals))
  }
}

/// What a shop that nobody serves knows of its products.
private struct StoredSignals: Sendable {
  private let store: ShopStore
  private let table: ProductTable?
  private let wanted: [String: Int]
  private let count: Int

  init(_ store: ShopStore, _ table: ProductTable?) throws {
    (self.store, self.table) = (store, table)
    wanted = try store.deedCounts()
    count = try store.productCount()
  }

  func signals(_ id: String) throws -> ProductSignals? {
    guard let (ordinal, baskets) = try place(of: id) else { return nil }
    return ProductSignals(
      freshness: Float(ordinal) / Float(max(1, count)), wanted: baskets + (wanted[id] ?? 0))
  }

  private func place(of id: String) throws -> (ordinal: Int, baskets: Int)? {
    if let table { return table[id].map { ($0.ordinal, $0.baskets) } }
    return try store.product(id: id).map { ($0.ordinal, $0.baskets) }
  }
}
