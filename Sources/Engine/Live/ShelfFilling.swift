internal import AkinAlike
internal import AkinCatalogue
internal import AkinRanking

/// A list as it fills up: candidates come in, best first; what may not be shown is passed over, and
/// one product stands for all that share its text.
struct ShelfFilling {
  let request: ShelfRequest
  let state: LiveShop.State
  let plan: RulePlan
  /// How many products are gathered; rules may choose among more than are shown.
  let target: Int
  private(set) var items: [ProductShelf.Item] = []
  private(set) var reason: String?
  /// Whether what the shopper has is not shown.
  private(set) var leavesOutHistory = false
  private var texts: Set<Int> = []
  private var dropped = 0
  private var hidden: [String: Set<String>] = [:]

  init(_ request: ShelfRequest, _ state: LiveShop.State, _ plan: RulePlan, target: Int) {
    self.request = request
    self.state = state
    self.plan = plan
    self.target = target
  }

  var isFull: Bool { items.count >= target }

  /// Gathers the list that is asked for.
  mutating func gather(
    _ subject: LiveProduct?, rankers: [any ShopperRanker], relations: LiveRelations? = nil
  ) throws {
    if let relations, let subject { return try gather(relations, of: subject) }
    switch (request.kind, subject) {
    case (.similar, let subject?): try gatherSimilar(to: subject)
    case (.boughtTogether, let subject?): gatherTogether(with: subject)
    case (.forYou, _):
      try gatherFromHistory(rankers)
      gatherPopular()
    default: gatherPopular()
    }
  }

  /// Gathers what is most likely of the type that is asked for.
  private mutating func gather(_ relations: LiveRelations, of subject: LiveProduct) throws {
    guard state.content.contains(subject.text) else {
      reason =
        "the product was added moments ago and its text is being encoded; ask again in a second"
      return
    }
    if relations.relation == .same {
      let others = state.catalogue.products(ofText: subject.text)
      for twin in others where twin.ordinal != subject.ordinal && mayShow(twin) {
        let account = relations.scorer.twin(twin.product, of: subject.product)
        offer(
          twin, score: account.score, evidence: account.evidence, sameText: others.count - 2,
          probability: account.probability)
        break
      }
    }
    texts.insert(subject.text)
    let answers = try relations.scorer.related(
      to: subject.text, as: [relations.relation], count: target + request.excluded.count + 100,
      in: LiveRelationData(state: state, store: relations.store))
    for answer in answers[relations.relation] ?? [] {
      offer(
        text: answer.text, score: answer.account.score, evidence: answer.account.evidence,
        probability: answer.account.probability)
    }
    if !isFull, dropped == 0 {
      reason = "no more products are most likely of the type \(relations.relation.rawValue)"
    }
  }

  /// Offers a product; one that may not be shown, or whose text is there already, is passed over.
  private mutating func offer(
    _ product: LiveProduct, score: Float, evidence: [Evidence], sameText: Int = 0,
    probability: Float? = nil
  ) {
    guard !isFull, !texts.contains(product.text) else { return }
    guard mayShow(product) else {
      dropped += 1
      return
    }
    texts.insert(product.text)
    items.append(
      ProductShelf.Item(
        product: product, score: score, evidence: evidence, sameText: sameText,
        probability: probability))
  }

  /// Whether a product may be shown; notes the rule that hides it.
  private mutating func mayShow(_ product: LiveProduct) -> Bool {
    guard passesRequest(product) else { return false }
    guard let rule = plan.refusal(of: product.forRules) else { return true }
    hidden[rule.id, default: []].insert(product.product.id)
    return false
  }

  /// Whether the request itself lets a product through.
  func passesRequest(_ product: LiveProduct) -> Bool {
    product.product.id != request.product && !request.excluded.contains(product.product.id)
      && request.filter.matches(product.product)
  }

  /// Offers the products of a text: the first that may be shown stands for the others.
  private mutating func offer(
    text: Int, score: Float, evidence: [Evidence], probability: Float? = nil
  ) {
    guard !texts.contains(text) else { return }
    let products = state.catalogue.products(ofText: text)
    for product in products where mayShow(product) {
      return offer(
        product, score: score, evidence: evidence, sameText: products.count - 1,
        probability: probability)
    }
    dropped += products.count
  }

  private mutating func gatherSimilar(to subject: LiveProduct) throws {
    offer(text: subject.text, score: 1, evidence: [Evidence(source: "content", score: 1)])
    texts.insert(subject.text)
    guard state.content.contains(subject.text) else {
      if !isFull {
        reason =
          "the product was added moments ago and its text is being encoded; ask again in a second"
      }
      return
    }
    let content = state.content
    try fill(reaching: content.count) { try content.neighbours(of: subject.text, k: $0) }
  }

  /// Takes more and more of the nearest texts until the list is full or there are no more.
  mutating func fill(reaching limit: Int, _ nearest: (Int) throws -> [Neighbour]) throws {
    var reach = target + request.excluded.count + 1
    var offered = 0
    while !isFull {
      let found = try nearest(reach)
      for neighbour in found.dropFirst(offered) {
        offer(
          text: neighbour.item, score: neighbour.score,
          evidence: [Evidence(source: "content", score: neighbour.score)])
      }
      offered = found.count
      guard found.count >= reach, reach < limit else { return }
      reach = min(limit, reach * 8)
    }
  }

  private mutating func gatherTogether(with subject: LiveProduct) {
    for partner in state.together[subject.ordinal] ?? [] {
      guard let product = state.catalogue[partner.item] else { continue }
      offer(
        product, score: partner.score,
        evidence: [Evidence(source: "basket", score: partner.score)])
    }
    if !isFull, dropped == 0 {
      reason = "only \(items.count) other products were bought together with it"
    }
  }

  private mutating func gatherPopular() {
    let most = Float(state.popular.count + 1)
    for (rank, ordinal) in state.popular.enumerated() where !isFull {
      guard let product = state.catalogue[ordinal] else { continue }
      // Below everything that the shopper's own history suggests.
      let score = (1 - Float(rank) / most) * 1e-3
      offer(
        product, score: score, evidence: [Evidence(source: "popularity", score: score)])
    }
    // What nobody asked for yet, newest first, so that a list is short only where the catalogue is.
    var ordinal = state.catalogue.limit
    while !isFull, ordinal > 0 {
      ordinal -= 1
      guard let product = state.catalogue[ordinal] else { continue }
      offer(product, score: 0, evidence: [Evidence(source: "catalogue", score: 0)])
    }
  }

  private mutating func gatherFromHistory(_ rankers: [any ShopperRanker]) throws {
    let deeds = deeds()
    var seen: Set<Int> = []
    let shopper = ShopperQuery(
      user: request.user, steps: deeds.filter { seen.insert($0.item).inserted }, deeds: deeds,
      count: target + request.excluded.count, explains: request.explains)
    let view = LiveView(state: state)
    var ranking: ShopperRanking?
    for ranker in rankers where ranking == nil {
      ranking = try ranker.ranking(for: shopper, in: view)
    }
    leavesOutHistory = !(ranking?.mayRepeat ?? false)
    if leavesOutHistory { texts.formUnion(historyTexts) }
    for candidate in ranking?.candidates ?? [] where !isFull {
      guard let product = state.catalogue[candidate.item] else { continue }
      if passesRequest(product) {
        offer(product, score: candidate.score, evidence: candidate.evidence)
      } else {
        offer(text: product.text, score: candidate.score, evidence: candidate.evidence)
      }
    }
  }

  /// What the shopper did with products that are there, newest first.
  private func deeds() -> [ShopperQuery.Step] {
    request.history.compactMap { deed in
      state.catalogue.product(deed.product).map {
        ShopperQuery.Step(item: $0.ordinal, type: deed.type, time: deed.time)
      }
    }
  }

  /// The texts of what the shopper has in his history.
  var historyTexts: Set<Int> {
    Set(deeds().compactMap { state.catalogue[$0.item]?.text })
  }

  /// The list with its rules applied, exactly as long as asked for or with the reason why not.
  func arranged() -> ProductShelf {
    var shelf = ProductShelf(requested: request.count)
    if plan.rules.isEmpty {
      shelf.items = Array(items.prefix(request.count))
    } else {
      arrange(&shelf)
    }
    if shelf.items.count < request.count { shelf.reason = reason ?? shortage(shelf) }
    return shelf
  }

  private func arrange(_ shelf: inout ProductShelf) {
    let byOrdinal = Dictionary(items.map { ($0.product.ordinal, $0) }) { first, _ in first }
    let pinned = plan.pinned.compactMap(state.catalogue.product).filter {
      passesRequest($0) && plan.refusal(of: $0.forRules) == nil
    }
    let content = state.content
    let catalogue = state.catalogue
    let result = plan.arrange(
      items.map { RuleItem($0.product.forRules, score: $0.score) }, count: request.count,
      pinned: pinned.map(\.forRules)
    ) { first, second in
      guard let a = catalogue[first.item]?.text, let b = catalogue[second.item]?.text,
        let left = content.vector(a), let right = content.vector(b)
      else { return 0 }
      return max(0, zip(left, right).reduce(0) { $0 + $1.0 * $1.1 })
    }
    shelf.items = result.items.compactMap { entry in
      var item = byOrdinal[entry.subject.item]
      if item == nil, let product = catalogue[entry.subject.item] {
        item = ProductShelf.Item(
          product: product, score: entry.score, evidence: [Evidence(source: "rule", score: 0)])
      }
      item?.score = entry.score
      item?.rules = entry.rules
      return item
    }
    shelf.effects = hiding() + result.effects
  }

  private func hiding() -> [RuleEffect] {
    plan.rules.compactMap { rule in
      hidden[rule.id].map { RuleEffect(rule, "hid", products: $0.sorted()) }
    }
  }

  private func shortage(_ shelf: ProductShelf) -> String {
    if shelf.items.count < items.count {
      return "the rules leave only \(shelf.items.count) products; see effects"
    }
    return dropped > 0
      ? "only \(shelf.items.count) products pass the filter and the rules and are not excluded"
      : "the catalogue has no more products to show"
  }
}

extension LiveProduct {
  /// The product as rules see it.
  var forRules: RuleProduct { RuleProduct(item: ordinal, product: product) }
}
