internal import AkinCatalogue
internal import AkinRanking
internal import AkinSearch

/// The merchandiser's rules that hold for one list of search results.
package struct SearchRules: Sendable {
  let plan: RulePlan
  /// The product as rules see it.
  let subject: @Sendable (_ id: String) -> RuleProduct?
  /// How alike two products are, for variety.
  let alike: @Sendable (RuleProduct, RuleProduct) -> Float
}

/// One search on its way: words, meaning, order, rules, page.
///
/// Where meaning, a learned ranker or rules change the order, they do so among the first
/// ``window`` results; further pages go on in the order of words.
struct SearchRun {
  struct Ranked {
    var id: String
    var score: Float
    var source: String
    var rules: [String] = []
  }

  /// Results that are put in another order than that of words.
  static let window = 200
  /// Products near in meaning that are looked at.
  static let reach = 100
  /// Products near in meaning that are looked at where conditions leave few of them.
  static let farthest = 6_400

  private let search: ShopSearch
  private let request: SearchRequest
  private let mode: ShopSearch.Mode
  private let rules: SearchRules?
  /// Products that rules hide, by rule.
  private let hidden = HiddenProducts()

  init(
    _ search: ShopSearch, _ request: SearchRequest, _ mode: ShopSearch.Mode, _ rules: SearchRules?
  ) {
    self.search = search
    self.request = request
    self.mode = mode
    self.rules = rules.flatMap { $0.plan.rules.isEmpty ? nil : $0 }
  }

  mutating func answer() throws -> ShopSearch.Result {
    let offset = try request.offset()
    let ranker =
      mode == .auto && request.sort == .relevance && request.understands
      ? try search.judge?.ranker() : nil
    if mode != .meaning, mode != .both, ranker == nil, rules == nil {
      let found = try search.index.search(request)
      guard needsMeaning(found), offset == 0 || isPoor(found) else {
        return try result(
          found, found.hits.map(Self.byWords), cursor: found.cursor,
          highlights: found.hits.map(\.highlights))
      }
    }
    let found = try words()
    var list = found.hits.map(Self.byWords)
    if let ranker {
      list = try judged(list, ranker)
    } else if request.sort == .relevance {
      switch mode {
      case .meaning: list = try near().items.map(Self.byMeaning)
      case .both: list = Self.fused(list, try near().items.map(Self.byMeaning))
      default: if needsMeaning(found) { list = padded(list, by: try near(), isPoor: isPoor(found)) }
      }
    }
    let effects = try arrange(&list)
    var answer = try paged(found, list, offset)
    answer.effects = effects
    return answer
  }

  /// Whether words find so little that meaning is asked too.
  private func needsMeaning(_ found: SearchResults) -> Bool {
    mode == .auto && request.sort == .relevance
      && (found.total < request.count || isPoor(found))
  }

  /// Whether less than half of what was typed could be kept: then meaning leads.
  private func isPoor(_ found: SearchResults) -> Bool {
    !found.understood.relaxed.isEmpty && (found.hits.first?.coverage ?? 0) < 0.5
  }

  // MARK: Finding

  /// The first results by words, as far as they may be put in another order.
  private func words() throws -> SearchResults {
    if mode == .meaning { return .none }
    var wide = request
    wide.cursor = nil
    wide.count = Self.window
    wide.highlights = false
    return try search.index.search(wide, admits: admits)
  }

  /// Whether the rules let a product be shown; `nil` where none refuses any.
  private var admits: ((String) -> Bool)? {
    guard let rules else { return nil }
    return { [hidden] id in
      guard let product = rules.subject(id), let rule = rules.plan.refusal(of: product) else {
        return true
      }
      hidden.note(id, by: rule)
      return false
    }
  }

  /// The nearest in meaning that meet the request's conditions, with the floor of what is near. Where
  /// the conditions leave few of them, those farther away are looked at too.
  private func near() throws -> ShopSearch.Near {
    let wanted = max(Self.reach, 2 * request.count)
    var count = wanted
    while true {
      var near = try search.meaning(request.query, count)
      let isAll = near.items.count < count
      var admitted = try search.index.admitted(near.items.map(\.id), by: request)
      if let admits { admitted = admitted.filter(admits) }
      near.items = Array(near.items.filter { admitted.contains($0.id) }.prefix(wanted))
      if near.items.count == wanted || isAll || count >= Self.farthest { return near }
      count = min(8 * count, Self.farthest)
    }
  }

  /// What words found, then what is near in meaning and not by chance; the other way round where the
  /// words found are poor.
  private func padded(_ words: [Ranked], by near: ShopSearch.Near, isPoor: Bool) -> [Ranked] {
    let close = near.items.filter { $0.score >= near.floor }
    let (first, second) =
      isPoor ? (close.map(Self.byMeaning), words) : (words, close.map(Self.byMeaning))
    let known = Set(first.map(\.id))
    // Below all of the first, whatever their scores, so that rules that multiply keep the order.
    let ceiling = first.last?.score ?? 1
    let highest = max(second.first?.score ?? 1, 1e-6)
    return first
      + second.filter { !known.contains($0.id) }.map {
        Ranked(id: $0.id, score: $0.score / highest * min(1, ceiling), source: $0.source)
      }
  }

  // MARK: Order

  /// Reciprocal rank fusion of both lists; the score is then that of the fusion.
  static func fused(_ words: [Ranked], _ near: [Ranked]) -> [Ranked] {
    let sources = Dictionary(grouping: words + near, by: \.id)
    return RankFusion().fuse([words.map(\.id), near.map(\.id)]).map { entry in
      let lists = sources[entry.item] ?? []
      return Ranked(
        id: entry.item, score: entry.score, source: lists.count > 1 ? "both" : lists[0].source)
    }
  }

  /// What a search would let a learned ranker put in order.
  struct Candidates {
    /// Products that words found, best first.
    var words: [String]
    /// What is near in meaning.
    var near: ShopSearch.Near
    /// Those of ``near`` that are not so by chance.
    var close: [String]
    /// The best of both, at most ``ShopJudge/candidates``.
    var ids: [String]
  }

  /// What this search would let a ranker put in order, and what it shows without one.
  func candidates() throws -> (candidates: Candidates, shown: [String]) {
    let found = try words()
    let candidates = try candidates(found.hits.map(\.id))
    guard needsMeaning(found) else { return (candidates, candidates.words) }
    let shown = padded(
      found.hits.map(Self.byWords), by: candidates.near, isPoor: isPoor(found))
    return (candidates, shown.map(\.id))
  }

  private func candidates(_ words: [String]) throws -> Candidates {
    let near = try near()
    let close = near.items.filter { $0.score >= near.floor }.map(\.id)
    let best = RankFusion().fuse([words, close]).prefix(ShopJudge.candidates).map(\.item)
    return Candidates(words: words, near: near, close: close, ids: best)
  }

  /// What the ranker says of the best by words and the nearest in meaning; the other words follow.
  private func judged(_ words: [Ranked], _ ranker: LearnedRanker) throws -> [Ranked] {
    let found = try candidates(words.map(\.id))
    let candidates = found.ids
    guard let judge = search.judge else { return words }
    let scores = try judge.scores(
      request.query, candidates, near: found.near, index: search.index, ranker: ranker)
    let (known, chosen) = (Set(words.map(\.id)), Set(candidates))
    let nearby = Set(found.close)
    let first = candidates.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.map { place in
      let id = candidates[place]
      let source = !known.contains(id) ? "meaning" : nearby.contains(id) ? "both" : "words"
      return Ranked(id: id, score: scores[place], source: source)
    }
    // The others keep their order, below what was judged.
    let least = first.last?.score ?? 0
    let rest = words.filter { !chosen.contains($0.id) }
    return first
      + rest.enumerated().map { place, entry in
        Ranked(id: entry.id, score: least - Float(place + 1) * 1e-3, source: "words")
      }
  }

  /// Applies the rules to the list; returns what each did.
  private func arrange(_ list: inout [Ranked]) throws -> [RuleEffect]? {
    guard let rules else { return nil }
    let subjects = Dictionary(
      list.compactMap { entry in rules.subject(entry.id).map { (entry.id, $0) } },
      uniquingKeysWith: { first, _ in first })
    let pinned = try search.index.admitted(rules.plan.pinned, by: request)
    let shown = rules.plan.pinned.filter(pinned.contains).compactMap(rules.subject)
      .filter { rules.plan.refusal(of: $0) == nil }
    let byItem = Dictionary(
      list.compactMap { entry in subjects[entry.id].map { ($0.item, entry) } },
      uniquingKeysWith: { first, _ in first })
    let items = list.compactMap { entry in
      subjects[entry.id].map { RuleItem($0, score: entry.score) }
    }
    let arranged = rules.plan.arrange(
      items, count: items.count + shown.count, pinned: shown, alike: rules.alike)
    let kept = Set(arranged.items.map(\.subject.product.id))
    // What variety leaves out of the first places comes after them: a search hides nothing for it.
    list =
      arranged.items.map { entry in
        var made =
          byItem[entry.subject.item]
          ?? Ranked(id: entry.subject.product.id, score: entry.score, source: "rule")
        made.score = entry.score
        made.rules = entry.rules
        return made
      } + list.filter { !kept.contains($0.id) }
    return hidden.effects(of: rules.plan) + arranged.effects
  }

  // MARK: Pages

  /// The page at `offset` of `list`, which begins with the order of words' first results and goes
  /// on with the others.
  private func paged(_ found: SearchResults, _ list: [Ranked], _ offset: Int) throws
    -> ShopSearch.Result
  {
    var page = Array(list.dropFirst(offset).prefix(request.count))
    let inWords = min(found.hits.count, Self.window)
    let extras = list.count - inWords
    if page.count < request.count, found.total > inWords {
      var rest = request
      rest.cursor = request.cursor(after: max(inWords, offset + page.count - extras))
      rest.count = request.count - page.count
      rest.facets = []
      let known = Set(list.map(\.id))
      page += try search.index.search(rest, admits: admits).hits
        .filter { !known.contains($0.id) }.map(Self.byWords)
    }
    let end = offset + request.count
    let isLast = page.isEmpty || end >= list.count + max(0, found.total - inWords)
    return try result(found, page, cursor: isLast ? nil : request.cursor(after: end))
  }

  private func result(
    _ found: SearchResults, _ page: [Ranked], cursor: String?, highlights: [[Range<Int>]]? = nil
  ) throws -> ShopSearch.Result {
    var result = ShopSearch.Result(
      query: request.query, understood: found.understood, items: [], total: found.total,
      facets: found.facets, cursor: cursor)
    let shown = try page.compactMap { entry in
      try search.product(entry.id).map { (entry, $0) }
    }
    var marks = highlights ?? []
    if marks.count != shown.count {
      marks = try search.index.highlights(of: request, in: shown.map(\.1.title))
    }
    result.items = zip(shown, marks).map { Self.item($0.0, $0.1, $1) }
    return result
  }

  private static func item(_ ranked: Ranked, _ product: Product, _ highlights: [Range<Int>])
    -> ShopSearch.Item
  {
    ShopSearch.Item(
      id: ranked.id, title: product.title,
      highlights: highlights.map { [$0.lowerBound, $0.upperBound] }, brand: product.brand,
      category: product.categories.first?.last, price: product.salePrice ?? product.price,
      imageLink: product.imageLinks.first, score: ranked.score, source: ranked.source,
      rules: ranked.rules.isEmpty ? nil : ranked.rules)
  }

  static func byWords(_ hit: SearchResults.Hit) -> Ranked {
    Ranked(id: hit.id, score: hit.score, source: "words")
  }

  static func byMeaning(_ item: (id: String, score: Float)) -> Ranked {
    Ranked(id: item.id, score: item.score, source: "meaning")
  }
}

/// Collects what rules hide while a list is gathered. Used by the thread of one search.
private final class HiddenProducts {
  private var products: [String: Set<String>] = [:]

  func note(_ id: String, by rule: Rule) { products[rule.id, default: []].insert(id) }

  func effects(of plan: RulePlan) -> [RuleEffect] {
    plan.rules.compactMap { rule in
      products[rule.id].map { RuleEffect(rule, "hid", products: $0.sorted()) }
    }
  }
}
