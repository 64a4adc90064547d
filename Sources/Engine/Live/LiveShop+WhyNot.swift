internal import AkinAlike
internal import AkinCatalogue
internal import AkinRanking
internal import Synchronization

/// Why a product is not in a list.
package struct WhyNot: Sendable, Equatable {
  /// Where it was left out, in the order in which lists are made.
  package enum Stage: String, Sendable, CaseIterable {
    /// It is in the list.
    case shown
    /// No product has this identifier.
    case unknown
    /// It is the product that the list belongs to.
    case subject
    /// The request excludes it.
    case excluded
    /// The request's filter does not let it through.
    case filter
    /// A rule hides it.
    case rule
    /// Its text is being encoded.
    case waiting
    /// A product with the same text stands for it.
    case sameText = "same_text"
    /// The shopper has it in his history.
    case history
    /// It comes later in the ranking.
    case rank
    /// It is something else than was asked for.
    case relation
    /// Nothing speaks for it.
    case noEvidence = "no_evidence"
  }

  /// Where it was left out.
  package var stage: Stage
  /// What that means, for people.
  package var detail: String
  /// Its place in the ranking before rules, from 1.
  package var rank: Int?
  /// Its score.
  package var score: Float?
  /// The score of the last product in the list.
  package var lastScore: Float?
  /// The rule at work.
  package var rule: String?

  init(_ stage: Stage, _ detail: String) {
    self.stage = stage
    self.detail = detail
  }
}

extension LiveShop {
  /// Why the product `id` is not in the list `request`. O(products) where it is far down.
  ///
  /// - Throws: ``EngineError`` `unknownProduct` for the list's own product; `SimilarityError`.
  package func whyNot(_ id: String, in request: ShelfRequest) throws -> WhyNot {
    let state = self.state.withLock { $0 }
    let subject = try subject(of: request, state)
    let shelf = try shelf(request)
    if let place = shelf.items.firstIndex(where: { $0.product.product.id == id }) {
      var answer = WhyNot(.shown, "it is in the list, at place \(place + 1)")
      answer.score = shelf.items[place].score
      return answer
    }
    guard let product = state.catalogue.product(id) else {
      return WhyNot(.unknown, "no product has this id")
    }
    let plan = plan(for: request, subject)
    if let refusal = refusal(of: product, in: request, plan) { return refusal }
    if state.waiting.contains(product.text) {
      return WhyNot(.waiting, "its text is being encoded; ask again in a second")
    }
    if let twin = shelf.items.first(where: { $0.product.text == product.text }) {
      return WhyNot(.sameText, "\(twin.product.product.id) has the same text and stands for it")
    }
    let relations = try relations(for: request)
    var filling = ShelfFilling(request, state, plan, target: state.catalogue.count)
    try filling.gather(subject, rankers: rankers(for: request.variant), relations: relations)
    if let relations, let subject,
      !filling.items.contains(where: { $0.product.text == product.text })
    {
      return try other(product, than: relations, subject, state)
    }
    if filling.leavesOutHistory, filling.historyTexts.contains(product.text) {
      return WhyNot(.history, "the shopper looked at it or has it already")
    }
    return rank(of: product, in: filling.items, shelf)
  }

  /// What a product is instead of the type that was asked for.
  private func other(
    _ product: LiveProduct, than relations: LiveRelations, _ subject: LiveProduct, _ state: State
  ) throws -> WhyNot {
    let account = try relations.scorer.account(
      from: subject.text, to: product.text,
      in: LiveRelationData(state: state, store: relations.store))
    guard let account else {
      return WhyNot(.noEvidence, "nothing is known of the two together")
    }
    let percent = Int((account.probability * 100).rounded())
    var answer = WhyNot(
      account.relation == relations.relation ? .noEvidence : .relation,
      account.relation == relations.relation
        ? "it is one, but no list, basket or visit leads to it"
        : "it is most likely \(account.relation.rawValue), with a probability of \(percent) %")
    answer.score = account.score
    return answer
  }

  private func refusal(of product: LiveProduct, in request: ShelfRequest, _ plan: RulePlan)
    -> WhyNot?
  {
    let id = product.product.id
    if id == request.product { return WhyNot(.subject, "the list belongs to this product") }
    if request.excluded.contains(id) { return WhyNot(.excluded, "the request excludes it") }
    if let condition = request.filter.refusal(of: product.product) {
      return WhyNot(.filter, "the filter on \(condition) does not let it through")
    }
    guard let rule = plan.refusal(of: product.forRules) else { return nil }
    var answer = WhyNot(.rule, "the rule \(rule.name.isEmpty ? rule.id : rule.name) hides it")
    answer.rule = rule.id
    return answer
  }

  private func rank(of product: LiveProduct, in all: [ProductShelf.Item], _ shelf: ProductShelf)
    -> WhyNot
  {
    guard let index = all.firstIndex(where: { $0.product.text == product.text }) else {
      return WhyNot(
        .noEvidence, "nothing speaks for it here: no basket and no text leads to it")
    }
    var answer = WhyNot(.rank, "it is number \(index + 1) in the ranking")
    if index < shelf.items.count {
      answer = WhyNot(.rule, "number \(index + 1) in the ranking, moved away by the rules")
      answer.rule = shelf.effects.first { $0.did == "spread" || $0.did == "buried" }?.rule
    }
    answer.rank = index + 1
    answer.score = all[index].score
    answer.lastScore = shelf.items.last?.score
    return answer
  }
}
