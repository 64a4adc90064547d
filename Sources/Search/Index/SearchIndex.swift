public import AkinCatalogue
internal import AkinText
internal import Synchronization

/// A product with how often it was bought, as an index takes it.
public struct IndexedProduct: Sendable, Hashable {
  /// The product.
  public var product: Product
  /// Baskets that held it, or another count that is larger for what sells.
  public var popularity: Double

  /// Pairs both.
  public init(_ product: Product, popularity: Double = 0) {
    self.product = product
    self.popularity = popularity
  }
}

/// How an index weighs and understands words.
public struct SearchSettings: Sendable, Hashable {
  /// BM25F's parameters.
  public var weighting = FieldWeighting()
  /// Synonyms, brands and colours; the catalogue's own brand aliases are added to them.
  public var lexicon = Lexicon.builtIn

  /// What suits most shops.
  public init() {}
}

/// Finds products by words.
///
/// Immutable segments hold up to 65,536 products each; a change puts its products into a small new
/// segment and hides their older versions, and small segments are merged as they come. A query
/// takes the segments of one moment and is not disturbed by changes; changes wait for one another.
///
/// A query costs O(products that hold any of its words), about a nanosecond each.
public final class SearchIndex: Sendable {
  /// Products that came after the index was made, kept so that their segment can be made again.
  private struct Tier {
    var products: [String: IndexedProduct]
    var order: [String]
  }

  private struct State {
    var snapshot: Snapshot
    /// One for each of the last parts of the snapshot.
    var tiers: [Tier] = []
    var means: [Float]?
  }

  private let state: Mutex<State>
  private let writer = Mutex(())
  private let scratches = Mutex<[SearchScratch]>([])
  let weighting: FieldWeighting

  init(snapshot: Snapshot, weighting: FieldWeighting) {
    self.weighting = weighting
    state = Mutex(State(snapshot: snapshot, means: snapshot.parts.first?.segment.meanLengths))
  }

  /// Indexes `products`; of several with one identifier the last counts. O(length of all texts).
  ///
  /// - Parameter progress: called with the number of products done, now and then.
  /// - Throws: ``SearchError`` `unavailable`; what `progress` throws.
  public convenience init(
    _ products: some Sequence<IndexedProduct>, settings: SearchSettings = SearchSettings(),
    progress: (Int) throws -> Void = { _ in }
  ) throws {
    var maker = try SegmentMaker(
      weighting: settings.weighting, vocabulary: settings.lexicon.unspacedWords)
    var place: [String: (part: Int, product: Int)] = [:]
    var replaced: [(part: Int, product: Int)] = []
    var count = 0
    for entry in products {
      let added = try maker.add(entry)
      if let old = place.updateValue(added, forKey: entry.product.id) { replaced.append(old) }
      count += 1
      if count % 1024 == 0 { try progress(count) }
    }
    var snapshot = try maker.finish()
    for old in replaced { snapshot.parts[old.part].hide(old.product) }
    snapshot.lexicon = settings.lexicon.merging(snapshot.lexicon)
    self.init(snapshot: snapshot, weighting: settings.weighting)
  }

  /// The current state.
  var snapshot: Snapshot { state.withLock { $0.snapshot } }

  /// Products that can be found.
  public var count: Int { snapshot.count }

  /// Counts the changes since the index was made.
  public var generation: Int { snapshot.generation }

  /// Bytes of all segments.
  public var byteCount: Int { snapshot.parts.reduce(0) { $0 + $1.segment.byteCount } }

  /// The brand aliases and synonyms in use.
  public var lexicon: Lexicon { snapshot.lexicon }

  /// Answers a request. Any number of threads may ask at once.
  ///
  /// - Throws: ``SearchError`` `emptyQuery`, `badFilter`, `badCursor`, `badArgument`.
  public func search(_ request: SearchRequest) throws(SearchError) -> SearchResults {
    try withScratch { scratch throws(SearchError) in
      try Searcher(snapshot: snapshot, scratch: scratch, k1: weighting.k1).run(request)
    }
  }

  /// Answers a request without the products that `admits` does not let through: they are neither
  /// found nor counted. It is asked for every match.
  ///
  /// - Throws: as ``search(_:)``.
  public func search(
    _ request: SearchRequest, admits: ((_ id: String) -> Bool)?
  ) throws(SearchError) -> SearchResults {
    try withScratch { scratch throws(SearchError) in
      try Searcher(snapshot: snapshot, scratch: scratch, k1: weighting.k1)
        .run(request, admits: admits)
    }
  }

  /// Where the request's words stand in `titles`, in bytes of UTF-8, ascending and apart.
  ///
  /// - Throws: ``SearchError`` `emptyQuery`.
  public func highlights(
    of request: SearchRequest, in titles: [String]
  ) throws(SearchError) -> [[Range<Int>]] {
    try withScratch { scratch throws(SearchError) in
      try Searcher(snapshot: snapshot, scratch: scratch, k1: weighting.k1)
        .highlights(of: request, in: titles)
    }
  }

  /// Those of `ids` whose products can be found and meet the request's conditions: its filters, and
  /// what its query says of prices and of what must not be there. What was found by other means than
  /// words goes through here.
  ///
  /// - Throws: ``SearchError`` as ``search(_:)``.
  public func admitted(_ ids: [String], by request: SearchRequest) throws(SearchError)
    -> Set<String>
  {
    try withScratch { scratch throws(SearchError) in
      try Searcher(snapshot: snapshot, scratch: scratch, k1: weighting.k1)
        .admitted(ids, by: request)
    }
  }

  /// Up to `count` ways in which a shopper may go on after `prefix`, likeliest first.
  ///
  /// - Throws: ``SearchError`` `badArgument`.
  public func suggest(_ prefix: String, count: Int = 8) throws(SearchError) -> [Suggestion] {
    guard (1...100).contains(count) else {
      throw SearchError(.badArgument, "1 to 100 suggestions can be asked for, not \(count)")
    }
    return try withScratch { scratch in
      Suggester(snapshot: snapshot, reader: scratch.reader).suggest(prefix, count: count)
    }
  }

  /// Lends working memory that no other query has at the time.
  func withScratch<Result>(
    _ body: (SearchScratch) throws(SearchError) -> Result
  ) throws(SearchError) -> Result {
    let scratch = try borrow()
    defer { scratches.withLock { $0.append(scratch) } }
    return try body(scratch)
  }

  private func borrow() throws(SearchError) -> SearchScratch {
    if let scratch = scratches.withLock({ $0.popLast() }) { return scratch }
    do { return try SearchScratch() } catch {
      throw SearchError(.unavailable, "\(error)")
    }
  }

  // MARK: Changing

  /// Adds or replaces `products` and removes those with the identifiers in `removed`. Who searches
  /// sees the state before all of it or after. O(changed products · log changes).
  ///
  /// - Throws: ``SearchError`` `unavailable`.
  public func update(
    _ products: [IndexedProduct], removing removed: [String] = []
  ) throws(SearchError) {
    try writer.withLock { _ throws(SearchError) in
      var (snapshot, tiers, means) = state.withLock { ($0.snapshot, $0.tiers, $0.means) }
      for id in products.map(\.product.id) + removed { Self.hide(id, &snapshot, &tiers) }
      var tier = Tier(products: [:], order: [])
      for entry in products {
        if tier.products.updateValue(entry, forKey: entry.product.id) == nil {
          tier.order.append(entry.product.id)
        }
      }
      for id in removed where tier.products.removeValue(forKey: id) != nil {
        tier.order.removeAll { $0 == id }
      }
      if !tier.order.isEmpty {
        try Self.push(tier, &snapshot, &tiers, &means, weighting)
      }
      snapshot.generation += 1
      state.withLock { $0 = State(snapshot: snapshot, tiers: tiers, means: means) }
    }
  }

  private static func hide(_ id: String, _ snapshot: inout Snapshot, _ tiers: inout [Tier]) {
    for index in snapshot.parts.indices {
      guard let product = snapshot.parts[index].segment.product(id: id) else { continue }
      snapshot.parts[index].hide(product)
    }
    for index in tiers.indices where tiers[index].products.removeValue(forKey: id) != nil {
      tiers[index].order.removeAll { $0 == id }
    }
  }

  /// Puts a tier on top, merged with those below that are not four times as large: each product is
  /// indexed again O(log changes) times in all.
  private static func push(
    _ tier: Tier, _ snapshot: inout Snapshot, _ tiers: inout [Tier], _ means: inout [Float]?,
    _ weighting: FieldWeighting
  ) throws(SearchError) {
    var tier = tier
    while let below = tiers.last, below.order.count < 4 * tier.order.count,
      below.order.count + tier.order.count <= Segment.capacity
    {
      tiers.removeLast()
      snapshot.parts.removeLast()
      tier = Tier(
        products: below.products.merging(tier.products) { $1 }, order: below.order + tier.order)
    }
    var maker = try SegmentMaker(
      weighting: weighting, vocabulary: snapshot.lexicon.unspacedWords, means: means)
    for id in tier.order {
      if let entry = tier.products[id] { _ = try maker.add(entry) }
    }
    let made = try maker.finish()
    snapshot.lexicon = snapshot.lexicon.adding(made.lexicon)
    if means == nil { means = made.parts.first?.segment.meanLengths }
    if made.parts.count == 1 {
      snapshot.parts.append(made.parts[0])
      tiers.append(tier)
    } else {
      // More than a segment holds: these stay as they are and are merged no more.
      snapshot.parts.insert(contentsOf: made.parts, at: snapshot.parts.count - tiers.count)
    }
  }
}

extension Snapshot.Part {
  /// A part with all products of a segment.
  init(_ segment: Segment) {
    self.init(
      segment: segment, live: Self.bitmap(segment.count), liveCount: segment.count)
  }

  private static func bitmap(_ count: Int) -> [UInt64] {
    (0..<(count + 63) / 64).map { word in
      let rest = count - word * 64
      return rest >= 64 ? .max : (1 << UInt64(rest)) - 1
    }
  }

  /// Whether the product may be found.
  func isLive(_ product: Int) -> Bool { live[product >> 6] >> UInt64(product & 63) & 1 == 1 }

  /// Takes a product out of what may be found.
  mutating func hide(_ product: Int) {
    guard isLive(product) else { return }
    live[product >> 6] &= ~(1 << UInt64(product & 63))
    liveCount -= 1
  }
}

extension Lexicon {
  /// Its words of Chinese characters alone.
  var unspacedWords: [String] {
    groups.flatMap(\.words).filter { word in
      word.unicodeScalars.allSatisfy { (0x3400...0x9FFF).contains($0.value) }
    }
  }

  /// With the groups of `other` that are new.
  func adding(_ other: Lexicon) -> Lexicon {
    let known = Set(groups)
    let new = other.groups.filter { !known.contains($0) }
    return new.isEmpty ? self : Lexicon(groups: groups + new)
  }
}

/// Turns a run of products into the parts of a snapshot.
struct SegmentMaker {
  private let builder: () -> SegmentBuilder
  private var current: SegmentBuilder
  private var parts: [Snapshot.Part] = []
  private var aliases: BrandAliases
  private var means: [Float]?

  init(
    weighting: FieldWeighting, vocabulary: [String], means: [Float]? = nil
  ) throws(SearchError) {
    let tools: (TextAnalyser, Pinyin)
    do { tools = (try TextAnalyser(), try Pinyin()) } catch {
      throw SearchError(.unavailable, "\(error)")
    }
    builder = {
      SegmentBuilder(
        analyser: tools.0, pinyin: tools.1, weighting: weighting, vocabulary: vocabulary)
    }
    current = builder()
    aliases = BrandAliases(analyser: tools.0)
    self.means = means
  }

  /// Adds a product and says where it stands.
  mutating func add(_ entry: IndexedProduct) throws(SearchError) -> (part: Int, product: Int) {
    if current.isFull { try close() }
    current.add(entry.product, popularity: entry.popularity)
    aliases.add(entry.product)
    return (parts.count, current.count - 1)
  }

  /// The parts, with the brand aliases that the products show.
  mutating func finish() throws(SearchError) -> Snapshot {
    if current.count > 0 { try close() }
    return Snapshot(parts: parts, lexicon: aliases.lexicon())
  }

  private mutating func close() throws(SearchError) {
    let segment = try Segment(
      OwnedStorage(current.finish(means: means)), name: "a segment in memory")
    means = means ?? segment.meanLengths
    parts.append(Snapshot.Part(segment))
    current = builder()
  }
}
