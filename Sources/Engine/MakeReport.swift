internal import AkinAlike
internal import AkinCatalogue
internal import AkinEncoders
internal import AkinReport
internal import AkinSimilarity
public import AkinStorage
public import Foundation

/// The use case "show me the shop": one HTML page of quality, neighbours, scores and a map.
public struct MakeReport {
  private let store: ShopStore
  private let products: SimilarProducts

  /// Products shown with their neighbours.
  public var sampleCount = 24
  /// Points of the map; a larger catalogue is sampled evenly.
  public var mapPoints = 5_000

  /// Reports on the shop in `store`.
  public init(store: ShopStore) {
    self.store = store
    products = SimilarProducts(store: store, distinct: true)
  }

  /// Writes the page, whole or not at all.
  ///
  /// - Throws: ``EngineError`` `nothingToDo` for a shop that was never built, `cannotWrite`.
  public func write(to output: URL, generated: Date) throws {
    let page = try AkinReport.ReportPage.render(report(generated: generated))
    try OutputFile.write(Data(page), to: output)
  }

  func report(generated: Date) throws -> ShopReport {
    guard let summary = try BuildSummary.last(of: store) else { throw EngineError.emptyShop }
    var report = ShopReport(
      shop: store.directory.lastPathComponent, generated: generated.timeIntervalSince1970)
    report.built = summary.finished
    report.model = ReportModel(name: summary.model, dimension: summary.dimension)
    report.timings = summary.stages.map { BuildTiming(step: $0.name, seconds: $0.seconds) }
    report.quality = try QualityRecord.load(from: store)
    report.samples = try samples()
    let basketLists = try store.allNeighbours(.basket)
    report.contentScores = Histogram(of: try bestScores(store.allNeighbours(.content)))
    report.basketScores = Histogram(of: bestScores(basketLists))
    report.map = try map(summary)
    report.counts.products = summary.products
    report.counts.events = summary.events
    report.counts.baskets = summary.baskets
    report.counts.productsWithBaskets = basketLists.count
    return report
  }

  private func bestScores(_ lists: [Int: [Neighbour]]) -> [Double] {
    lists.values.compactMap { $0.first.map { Double($0.score) } }
  }

  /// The most bought products, then some from the whole catalogue, few of one category.
  private func samples() throws -> [SampleProduct] {
    let count = try store.productCount()
    let popular = try store.popularProducts(limit: sampleCount * 4)
    let spread = try store.products(every: max(1, count / (sampleCount * 4)))
    var taken: Set<Int> = []
    var perCategory: [String: Int] = [:]
    var chosen: [StoredProduct] = []
    for (pool, limit) in [(popular, sampleCount / 2), (spread, sampleCount)] {
      for candidate in pool where chosen.count < limit {
        let category = candidate.product.categories.first?.last ?? ""
        guard perCategory[category, default: 0] < 2, taken.insert(candidate.text).inserted else {
          continue
        }
        perCategory[category, default: 0] += 1
        chosen.append(candidate)
      }
    }
    return try chosen.map(sample)
  }

  private func sample(_ stored: StoredProduct) throws -> SampleProduct {
    let result = try products.similar(to: stored.product.id, k: 8)
    func neighbours(_ source: NeighbourSource) throws -> [ReportNeighbour] {
      try result.items(from: source).compactMap { item in
        guard let neighbour = try store.product(id: item.id) else { return nil }
        return ReportNeighbour(product: face(neighbour.product), score: Double(item.score))
      }
    }
    return SampleProduct(
      product: face(stored.product), similar: try neighbours(.content),
      boughtTogether: try neighbours(.basket), relations: try relations(of: stored))
  }

  /// The likeliest products of each type; none in a shop that was built before types were known.
  private func relations(of stored: StoredProduct) throws -> [ReportRelation] {
    guard try MeasureRecord.last(of: store) != nil else { return [] }
    let lists = try products.related(to: stored, as: Relation.related, k: 4)
    return try Relation.related.map { relation in
      let entries = try (lists[relation] ?? []).compactMap { item -> ReportRelation.Entry? in
        guard let product = try store.product(id: item.id)?.product else { return nil }
        return ReportRelation.Entry(
          product: face(product), probability: Double(item.probability ?? 0),
          evidence: (item.evidence ?? []).prefix(4).map { part in
            ReportRelation.Part(
              source: part.source, contribution: Double(part.contribution), detail: part.detail)
          })
      }
      return ReportRelation(type: relation.rawValue, entries: entries)
    }
  }

  private func face(_ product: Product) -> ProductFace {
    var face = ProductFace(product)
    face.variant = ProductText.variant(of: product)
    return face
  }

  private func map(_ summary: BuildSummary) throws -> ProductMap? {
    let sample = try store.products(every: CatalogueMap.step(summary.products, limit: mapPoints))
    guard sample.count >= CatalogueMap.fewest else { return nil }
    let all = try store.publishedVectors(model: summary.modelKey, dimension: summary.dimension)
    let texts = try Vectors(values: all, dimension: summary.dimension)
    let vectors = try Vectors(
      values: sample.flatMap { texts[$0.text] }, dimension: summary.dimension)
    let map = try CatalogueMap(of: vectors, languages: sample.map(\.product.language))
    let (names, indices) = categories(of: sample)
    let points = sample.indices.map { row in
      ProductMap.Point(
        x: map.places[row].x, y: map.places[row].y, category: indices[row],
        label: sample[row].product.title)
    }
    return ProductMap(
      method: map.method, explained: map.explained, categories: names, points: points)
  }

  /// The twelve largest top categories, and for each product the index of its own or -1.
  private func categories(of sample: [StoredProduct]) -> (names: [String], indices: [Int]) {
    let tops = sample.map { $0.product.categories.first?.first ?? "" }
    let sizes = tops.filter { !$0.isEmpty }.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    let names = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(12).map(\.key)
    let positions = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    return (names, tops.map { positions[$0] ?? -1 })
  }
}
