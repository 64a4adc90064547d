public import AkinCatalogue
internal import AkinEncoders
internal import AkinRecommenders
internal import AkinSimilarity
public import AkinStorage
public import Foundation

/// How a shop is built.
public struct BuildOptions: Sendable {
  /// An encoder of `akin model list`.
  public var model = BuildOptions.defaultModel
  /// How product files are read.
  public var products = ImportOptions()
  /// How event files are read.
  public var events = ImportOptions()
  /// Neighbours kept of each kind.
  public var neighbours = 30
  /// How baskets become neighbours.
  public var coOccurrence = CoOccurrenceOptions()
  /// Reads only the first so many products, for a quick look.
  public var limit: Int?

  /// Sound defaults.
  public init() {}

  /// Chinese, English and a hundred other languages.
  public static let defaultModel = "multilingual-e5-small"
}

/// How baskets become "bought together".
public struct CoOccurrenceOptions: Sendable {
  /// Baskets that must hold both products.
  public var minimumSupport = 2
  /// Baskets of support at which the cosine counts half.
  public var shrinkage: Float = 10

  /// Sound defaults.
  public init() {}
}

/// The use case "make a shop of these files": import, encode, compare, publish.
///
/// Every stage can be interrupted: vectors are saved as they come, and the shop's readers see the
/// old state until the last transaction.
public final class BuildShop {
  private let store: ShopStore
  private let lock: BuildLock
  private let options: BuildOptions
  private let progress: any ProgressReporter
  private var stages: [BuildSummary.Stage] = []

  /// Opens or makes the shop in `directory` and takes its build lock.
  ///
  /// - Throws: ``StorageError``.
  public init(directory: URL, options: BuildOptions, progress: any ProgressReporter)
    throws(StorageError)
  {
    store = try ShopStore(directory: directory, creating: true)
    lock = try BuildLock(directory: directory)
    self.options = options
    self.progress = progress
  }

  /// Builds the shop from files of products and of events.
  ///
  /// - Returns: what was done, and the quality of the catalogue.
  /// - Throws: `FeedError`, `ImportError`, `EncoderError`, ``StorageError``, ``EngineError``,
  ///   `CancellationError`; the shop's readers then still see what it was before.
  public func run(products: [URL], events: [URL]) throws -> (BuildSummary, QualityReport) {
    let encoder = try ModelStore().encoder(named: options.model)
    let rejects = try RejectLog(url: store.directory.appending(path: "rejects.jsonl"))
    let catalogue = try timed("Reading products") { try read(products, rejects: rejects) }
    let texts = DistinctTexts(catalogue.products.lazy.map(ProductText.compose))
    let encoded = try timed("Encoding texts") { try encode(texts.values, with: encoder) }
    let (similar, digest) = try timed("Comparing texts") {
      try compare(texts.values, dimension: encoder.dimension)
    }
    let behaviour = try timed("Reading events") {
      try read(events, ordinals: catalogue.ordinals, rejects: rejects)
    }
    let together = try timed("Counting baskets") { try count(behaviour.baskets) }
    var summary = BuildSummary(
      model: options.model, dimension: encoder.dimension, products: catalogue.products.count,
      texts: texts.values.count, encoded: encoded, rejected: rejects.count,
      events: behaviour.summary.events, baskets: behaviour.baskets.count,
      unknownProducts: behaviour.summary.unknownProducts, similarDigest: digest, stages: [])
    try timed("Publishing") {
      progress.begin("Publishing", total: nil, unit: "products")
      summary.stages = stages
      try store.publish(
        ShopSnapshot(
          products: catalogue.products, texts: texts.values, textOfProduct: texts.indices,
          baskets: behaviour.basketCounts, similar: similar, boughtTogether: together,
          records: [
            BuildSummary.recordName: try json(summary),
            QualityRecord.name: try json(catalogue.quality),
          ]))
      progress.end("\(summary.products.formatted()) products")
    }
    summary.stages = stages
    return (summary, catalogue.quality)
  }

  private func timed<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
    try Task.checkCancellation()
    let start = ContinuousClock.now
    let result = try body()
    let duration = start.duration(to: .now).components
    stages.append(
      BuildSummary.Stage(
        name: name, seconds: Double(duration.seconds) + Double(duration.attoseconds) / 1e18))
    return result
  }

  private func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

// MARK: Products

extension BuildShop {
  private struct Catalogue {
    var products: [Product]
    var ordinals: [String: Int]
    var quality: QualityReport
  }

  /// Thrown to end an import at ``BuildOptions/limit``.
  private struct LimitReached: Error {}

  private func read(_ files: [URL], rejects: RejectLog) throws -> Catalogue {
    let importer = CatalogueImporter(options: options.products, rejects: rejects)
    var products: [Product] = []
    progress.begin("Reading products", total: FileSizes.total(of: files), unit: "bytes")
    do {
      try FileSizes.followed(files, progress) { file, advance in
        importer.onProgress = { advance($0.bytesRead) }
        try importer.add(file: file) { imported in
          if imported.replaces {
            products[imported.ordinal] = imported.product
          } else {
            if products.count == options.limit { throw LimitReached() }
            products.append(imported.product)
          }
        }
      }
    } catch is LimitReached {}
    guard !products.isEmpty else {
      throw EngineError(
        .nothingToDo,
        "\(files.map(\.lastPathComponent).joined(separator: ", ")): no product could be read; "
          + "\(rejects.count.formatted()) rows were refused, see rejects.jsonl in the shop's folder"
      )
    }
    progress.end(
      "\(products.count.formatted()) products, \(rejects.count.formatted()) rows refused")
    var ordinals: [String: Int] = [:]
    ordinals.reserveCapacity(products.count)
    for (ordinal, product) in products.enumerated() { ordinals[product.id] = ordinal }
    return Catalogue(products: products, ordinals: ordinals, quality: importer.report())
  }
}

// MARK: Content

extension BuildShop {
  /// Texts encoded between two saves: what `kill -9` can cost.
  private static let saveInterval = 2_048

  /// Encodes the texts that have no vector yet and returns their number.
  private func encode(_ texts: [String], with encoder: any TextEncoder) throws -> Int {
    let missing = try store.textsWithoutVector(texts, model: options.model)
    progress.begin("Encoding texts", total: missing.count, unit: "texts")
    for start in stride(from: 0, to: missing.count, by: Self.saveInterval) {
      let chunk = missing[start..<min(start + Self.saveInterval, missing.count)].map { texts[$0] }
      let rows = try encoder.encode(chunk, as: .passage) { [progress] done, _ in
        progress.advance(to: start + done)
      }
      try store.saveVectors(rows.values, of: chunk, model: options.model)
    }
    let reused = texts.count - missing.count
    progress.end(
      "\(missing.count.formatted()) encoded, \(reused.formatted()) known, by \(options.model)")
    return missing.count
  }

  /// The content neighbours of every text, taken over from the last build where nothing changed.
  private func compare(_ texts: [String], dimension: Int) throws -> (NeighbourLists, String) {
    let digest = TextDigest.of(texts, model: options.model, neighbours: options.neighbours)
    progress.begin("Comparing texts", total: texts.count, unit: "texts")
    if try BuildSummary.last(of: store)?.similarDigest == digest {
      let lists = try store.allNeighbours(.content)
      var similar = NeighbourLists()
      for text in texts.indices { similar.append(lists[text] ?? []) }
      progress.end("unchanged since the last build")
      return (similar, digest)
    }
    let values = try store.vectors(of: texts, model: options.model, dimension: dimension)
    let index = try ExactNeighbours(Vectors(values: values, dimension: dimension))
    let similar = try index.graph(k: options.neighbours) { [progress] done in
      try Task.checkCancellation()
      progress.advance(to: done)
    }
    progress.end("\(texts.count.formatted()) texts, every pair")
    return (similar, digest)
  }
}

// MARK: Behaviour

extension BuildShop {
  private struct Behaviour {
    var baskets: Baskets
    var basketCounts: [Int]
    var summary: EventSummary
  }

  private func read(_ files: [URL], ordinals: [String: Int], rejects: RejectLog) throws
    -> Behaviour
  {
    let importer = EventImporter(options: options.events, rejects: rejects) { ordinals[$0] != nil }
    var collector = BasketCollector(ordinals: ordinals)
    if !files.isEmpty {
      progress.begin("Reading events", total: FileSizes.total(of: files), unit: "bytes")
      try FileSizes.followed(files, progress) { file, advance in
        importer.onProgress = { advance($0.bytesRead) }
        try importer.add(file: file) { collector.add($0) }
      }
      progress.end("\(importer.summary.events.formatted()) events")
    }
    let (baskets, counts) = collector.finish()
    return Behaviour(baskets: baskets, basketCounts: counts, summary: importer.summary)
  }

  private func count(_ baskets: Baskets) throws -> NeighbourLists {
    guard baskets.count > 0 else {
      return try CoOccurrence().neighbours(of: baskets, k: options.neighbours)
    }
    progress.begin("Counting baskets", total: baskets.itemCount, unit: "products")
    let measure = CoOccurrence(
      minimumSupport: options.coOccurrence.minimumSupport,
      shrinkage: options.coOccurrence.shrinkage)
    let lists = try measure.neighbours(of: baskets, k: options.neighbours) { [progress] done in
      try Task.checkCancellation()
      progress.advance(to: done)
    }
    progress.end("\(baskets.count.formatted()) baskets")
    return lists
  }
}
