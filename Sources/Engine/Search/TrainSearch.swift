internal import AkinCatalogue
internal import AkinEncoders
internal import AkinSearch
internal import AkinSimilarity
internal import AkinStorage
internal import AkinTrees
public import Foundation

/// What learning the order of search results came to.
public struct SearchTrainingReport: Sendable, Codable {
  /// The mean NDCG@10 of the lists that an order shows; what nobody judged gains nothing.
  public struct Figure: Sendable, Codable {
    /// `auto` (what a shop shows without a learned order), `words`, `meaning`, `both`, `learned`; `tuned` (a tuned encoder's cosine) and `learned, tuned`.
    public var order: String
    /// On the queries that decided when to stop and whether to keep it.
    public var validation: Double
    /// On queries that nothing was decided on.
    public var test: Double
  }

  /// `judged` or `clicks`.
  public var source: String
  /// Queries with a wanted product that the shop has.
  public var queries: Int
  /// Products of these that were judged, or taken.
  public var products: Int
  /// Judgments of products that the shop does not have.
  public var unknown: Int
  /// Each order beside the others.
  public var figures: [Figure]
  /// Whether the learned order is in use now.
  public var isKept: Bool
  /// Why, or why not.
  public var reason: String
  /// When it was done, in seconds since 1970-01-01 UTC.
  public var finished = 0.0

  private static let recordName = "search training"

  /// What the last training came to, also where its order was not better; `nil` before the first.
  ///
  /// - Throws: `StorageError`; a decoding error where the record is damaged.
  static func last(of store: ShopStore) throws -> SearchTrainingReport? {
    try store.record(recordName).map { try JSONDecoder().decode(Self.self, from: Data($0.utf8)) }
  }

  /// Keeps the report instead of the one before.
  func save(in store: ShopStore) throws {
    try store.setRecord(
      Self.recordName, to: String(decoding: JSONEncoder().encode(self), as: UTF8.self))
  }
}

/// The use case "learn how to order search results".
///
/// Queries go to training, validation and test by a hash of their words, 60, 20 and 20 of a hundred.
/// What is learned is kept where it beats every other order on validation; test says how good it is
/// on queries that had no part in that.
public struct TrainSearch {
  /// Whether, and how, an encoder is tuned on the judged queries too; `nil` leaves it.
  public var tuning: SearchTuning?

  let store: ShopStore
  /// Held while the comparison lives: one training at a time.
  private let lock: ShopLock
  private let now: () -> Date
  private let judgments: SearchJudgments
  let source: String
  private let search: ShopSearch
  private let judge: ShopJudge
  let progress: any ProgressReporter

  /// Queries without which nothing is learned, and of clicked ones the most that are.
  static let (fewest, most) = (50, 20_000)
  /// How far down a list is looked at.
  static let cut = 10
  /// Candidates of a query that nobody judged or took, as counterparts of those that were: a list in
  /// which only judged products were told apart would say nothing of all the others that it holds.
  private static let counterparts = 20

  /// Prepares learning from `file` (lines of query, product, relevance), or from what shoppers did
  /// with search results where there is none.
  ///
  /// - Throws: ``EngineError`` `unreadableInput`, `nothingToDo`; `SearchError`; `StorageError`.
  public init(
    directory: URL, judged file: URL?, progress: any ProgressReporter = SilentProgress()
  ) throws {
    // Opened for reading first: a mistyped folder must not become a shop.
    _ = try ShopStore(directory: directory)
    let store = try ShopStore(directory: directory, for: .building)
    let table = try ProductTable(store)
    let meaning = ShopMeaning(store: store, table: table)
    try self.init(
      store: store, judgments: file.map { try SearchJudgments(file: $0) }, progress: progress,
      meaning: { try meaning.near($0, count: $1) }, table: table)
  }

  init(
    store: ShopStore, judgments: SearchJudgments?, progress: any ProgressReporter,
    meaning: @escaping ShopSearch.Meaning, table: ProductTable? = nil,
    now: @escaping () -> Date = { Date() }
  ) throws {
    try self.init(
      store: store, judgments: judgments, progress: progress,
      search: ShopSearch(
        index: try ShopIndex.open(store, progress: progress),
        product: { try store.product(id: $0)?.product }, meaning: meaning,
        judge: try ShopJudge(store: store, table: table)), now: now)
  }

  /// Prepares learning for a shop that `search` finds and judges in.
  init(
    store: ShopStore, judgments: SearchJudgments?, progress: any ProgressReporter,
    search: ShopSearch, now: @escaping () -> Date
  ) throws {
    self.store = store
    self.now = now
    lock = try store.lock(for: .build)
    source = judgments == nil ? "clicks" : "judged"
    self.judgments = try judgments ?? SearchJudgments(clicksOf: store)
    self.progress = progress
    self.search = search
    judge = try search.judge ?? ShopJudge(store: store)
  }

  /// A judged query, and what a search for it finds.
  struct Group {
    var query: String
    /// Judged products, with how relevant they are.
    var judged: [(id: String, target: Float)]
    /// What a learned ranker would put in order, best first as they were found.
    var candidates: [String]
    /// The candidates' numbers, and how relevant they are: 0 where nobody judged them.
    var rows: [[Float]]
    var targets: [Float]
    /// What each order shows, best first.
    var orders: [String: [String]]
    /// 0 learns, 1 decides, 2 tests.
    var part: Int
    /// Part 0 in halves: an encoder that learned from one scores the other.
    var half: Int
  }

  /// Learns, compares, and keeps what was learned where it is better.
  ///
  /// - Throws: ``EngineError`` `nothingToDo` where there are too few judgments; `SearchError`;
  ///   `CancellationError`.
  public func run() throws -> SearchTrainingReport {
    var report = SearchTrainingReport(
      source: source, queries: 0, products: 0, unknown: 0, figures: [], isKept: false, reason: "")
    let groups = try groups(&report)
    let parts = (0..<3).map { part in groups.filter { $0.part == part } }
    guard groups.count >= Self.fewest, parts.allSatisfy({ !$0.isEmpty }) else {
      throw EngineError(
        .nothingToDo,
        "there are \(groups.count) queries with a wanted product that the shop has; "
          + "learning takes \(Self.fewest) or more"
          + (source == "clicks" ? "; send attribution_token with clicks, or use --judged" : ""))
    }
    report.figures = ["auto", "words", "meaning", "both"].map { name in
      Self.figure(name, parts) { $0.orders[name] ?? [] }
    }
    let learned = try learn(parts, "learned", &report)
    var tuned: (order: LearnedRanker, encoder: TunedEncoder)?
    if let tuning {
      let (groups, encoder) = try tune(groups, tuning)
      let parts = (0..<3).map { part in groups.filter { $0.part == part } }
      report.figures.append(Self.figure("tuned", parts) { $0.orders["tuned"] ?? [] })
      tuned = (try learn(parts, "learned, tuned", &report), encoder)
    }
    // A tuned encoder alone orders nothing: it is shown to compare with.
    let best = report.figures.filter { $0.order != "tuned" }
      .max { $0.validation < $1.validation }
    report.isKept = best?.order.hasPrefix("learned") == true
    if report.isKept {
      let isTuned = best?.order == "learned, tuned"
      try keep(isTuned ? tuned?.order ?? learned : learned, isTuned ? tuned?.encoder : nil)
      report.reason = "The learned order is the best on validation and is in use now."
    } else {
      report.reason =
        "The order '\(best?.order ?? "words")' is better on validation; nothing was changed."
    }
    report.finished = now().timeIntervalSince1970
    try report.save(in: store)
    return report
  }

  /// Grows trees on part 0, stops on part 1, and adds the figure of what came of it.
  private func learn(
    _ parts: [[Group]], _ name: String, _ report: inout SearchTrainingReport
  ) throws -> LearnedRanker {
    progress.begin("Learning the order", total: nil, unit: "trees")
    var options = TreeOptions()
    // Chosen on the validation part of search/homedepot.
    (options.leaves, options.learningRate, options.trees) = (12, 0.03, 1_000)
    let rows = try Self.rows(parts[0])
    options.smallestLeaf = max(5, min(60, rows.count / 200))
    let ranker = try LearnedRanker.fit(
      rows, validation: try Self.rows(parts[1]), options: options, rounds: 3)
    progress.end("\(ranker.order.treeCount + ranker.value.treeCount) trees")
    report.figures.append(
      Self.figure(name, parts) { group in group.ordered(by: { ranker.score($0) }) })
    return ranker
  }

  /// Writes what was learned, then makes it the order that counts.
  private func keep(_ ranker: LearnedRanker, _ encoder: TunedEncoder?) throws {
    let former = try ShopJudge.file(of: store)
    let name = "\(KeptWork.searchOrder.prefix)\(UInt64(now().timeIntervalSince1970 * 1_000))"
    if let encoder {
      let folder = store.directory.appending(path: name)
      try keep(encoder, in: folder)
      try ranker.save(to: folder.appending(path: ShopJudge.orderName))
      try store.keep(name, as: .searchOrder)
    } else {
      try ranker.save(to: store.directory.appending(path: name + ".json"))
      try store.keep(name + ".json", as: .searchOrder)
    }
    if let former { try store.removeVectors(model: SearchEncoder.key(former)) }
  }

  // MARK: Rows

  private func groups(_ report: inout SearchTrainingReport) throws -> [Group] {
    let queries = asked
    progress.begin("Reading judged queries", total: queries.count, unit: "queries")
    var groups: [Group] = []
    let least = leastRelevance
    for (index, query) in queries.enumerated() {
      try Task.checkCancellation()
      if index % 100 == 0 { progress.advance(to: index) }
      guard let group = try group(query.text, query.products, least, &report) else { continue }
      groups.append(group)
      report.queries += 1
      report.products += group.judged.count
    }
    progress.end("\(groups.count) queries, \(report.products) products")
    return groups
  }

  /// The judged queries; of clicked ones those with most products taken, so that a busy shop's training
  /// fits its memory.
  private var asked: [SearchJudgments.Query] {
    guard source == "clicks", judgments.queries.count > Self.most else { return judgments.queries }
    let ranked = judgments.queries.enumerated().sorted {
      ($1.element.products.count, $0.offset) < ($0.element.products.count, $1.offset)
    }
    return ranked.prefix(Self.most).map(\.element)
  }

  /// The relevance of what nobody wants: the least in a file that tells grades apart, else 0.
  private var leastRelevance: Float {
    let all = judgments.queries.lazy.flatMap(\.products).map(\.relevance)
    guard source != "clicks", let least = all.min(), let most = all.max(), least < most else {
      return 0
    }
    return least
  }

  /// What `body` answers, `nil` where the query holds nothing to look for.
  private func answer<Value>(_ body: () throws -> Value) throws -> Value? {
    do { return try body() } catch let error as SearchError {
      guard error.code == .emptyQuery else { throw error }
      return nil
    }
  }

  private func group(
    _ query: String, _ judged: [(id: String, relevance: Float)], _ least: Float,
    _ report: inout SearchTrainingReport
  ) throws -> Group? {
    let run = SearchRun(search, SearchRequest(query), .auto, nil)
    guard let (found, shown) = try answer({ try run.candidates() }) else { return nil }
    let known = try judged.filter { try search.product($0.id) != nil }
    report.unknown += judged.count - known.count
    let rows = try judge.rows(query, found.ids, near: found.near, index: search.index)
      .map { source == "clicks" ? $0.map(Self.withoutDeeds) : $0 }
    let present = found.ids.indices.filter { rows[$0] != nil }
    let worths = Dictionary(
      known.map { ($0.id, $0.relevance - least) }, uniquingKeysWith: { first, _ in first })
    guard present.count > 1, worths.values.contains(where: { $0 > 0 }) else { return nil }
    let candidates = present.map { found.ids[$0] }
    let part = Self.hash(query) % 10
    return Group(
      query: query, judged: known.map { ($0.id, $0.relevance - least) }, candidates: candidates,
      rows: present.compactMap { rows[$0] }, targets: candidates.map { worths[$0] ?? 0 },
      orders: [
        "auto": shown, "words": found.words, "meaning": found.near.items.map(\.id),
        "both": RankFusion().fuse([found.words, found.near.items.map(\.id)]).map(\.item),
      ].mapValues { Array($0.prefix(Self.cut)) }, part: part < 6 ? 0 : part < 8 ? 1 : 2,
      half: Int(Self.hash(query) / 10 % 2))
  }

  /// Clicks are among the deeds that ``ProductSignals/wanted`` counts: the answer must not be asked.
  private static func withoutDeeds(_ row: [Float]) -> [Float] {
    var row = row
    if let wanted = RankFeatures.names.firstIndex(of: "wanted") { row[wanted] = .nan }
    return row
  }

  private static func hash(_ text: String) -> UInt64 { text.withFieldBytes { TextHash.of($0) } }

  /// Candidates to learn from: those that were judged, and some of the others taken at random. The first
  /// others would teach that what stands far down is wanted, as only judged products are seen there.
  private static func rows(_ groups: [Group]) throws -> RankingRows {
    var rows = RankingRows(featureCount: RankFeatures.names.count)
    for group in groups {
      let judged = Set(group.judged.map(\.id))
      let places = group.candidates.indices
      var random = SplitMix64(seed: hash(group.query))
      let others = places.filter { !judged.contains(group.candidates[$0]) }
        .shuffled(using: &random).prefix(counterparts)
      let kept = (places.filter { judged.contains(group.candidates[$0]) } + others).sorted()
      try rows.append(kept.map { group.rows[$0] }, targets: kept.map { group.targets[$0] })
    }
    return rows
  }

  // MARK: Figures

  private static func figure(
    _ name: String, _ parts: [[Group]], order: (Group) -> [String]
  ) -> SearchTrainingReport.Figure {
    func mean(_ groups: [Group]) -> Double {
      groups.reduce(0) { $0 + $1.ndcg(order($1)) } / Double(max(1, groups.count))
    }
    return SearchTrainingReport.Figure(
      order: name, validation: mean(parts[1]), test: mean(parts[2]))
  }
}

extension TrainSearch.Group {
  /// The candidates by what `score` says of their rows, best first; ties as they were found.
  func ordered(by score: ([Float]) -> Float) -> [String] {
    let scores = rows.map(score)
    return scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.map { candidates[$0] }
  }

  /// NDCG at 10 of a list of products, with the targets themselves as gains.
  func ndcg(_ list: [String]) -> Double {
    func gain(_ values: some Sequence<Float>) -> Double {
      values.prefix(TrainSearch.cut).enumerated().reduce(0) {
        $0 + Double($1.element) / log2(Double($1.offset + 2))
      }
    }
    let worths = Dictionary(
      judged.map { ($0.id, $0.target) }, uniquingKeysWith: { first, _ in first })
    let ideal = gain(judged.map(\.target).sorted(by: >))
    return ideal > 0 ? gain(list.lazy.map { worths[$0] ?? 0 }) / ideal : 0
  }
}
