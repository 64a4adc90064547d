internal import AkinCatalogue
package import AkinEncoders
internal import AkinRanking
internal import AkinSimilarity
package import AkinStorage
package import Foundation
internal import Synchronization

/// A shop that answers and learns while it is open: everything that a request needs is in memory,
/// everything that it changes is in the store before it returns.
///
/// Readers take a copy of the state, which costs a few reference counts, and never wait for a
/// writer. Writers go one after the other.
package final class LiveShop: Sendable {
  struct State: Sendable {
    var catalogue: LiveCatalogue
    var content: LiveContent
    /// Partners in baskets, by ordinal: those of the last build and of live events.
    var together: [Int: [Neighbour]]
    /// Ordinals, most wanted first, one of each text.
    var popular: [Int]
    /// Texts that wait for their vector.
    var waiting: Set<Int> = []
    /// When the build was done that this state comes from.
    var built: Double
    /// Whether baskets are orders; else they are what was looked at together.
    var hasPurchases = false
  }

  /// Where everything is kept.
  package let store: ShopStore
  /// Turns texts into vectors.
  package let encoder: any TextEncoder
  /// The encoder's name.
  package let model: String
  let modelKey: String
  let state: Mutex<State>
  /// What shoppers did last.
  package let shoppers: ShopperMemory
  /// How often each product was wanted in live events.
  let wishes: WishCounts
  let now: @Sendable () -> Double
  let ruleTable: Mutex<[Rule]> = Mutex([])
  /// Says why texts are alike, by the measure of the lists; read when it is first asked.
  let likeness: Mutex<LikenessReader?> = Mutex(nil)
  /// Judges types of relation, from the first question on, and what it was made from.
  let relationScorer: Mutex<(mark: String, scorer: RelationScorer)?> = Mutex(nil)
  /// The folder of the training that ``rankerTable`` comes from.
  let trainedMark: Mutex<String?> = Mutex(nil)
  let rankerTable: Mutex<[any ShopperRanker]> = Mutex([])
  let experimentTable: Mutex<[Experiment]> = Mutex([])
  /// Who saw a list under an experiment and is not in the store yet.
  let exposures = ExposureLog()
  /// The words of the catalogue, from the first search on.
  let wordTable: Mutex<Words?> = Mutex(nil)
  /// What orders search results beyond words, from the first search on.
  let judgeTable: Mutex<ShopJudge?> = Mutex(nil)
  /// The learned order of results that was kept last.
  let searchOrder: Mutex<URL?> = Mutex(nil)
  let queryVectors = QueryVectors()
  /// Writers, one after the other.
  let writer = DispatchQueue(label: "akin.live.writer")
  /// The last failure of work in the background, for the log.
  let failures: Mutex<String?> = Mutex(nil)
  /// Up to where other servers' changes of a shared shop are known.
  let sharedPosition: Mutex<Int>
  /// Whether the process is about to end.
  let isClosing = Mutex(false)
  /// The only queue that changes the content, so that a copy taken there stays current.
  let encoding = DispatchQueue(label: "akin.live.encoding", qos: .utility)

  /// Opens the shop in `store` for serving with an encoder that is already loaded.
  ///
  /// - Parameter modelKey: under what the encoder's vectors are kept.
  /// - Throws: `StorageError`, `SimilarityError`.
  package init(
    store: ShopStore, encoder: any TextEncoder, model: String, modelKey: String,
    now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
  ) throws {
    self.store = store
    self.encoder = encoder
    self.model = model
    self.modelKey = modelKey
    self.now = now
    // Before anything is read: what changes meanwhile is read again.
    sharedPosition = Mutex(try store.lastChange())
    shoppers = ShopperMemory(store: store)
    wishes = WishCounts(try store.deedCounts())
    let (state, missing) = try Self.load(
      store, key: modelKey, dimension: encoder.dimension, wishes: wishes.current)
    self.state = Mutex(state)
    // Another server's job holds the shop for a build while it runs.
    if !store.isShared || store.isFreeForBuild { try store.closeInterruptedJobs(at: now()) }
    try reloadRules()
    try reloadExperiments()
    try refreshRankers()
    encode(missing)
  }

  /// Opens or makes the shop in `directory` and loads its encoder.
  ///
  /// - Throws: `StorageError`; `EncoderError`; ``EngineError`` `modelChanged`.
  package static func open(directory: URL) throws -> LiveShop {
    let store = try ShopStore(directory: directory, for: .serving)
    let summary = try BuildSummary.last(of: store)
    let model =
      if let summary { try ShopModel(of: summary) } else {
        try ShopModel(named: BuildOptions.defaultModel)
      }
    return try LiveShop(
      store: store, encoder: try model.load(), model: model.name, modelKey: model.key)
  }

  /// What the store holds, in memory, and the texts that have no vector yet.
  private static func load(
    _ store: ShopStore, key: String, dimension: Int, wishes: [String: Int]
  ) throws -> (State, [Int: String]) {
    let vectors = try store.textVectors(model: key, dimension: dimension)
    let content = try LiveContent(
      dimension: dimension, texts: vectors.ordinals, values: vectors.values,
      lists: store.allNeighbours(.content))
    var state = State(
      catalogue: LiveCatalogue(try store.products(every: 1)), content: content,
      together: try store.allNeighbours(.basket), popular: [],
      built: try BuildSummary.last(of: store)?.finished ?? 0)
    let live = try store.allNeighbours(.live)
    state.hasPurchases = try RelationsRecord.last(of: store).hasPurchases || !live.isEmpty
    state.join(live)
    state.popular = state.popularity(wishes)
    state.waiting = Set(vectors.missing.map(\.ordinal))
    return (state, Dictionary(vectors.missing.map { ($0.ordinal, $0.text) }) { $1 })
  }

  /// Takes over what a build in another process has published, where there is something new.
  ///
  /// - Returns: whether there was.
  @discardableResult
  func refresh() throws -> Bool {
    let built = try BuildSummary.last(of: store)?.finished ?? 0
    guard built != state.withLock({ $0.built }) else { return false }
    try writer.sync { try reload() }
    return true
  }

  /// Reads everything anew. Runs on ``writer``.
  func reload() throws {
    try encoding.sync {
      let (fresh, missing) = try Self.load(
        store, key: modelKey, dimension: encoder.dimension, wishes: wishes.current)
      state.withLock { $0 = fresh }
      likeness.withLock { $0 = nil }
      encode(missing)
    }
  }

  /// What can be said of the shop at a glance.
  package var figures: Figures {
    state.withLock {
      Figures(
        products: $0.catalogue.count, vectors: $0.content.count, waiting: $0.waiting.count,
        recent: $0.content.recentCount, built: $0.built)
    }
  }

  /// The product with the shop's identifier `id`.
  package func product(_ id: String) -> LiveProduct? {
    state.withLock { $0.catalogue.product(id) }
  }

  /// The product at `ordinal`.
  package func product(at ordinal: Int) -> LiveProduct? {
    state.withLock { $0.catalogue[ordinal] }
  }

  /// The catalogue as it stands.
  package var catalogue: LiveCatalogue { state.withLock(\.catalogue) }

  /// Counts of a serving shop.
  package struct Figures: Sendable, Codable, Equatable {
    /// Products in the catalogue.
    package var products: Int
    /// Distinct texts that can be compared.
    package var vectors: Int
    /// Texts that wait for their vector.
    package var waiting: Int
    /// Texts that came since the lists were made.
    package var recent: Int
    /// When the catalogue was built, in seconds since 1970-01-01 UTC; 0 for never.
    package var built: Double
  }
}

extension LiveShop.State {
  /// Joins lists of live baskets to those of the build: of each pair the larger score counts.
  mutating func join(_ live: [Int: [Neighbour]]) {
    for (item, list) in live {
      var scores = Dictionary(
        (together[item] ?? []).map { ($0.item, $0.score) }, uniquingKeysWith: { max($0, $1) })
      for partner in list {
        scores[partner.item] = max(scores[partner.item] ?? 0, partner.score)
      }
      together[item] = scores.map { Neighbour(item: $0.key, score: $0.value) }
        .sorted { $0.precedes($1) }
    }
  }

  /// The most wanted products, best first, one of each text: bought in the build's baskets or
  /// wanted in live events. O(products · log).
  func popularity(_ wishes: [String: Int], limit: Int = 2_000) -> [Int] {
    var best: [Int: (ordinal: Int, count: Int)] = [:]
    for product in catalogue.all {
      let count = product.baskets + (wishes[product.product.id] ?? 0)
      if let known = best[product.text], known.count >= count { continue }
      best[product.text] = (product.ordinal, count)
    }
    return best.values.sorted { ($1.count, $0.ordinal) < ($0.count, $1.ordinal) }
      .prefix(limit).map(\.ordinal)
  }
}
