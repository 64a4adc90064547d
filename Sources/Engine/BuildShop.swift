internal import AkinAlike
public import AkinCatalogue
internal import AkinEncoders
internal import AkinRecommenders
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
  /// Bytes that comparing may take; half of the machine's memory where `nil`.
  public var memory: Int?
  /// Reads only the first so many products, for a quick look.
  public var limit: Int?
  /// The folder of a tagger (`akin tag train`) that reads titles; none where `nil`.
  public var tagger: URL?
  /// Whether a build without events forgets what earlier events said.
  public var forgetsEvents = false

  /// Sound defaults.
  public init() {}

  /// Chinese, English and a hundred other languages.
  public static let defaultModel = "multilingual-e5-small"
}

/// What a build came to.
public struct BuildResult: Sendable {
  /// What was done.
  public var summary: BuildSummary
  /// The state of the catalogue.
  public var quality: QualityReport
  /// What the logs held.
  public var events: EventSummary
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
  private let lock: ShopLock
  private let options: BuildOptions
  private let progress: any ProgressReporter
  private var stages: [BuildSummary.Stage] = []
  private let now: @Sendable () -> Date

  /// Opens or makes the shop in `directory` and takes its build lock.
  ///
  /// - Throws: ``StorageError``.
  public init(
    directory: URL, options: BuildOptions, progress: any ProgressReporter,
    now: @escaping @Sendable () -> Date
  ) throws(StorageError) {
    store = try ShopStore(directory: directory, for: .building)
    lock = try store.lock(for: .build)
    self.options = options
    self.progress = progress
    self.now = now
  }

  /// Builds the shop from files of products and of events.
  ///
  /// Every file is opened and its columns are mapped before the work begins, so that a mistyped
  /// name costs seconds.
  ///
  /// - Returns: what was done, the quality of the catalogue, and what the events were.
  /// - Throws: `FeedError`, `ImportError`, `EncoderError`, ``StorageError``, ``EngineError``,
  ///   `CancellationError`; the shop's readers then still see what it was before.
  public func run(products: [URL], events: [URL]) throws -> BuildResult {
    let model = try ShopModel(
      named: options.model, as: BuildSummary.last(of: store)?.modelKey)
    let tagger = try options.tagger.map { try TitleReading(folder: $0) }
    for file in products { try CatalogueImporter.check(file: file, options: options.products) }
    for file in events { try EventImporter.check(file: file, options: eventOptions) }
    let rejects = try RejectLog(url: store.directory.appending(path: "rejects.jsonl"))
    var catalogue = try timed("Reading products") { try read(products, rejects: rejects) }
    if let tagger {
      try timed("Reading titles") { try tagger.fill(&catalogue.products, progress) }
    }
    let behaviour = try timed("Reading events") {
      try read(events, ordinals: catalogue.ordinals, rejects: rejects)
    }
    let texts = DistinctTexts(catalogue.products.lazy.map(ProductText.compose))
    let encoder = try timed("Loading the model") { try model.load() }
    let encoded = try timed("Encoding texts") {
      try encode(texts.values, with: encoder, key: model.key)
    }
    let compared = try timed("Comparing texts") {
      try compare(
        texts.values, texts.firstProducts(of: catalogue.products), key: model.key,
        dimension: encoder.dimension)
    }
    let together = try timed("Counting baskets") {
      try neighbours(of: behaviour, ordinals: catalogue.ordinals)
    }
    var summary = BuildSummary(
      model: model.name, modelKey: model.key, dimension: encoder.dimension,
      products: catalogue.products.count, texts: texts.values.count, encoded: encoded,
      rejected: rejects.count, events: behaviour.summary.events,
      baskets: behaviour.baskets.count, unknownProducts: behaviour.summary.unknownProducts,
      similarDigest: compared.digest, stages: stages, finished: now().timeIntervalSince1970)
    var records = [
      BuildSummary.recordName: try json(summary), QualityRecord.name: try json(catalogue.quality),
    ]
    if let measure = compared.measure { records[MeasureRecord.name] = try json(measure) }
    let kinds = try KindTable(
      catalogue.products, texts, bought: together.lists, viewed: together.viewed,
      model: model.key, dimension: encoder.dimension, store: store)
    records[RelationsRecord.name] = try json(
      RelationsRecord(kinds: kinds, hasPurchases: together.hasPurchases))
    let snapshot = ShopSnapshot(
      products: catalogue.products, texts: texts.values, textOfProduct: texts.indices,
      baskets: together.basketCounts, similar: compared.lists, boughtTogether: together.lists,
      viewedTogether: together.viewed,
      behaviour: behaviour.summary.rows > 0 || options.forgetsEvents ? behaviour.histories : nil,
      records: records)
    try timed("Publishing") {
      progress.begin("Publishing", total: nil, unit: "products")
      try store.publish(snapshot)
      textGraph.discardCheckpoint()
      progress.end("\(summary.products.formatted()) products")
    }
    try timed("Indexing words") { _ = try ShopIndex.open(store, progress: progress) }
    summary.stages = stages
    try store.setRecord(BuildSummary.recordName, to: json(summary))
    return BuildResult(
      summary: summary, quality: catalogue.quality, events: behaviour.summary)
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
  private func encode(_ texts: [String], with encoder: any TextEncoder, key: String) throws -> Int {
    let missing = try store.textsWithoutVector(texts, model: key)
    progress.begin("Encoding texts", total: missing.count, unit: "texts")
    for start in stride(from: 0, to: missing.count, by: Self.saveInterval) {
      let chunk = missing[start..<min(start + Self.saveInterval, missing.count)].map { texts[$0] }
      let rows = try encoder.encode(chunk, as: .passage) { [progress] done, _ in
        progress.advance(to: start + done)
      }
      try store.saveVectors(rows.values, of: chunk, model: key)
    }
    let reused = texts.count - missing.count
    progress.end(
      "\(missing.count.formatted()) encoded, \(reused.formatted()) known, by \(options.model)")
    return missing.count
  }

  private var textGraph: TextGraph {
    TextGraph(
      store: store, neighbours: options.neighbours, memory: options.memory, progress: progress)
  }

  private struct Compared {
    var lists: NeighbourLists
    var digest: String
    /// How they were compared; `nil` where the last build's holds.
    var measure: ContentMeasure?
  }

  /// The content neighbours of every text, taken over from the last build where nothing changed.
  private func compare(
    _ texts: [String], _ products: [Product], key: String, dimension: Int
  ) throws -> Compared {
    let digest = TextDigest.of(texts, products, model: key, neighbours: options.neighbours)
    progress.begin("Comparing texts", total: texts.count, unit: "texts")
    if try BuildSummary.last(of: store)?.similarDigest == digest {
      let lists = try store.allNeighbours(.content)
      var similar = NeighbourLists()
      for text in texts.indices { similar.append(lists[text] ?? []) }
      progress.end("unchanged since the last build")
      return Compared(lists: similar, digest: digest)
    }
    let (similar, measure) = try textGraph.lists(
      of: texts, products, model: key, dimension: dimension, digest: digest)
    progress.end("\(texts.count.formatted()) texts, every pair")
    return Compared(lists: similar, digest: digest, measure: measure)
  }
}

// MARK: Behaviour

extension BuildShop {
  /// An event that belongs to no basket cannot be used here, and is not silently dropped.
  private var eventOptions: ImportOptions {
    var events = options.events
    events.requiresBasket = true
    return events
  }

  private struct Behaviour {
    var baskets: Baskets
    var visits: Baskets
    var hasPurchases: Bool
    var basketCounts: [Int]
    var histories: BehaviourSnapshot
    var summary: EventSummary
  }

  private func read(_ files: [URL], ordinals: [String: Int], rejects: RejectLog) throws
    -> Behaviour
  {
    let importer = EventImporter(options: eventOptions, rejects: rejects) { ordinals[$0] != nil }
    var collector = BasketCollector(ordinals: ordinals)
    var histories = HistoryCollector()
    if !files.isEmpty {
      progress.begin("Reading events", total: FileSizes.total(of: files), unit: "bytes")
      try FileSizes.followed(files, progress) { file, advance in
        importer.onProgress = { advance($0.bytesRead) }
        try importer.add(file: file) {
          collector.add($0)
          histories.add($0)
        }
      }
      progress.end("\(importer.summary.events.formatted()) events")
    }
    let (visits, hasPurchases) = (collector.visits(), collector.hasPurchases)
    let (baskets, counts) = collector.finish()
    return Behaviour(
      baskets: baskets, visits: visits, hasPurchases: hasPurchases,
      basketCounts: counts, histories: histories.finish(),
      summary: importer.summary)
  }

  /// What baskets and visits say of each product.
  private struct Together {
    var lists: NeighbourLists
    var viewed: NeighbourLists
    var basketCounts: [Int]
    /// Whether baskets were bought; else they are what was looked at together.
    var hasPurchases: Bool
  }

  /// "Bought together": counted anew, or without any events what earlier ones said.
  private func neighbours(of behaviour: Behaviour, ordinals: [String: Int]) throws -> Together {
    guard behaviour.summary.rows > 0 || options.forgetsEvents else {
      return try keptNeighbours(ordinals)
    }
    progress.begin("Counting baskets", total: ordinals.count, unit: "products")
    let measure = CoOccurrence(
      minimumSupport: options.coOccurrence.minimumSupport,
      shrinkage: options.coOccurrence.shrinkage)
    let lists = try measure.neighbours(of: behaviour.baskets, k: options.neighbours) {
      [progress] done in
      try Task.checkCancellation()
      progress.advance(to: done)
    }
    let large = measure.largeBaskets(in: behaviour.baskets)
    progress.end(
      "\(behaviour.baskets.count.formatted()) baskets"
        + (large > 0
          ? ", \(large.formatted()) of over \(measure.largestBasket) products left out" : ""))
    return Together(
      lists: lists, viewed: try measure.neighbours(of: behaviour.visits, k: options.neighbours),
      basketCounts: behaviour.basketCounts, hasPurchases: behaviour.hasPurchases)
  }

  /// The lists of the last build, for the products that are still there.
  private func keptNeighbours(_ ordinals: [String: Int]) throws -> Together {
    let kept = try store.basketLists()
    var counts = [Int](repeating: 0, count: ordinals.count)
    for (id, list) in kept {
      if let ordinal = ordinals[id] { counts[ordinal] = list.baskets }
    }
    if !kept.isEmpty {
      progress.begin("Counting baskets", total: nil, unit: "products")
      progress.end("no events given, those of the last build kept (--forget-events drops them)")
    }
    return Together(
      lists: Self.lists(kept, ordinals),
      viewed: Self.lists(try store.basketLists(.viewed), ordinals), basketCounts: counts,
      hasPurchases: try RelationsRecord.last(of: store).hasPurchases)
  }

  private static func lists(_ kept: [String: BasketList], _ ordinals: [String: Int])
    -> NeighbourLists
  {
    var rows = [[Neighbour]](repeating: [], count: ordinals.count)
    for (id, list) in kept {
      guard let ordinal = ordinals[id] else { continue }
      rows[ordinal] = list.partners.compactMap { partner in
        ordinals[partner.id].map { Neighbour(item: $0, score: partner.score) }
      }
    }
    var lists = NeighbourLists()
    for row in rows { lists.append(row) }
    return lists
  }
}
