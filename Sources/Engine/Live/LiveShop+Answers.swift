internal import AkinAlike
internal import AkinCatalogue
internal import AkinEncoders
package import AkinRanking
internal import Synchronization

extension LiveShop {
  /// Answers `request`: exactly as many products as asked for, or the reason why there are fewer.
  ///
  /// - Throws: ``EngineError`` `unknownProduct`; `SimilarityError`.
  package func shelf(_ request: ShelfRequest) throws -> ProductShelf {
    let state = self.state.withLock { $0 }
    let subject = try subject(of: request, state)
    let relations = try relations(for: request)
    var shelf = try arrange(request, state, subject) { filling in
      try filling.gather(subject, rankers: rankers(for: request.variant), relations: relations)
    }
    if request.explains, request.kind == .similar, request.relation == nil, let subject {
      try explain(&shelf, subject, state.content)
    }
    return shelf
  }

  /// Takes the evidence of content apart: words, model numbers, facts, meaning.
  private func explain(_ shelf: inout ProductShelf, _ subject: LiveProduct, _ content: LiveContent)
    throws
  {
    let reader = try likeness.withLock { reader in
      if reader == nil {
        reader = try MeasureRecord.last(of: store).map { try LikenessReader($0, store: store) }
      }
      return reader
    }
    guard let reader, let own = content.vector(subject.text) else { return }
    for index in shelf.items.indices {
      let text = shelf.items[index].product.text
      guard text != subject.text, shelf.items[index].evidence.first?.source == "content",
        let other = content.vector(text)
      else { continue }
      let cosine = zip(own, other).reduce(0) { $0 + $1.0 * $1.1 }
      let account = try reader.account(subject.text, text, cosine: cosine)
      // A text that is not in the built list was placed by its cosine: no account adds up to that.
      guard
        !shelf.items[index].rules.isEmpty
          || abs(account.score - shelf.items[index].score) < 0.01
      else { continue }
      shelf.items[index].evidence = account.parts.map {
        Evidence(source: $0.source, score: $0.contribution, detail: $0.detail)
      }
    }
  }

  /// The products nearest to a text, as a shopper's query.
  package func search(_ text: String, count: Int, filter: ProductFilter = ProductFilter()) throws
    -> ProductShelf
  {
    let vector = try encoder.encode([text], as: .query)
    let state = self.state.withLock { $0 }
    var request = ShelfRequest(.similar, count: count)
    request.filter = filter
    return try arrange(request, state, nil) { filling in
      try filling.fill(reaching: state.content.count) {
        try state.content.search(vector.values, k: $0)
      }
    }
  }

  /// Gathers as many products as the rules may choose among, and more where they leave too few.
  private func arrange(
    _ request: ShelfRequest, _ state: State, _ subject: LiveProduct?,
    _ gather: (inout ShelfFilling) throws -> Void
  ) throws -> ProductShelf {
    let plan = plan(for: request, subject)
    var target = plan.looksFurther ? max(request.count * 4, 100) : request.count
    while true {
      var filling = ShelfFilling(request, state, plan, target: target)
      try gather(&filling)
      let shelf = filling.arranged()
      let isShort = shelf.items.count < request.count
      guard isShort, plan.looksFurther, filling.isFull, target < 10_000 else { return shelf }
      target *= 8
    }
  }

  /// The rules that hold for a list.
  func plan(for request: ShelfRequest, _ subject: LiveProduct?) -> RulePlan {
    RulePlan(
      rules(request.rules ?? rules, for: request.variant),
      for: RuleContext(
        kind: request.kind.rawValue, page: request.page, audiences: request.audiences,
        subject: subject?.forRules, time: now()))
  }

  /// The product that a list belongs to, where it belongs to one.
  func subject(of request: ShelfRequest, _ state: State) throws -> LiveProduct? {
    guard let id = request.product else {
      guard request.kind == .similar || request.kind == .boughtTogether else { return nil }
      throw EngineError(.unknownProduct, "no product has this id")
    }
    if let product = state.catalogue.product(id) { return product }
    throw EngineError(.unknownProduct, "no product has this id")
  }
}
