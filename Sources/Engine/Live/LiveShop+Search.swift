internal import AkinCatalogue
internal import AkinEncoders
package import AkinRanking
package import AkinSearch
internal import AkinStorage
internal import Foundation
internal import Synchronization

extension LiveShop {
  /// The words of the catalogue as it stands, with the build that they are of.
  struct Words: Sendable {
    var index: SearchIndex
    var built: Double
  }

  /// Finds what a shopper typed, in the catalogue as it stands and under the shop's rules.
  ///
  /// - Parameters:
  ///   - page: where the shop shows the results, in its own words, for the rules.
  ///   - audiences: the groups that the shopper belongs to.
  ///   - rules: rules to apply instead of the shop's.
  /// - Throws: `SearchError`; `EncoderError` where meaning is asked for.
  package func find(
    _ request: SearchRequest, mode: ShopSearch.Mode = .auto, page: String = "search",
    audiences: Set<String> = [], rules: [Rule]? = nil
  ) throws -> ShopSearch.Result {
    let state = self.state.withLock { $0 }
    let search = try search(state)
    let plan = RulePlan(
      rules ?? self.rules,
      for: RuleContext(
        kind: "search", page: page, audiences: audiences, query: request.query, time: now()))
    return try search.search(
      request, mode: mode,
      rules: SearchRules(
        plan: plan, subject: { state.catalogue.product($0)?.forRules },
        alike: { first, second in
          guard let a = state.catalogue[first.item]?.text,
            let b = state.catalogue[second.item]?.text,
            let left = state.content.vector(a), let right = state.content.vector(b)
          else { return 0 }
          return max(0, zip(left, right).reduce(0) { $0 + $1.0 * $1.1 })
        }))
  }

  private func search(_ state: State) throws -> ShopSearch {
    ShopSearch(
      index: try words(), product: { state.catalogue.product($0)?.product },
      meaning: { [self] in try near($0, count: $1, state) }, judge: judge)
  }

  /// Learns the order of search results from what shoppers did with them, and takes it over where it
  /// is better; searches go on meanwhile by the order there is.
  ///
  /// - Returns: what came of it, for people.
  /// - Throws: ``EngineError`` `nothingToDo` for too few clicks; `StorageError`;
  ///   `CancellationError`.
  package func trainSearch(progress: any ProgressReporter) throws -> String {
    let now = self.now
    let report = try TrainSearch(
      store: store, judgments: nil, progress: progress, search: search(state.withLock { $0 }),
      now: { Date(timeIntervalSince1970: now()) }
    ).run()
    try refreshRankers()
    return report.reason
  }

  /// The products nearest in meaning. O(texts · dimension), and the time to encode a query that was
  /// not asked lately.
  private func near(_ query: String, count: Int, _ state: State) throws -> ShopSearch.Near {
    let vector = try queryVectors.vector(query) {
      try encoder.encode([query], as: .query).values
    }
    let found = try state.content.search(vector, k: count)
    var items: [(id: String, score: Float)] = []
    for near in found where items.count < count {
      for product in state.catalogue.products(ofText: near.item) where items.count < count {
        items.append((product.product.id, near.score))
      }
    }
    let sample = MeaningFloor.places(among: state.catalogue.limit).compactMap { ordinal in
      state.catalogue[ordinal].flatMap { state.content.vector($0.text) }.map {
        zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    return ShopSearch.Near(
      items: items, floor: MeaningFloor.floor(best: found.first?.score ?? 0, sample: sample),
      cosine: { id in
        state.catalogue.product(id).flatMap { state.content.vector($0.text) }.map {
          zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 }
        }
      })
  }

  /// What orders search results beyond words.
  private var judge: ShopJudge {
    judgeTable.withLock { judge in
      if let judge { return judge }
      let made = ShopJudge(
        ShopJudge.Source(
          file: { [weak self] in self?.searchOrder.withLock { $0 } },
          signals: { [weak self] id in
            guard let self, let product = self.product(id) else { return nil }
            return ProductSignals(
              freshness: Float(product.ordinal) / Float(max(1, catalogue.limit)),
              wanted: product.baskets + wishes.count(of: id))
          },
          text: { [weak self] id in self?.product(id).map { ProductText.compose($0.product) } },
          encoder: { [store] in try SearchEncoder(folder: $0, store: store) }))
      judge = made
      return made
    }
  }

  /// Completions of what a shopper is typing, likeliest first.
  ///
  /// - Throws: `SearchError` `badArgument`.
  package func suggest(_ prefix: String, count: Int) throws -> [String] {
    try words().suggest(prefix, count: count).map(\.text)
  }

  /// The index, opened or made at the first search after a build. Writers wait meanwhile, so that
  /// none of their products is missed.
  private func words() throws -> SearchIndex {
    let built = state.withLock(\.built)
    if let words = wordTable.withLock({ $0 }), words.built == built { return words.index }
    return try writer.sync {
      let built = state.withLock(\.built)
      if let words = wordTable.withLock({ $0 }), words.built == built { return words.index }
      let index = try ShopIndex.open(store, allowsEmpty: true)
      wordTable.withLock { $0 = Words(index: index, built: built) }
      return index
    }
  }

  /// Takes over changed products, where the index is open. Runs on ``writer``.
  func updateWords(_ products: [LiveProduct], removing removed: [String] = []) {
    guard let words = wordTable.withLock({ $0 }) else { return }
    do {
      try words.index.update(
        products.map { IndexedProduct($0.product, popularity: Double($0.baskets)) },
        removing: removed)
    } catch {
      // The next search opens the index anew, from the store.
      wordTable.withLock { $0 = nil }
      failures.withLock { $0 = "\(error)" }
    }
  }
}

/// Vectors of the queries asked last, so that a query asked again costs no encoding.
final class QueryVectors: Sendable {
  private struct Table {
    var vectors: [String: [Float]] = [:]
    /// Oldest first.
    var order: [String] = []
  }

  private let capacity: Int
  private let table = Mutex(Table())

  /// Keeps at least `capacity` of the last ones.
  init(capacity: Int = 4_096) { self.capacity = capacity }

  /// The vector of `query` where it is known.
  func known(_ query: String) -> [Float]? { table.withLock { $0.vectors[query] } }

  /// The vector of `query`, by `encode` where it is not known.
  func vector(_ query: String, encode: () throws -> [Float]) rethrows -> [Float] {
    if let known = table.withLock({ $0.vectors[query] }) { return known }
    let made = try encode()
    table.withLock { table in
      guard table.vectors.updateValue(made, forKey: query) == nil else { return }
      table.order.append(query)
      if table.order.count > 2 * capacity {
        for old in table.order.prefix(capacity) { table.vectors[old] = nil }
        table.order.removeFirst(capacity)
      }
    }
    return made
  }
}
