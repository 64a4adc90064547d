internal import AkinAlike
internal import AkinCatalogue
internal import AkinRecommenders
internal import AkinSimilarity
internal import AkinStorage
internal import Foundation
internal import Synchronization

extension LiveShop {
  /// Compares every pair of texts anew and counts the baskets of live events, while the shop goes
  /// on answering; what came meanwhile is found as before.
  ///
  /// - Throws: `StorageError`, `SimilarityError`, `CancellationError`; the shop is then unchanged.
  package func rebuild(neighbours: Int = 30, progress: any ProgressReporter) throws {
    let lock = try store.lock(for: .build)
    defer { withExtendedLifetime(lock) {} }
    let before = state.withLock { $0 }
    let live = Set(before.catalogue.all.map(\.text)).filter(before.content.contains).sorted()
    let (lists, measure) = try compare(live, before, k: neighbours, progress: progress)
    let together = try countBaskets(before.catalogue, k: neighbours, progress: progress)
    progress.begin("Publishing", total: nil, unit: "lists")
    let body = String(decoding: try JSONEncoder().encode(measure), as: UTF8.self)
    try store.setRecord(MeasureRecord.name, to: body)
    try store.replaceLists(.content, by: lists)
    likeness.withLock { $0 = nil }
    relationScorer.withLock { $0 = nil }
    try store.replaceLists(.live, by: together)
    try store.setRecord(RelationsRecord.name, to: relationBasis(before, live: together))
    let kept = try store.allNeighbours(.basket)
    // Packing takes its time: writers wait for what came meanwhile alone.
    let rebuilt = try before.content.withLists(lists)
    try writer.sync {
      try encoding.sync {
        var state = self.state.withLock { $0 }
        var content = rebuilt
        try content.take(Set(state.catalogue.all.map(\.text)), from: state.content)
        state.content = content
        state.together = kept
        state.join(together)
        wishes.replace(by: try store.deedCounts())
        state.popular = state.popularity(wishes.current)
        state.catalogue.fold()
        self.state.withLock { [state] in $0 = state }
      }
    }
    progress.end(
      "\(lists.count.formatted()) texts, \(together.count.formatted()) products in baskets")
  }

  /// Counts everything that is derived from live events anew.
  ///
  /// - Returns: how many products have partners by live baskets.
  func recount() throws -> Int {
    let together = try countBaskets(catalogue, k: 30, progress: SilentProgress())
    try store.replaceLists(.live, by: together)
    try writer.sync { try takeBaskets(together) }
    rankPopularWhereDue()
    return together.count
  }

  /// Joins lists of live baskets to those of builds, and counts wishes anew. Runs on ``writer``.
  func takeBaskets(_ live: [Int: [Neighbour]]) throws {
    let kept = try store.allNeighbours(.basket)
    wishes.replace(by: try store.deedCounts())
    state.withLock { state in
      state.together = kept
      state.join(live)
    }
  }

  /// Whether so many texts came since the lists were made that a rebuild pays.
  package var wantsRebuild: Bool {
    let isDue = state.withLock {
      $0.waiting.isEmpty && $0.content.recentCount > max(2_048, $0.content.count / 10)
    }
    return isDue && (!store.isShared || store.isFreeForBuild)
  }

  /// The nearest others of each text, by the measure that builds use, fitted to what is there now.
  private func compare(
    _ texts: [Int], _ state: State, k: Int, progress: any ProgressReporter
  ) throws -> (lists: [Int: [Neighbour]], measure: ContentMeasure) {
    progress.begin("Comparing texts", total: texts.count, unit: "texts")
    let content = state.content
    var vectors = Vectors(dimension: content.dimension, reserving: texts.count)
    var products: [Product] = []
    for text in texts {
      guard let vector = content.vector(text),
        let product = state.catalogue.products(ofText: text).first
      else { continue }
      try vectors.append(vector)
      products.append(product.product)
    }
    let count = texts.count
    let (graph, measure) = try vectors.values.withUnsafeBufferPointer { values in
      let meaning = try SimilarityGraph(k: k).neighbours(
        values: values, dimension: content.dimension,
        progress: { done in
          try Task.checkCancellation()
          progress.advance(to: done / 2)
        })
      var index = try ContentIndex(products) { _ in try Task.checkCancellation() }
      index.fitMeaning(values, dimension: content.dimension)
      let lists = try ContentGraph(k: k).neighbours(
        of: index, values: values, dimension: content.dimension, meaning: meaning
      ) { done in
        try Task.checkCancellation()
        progress.advance(to: (count + done) / 2)
      }
      return (lists, index.measure)
    }
    var lists: [Int: [Neighbour]] = [:]
    for (row, text) in texts.enumerated() {
      lists[text] = graph[row].map { Neighbour(item: texts[$0.item], score: $0.score) }
    }
    progress.end("\(texts.count.formatted()) texts, every pair")
    return (lists, measure)
  }

  private func countBaskets(
    _ catalogue: LiveCatalogue, k: Int, progress: any ProgressReporter
  ) throws -> [Int: [Neighbour]] {
    progress.begin("Counting baskets", total: catalogue.count, unit: "products")
    // The measure wants positions without gaps.
    let products = Array(catalogue.all)
    var positions: [String: Int] = [:]
    for (position, product) in products.enumerated() { positions[product.product.id] = position }
    var collector = BasketCollector(ordinals: positions)
    try store.forEachEvent { collector.add($0) }
    let graph = try CoOccurrence().neighbours(of: collector.finish().0, k: k) { done in
      try Task.checkCancellation()
      progress.advance(to: done)
    }
    var lists: [Int: [Neighbour]] = [:]
    for (position, product) in products.enumerated() where !graph[position].isEmpty {
      lists[product.ordinal] = graph[position].map {
        Neighbour(item: products[$0.item].ordinal, score: $0.score)
      }
    }
    progress.end("\(lists.count.formatted()) products were in baskets together")
    return lists
  }
}

extension LiveShop {
  /// The last failure of work in the background, told once.
  package func takeFailure() -> String? {
    failures.withLock { failure in
      defer { failure = nil }
      return failure
    }
  }
}
