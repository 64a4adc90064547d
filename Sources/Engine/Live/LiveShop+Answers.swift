internal import AkinCatalogue
internal import AkinEncoders
package import AkinRanking
internal import Synchronization

/// A list of products for a shopper, with what there is to say about it.
package struct ProductShelf: Sendable {
  /// One product of the list.
  package struct Item: Sendable {
    /// The product.
    package var product: LiveProduct
    /// Larger is better, comparable within the list.
    package var score: Float
    /// The parts of the score.
    package var evidence: [Evidence]
    /// Further products with the same text, which are not listed.
    package var sameText = 0
  }

  /// Best first.
  package var items: [Item] = []
  /// How many were asked for.
  package var requested: Int
  /// Why there are fewer than asked for.
  package var reason: String?
}

/// Which list is wanted.
package enum ShelfKind: String, Sendable, Codable, CaseIterable {
  /// Alike by their texts.
  case similar
  /// Taken together in baskets.
  case boughtTogether = "bought_together"
  /// What most shoppers want.
  case popular
  /// What this shopper may want next.
  case forYou = "for_you"
}

/// What is asked for.
package struct ShelfRequest: Sendable {
  /// The kind of list.
  package var kind: ShelfKind
  /// How many products.
  package var count: Int
  /// The product that the list belongs to.
  package var product: String?
  /// Which products may be shown.
  package var filter = ProductFilter()
  /// Products that are not shown.
  package var excluded: Set<String> = []
  /// The shopper's last deeds, newest first.
  package var history: [ShopperMemory.Deed] = []

  package init(_ kind: ShelfKind, count: Int, product: String? = nil) {
    self.kind = kind
    self.count = count
    self.product = product
  }
}

extension LiveShop {
  /// Answers `request`: exactly as many products as asked for, or the reason why there are fewer.
  ///
  /// - Throws: ``EngineError`` `unknownProduct`; `SimilarityError`.
  package func shelf(_ request: ShelfRequest) throws -> ProductShelf {
    let state = self.state.withLock { $0 }
    var filling = ShelfFilling(request, state)
    switch request.kind {
    case .similar: try filling.fillSimilar(to: try subject(of: request, state))
    case .boughtTogether: filling.fillTogether(with: try subject(of: request, state))
    case .popular: filling.fillPopular()
    case .forYou:
      try filling.fillFromHistory()
      filling.fillPopular()
    }
    return filling.finished()
  }

  /// The products nearest to a text, as a shopper's query.
  package func search(_ text: String, count: Int, filter: ProductFilter = ProductFilter()) throws
    -> ProductShelf
  {
    let vector = try encoder.encode([text], as: .query)
    let state = self.state.withLock { $0 }
    var request = ShelfRequest(.similar, count: count)
    request.filter = filter
    var filling = ShelfFilling(request, state)
    try filling.fill(reaching: state.content.count) {
      try state.content.search(vector.values, k: $0)
    }
    return filling.finished()
  }

  private func subject(of request: ShelfRequest, _ state: State) throws -> LiveProduct {
    guard let id = request.product, let product = state.catalogue.product(id) else {
      throw EngineError(.unknownProduct, "no product has this id")
    }
    return product
  }
}

/// A list as it fills up.
private struct ShelfFilling {
  private let request: ShelfRequest
  private let state: LiveShop.State
  private var shelf: ProductShelf
  private var texts: Set<Int> = []
  private var dropped = 0

  init(_ request: ShelfRequest, _ state: LiveShop.State) {
    self.request = request
    self.state = state
    shelf = ProductShelf(requested: request.count)
  }

  private var isFull: Bool { shelf.items.count >= request.count }

  /// Offers a product; one that may not be shown, or whose text is there already, is passed over.
  private mutating func offer(
    _ product: LiveProduct, score: Float, evidence: [Evidence], sameText: Int = 0
  ) {
    guard !isFull, !texts.contains(product.text) else { return }
    guard isAllowed(product) else {
      dropped += 1
      return
    }
    texts.insert(product.text)
    shelf.items.append(
      ProductShelf.Item(product: product, score: score, evidence: evidence, sameText: sameText))
  }

  private func isAllowed(_ product: LiveProduct) -> Bool {
    product.product.id != request.product && !request.excluded.contains(product.product.id)
      && request.filter.matches(product.product)
  }

  /// Offers the products of a text: the first that may be shown stands for the others.
  private mutating func offer(text: Int, score: Float, evidence: [Evidence]) {
    let products = state.catalogue.products(ofText: text)
    guard let first = products.first(where: isAllowed) else {
      dropped += products.count
      return
    }
    offer(first, score: score, evidence: evidence, sameText: products.count - 1)
  }

  mutating func fillSimilar(to subject: LiveProduct) throws {
    let twins = state.catalogue.products(ofText: subject.text).filter(isAllowed)
    if let twin = twins.first {
      offer(
        twin, score: 1, evidence: [Evidence(source: "content", score: 1)],
        sameText: twins.count - 1)
    }
    texts.insert(subject.text)
    guard state.content.contains(subject.text) else {
      if !isFull {
        shelf.reason =
          "the product was added moments ago and its text is being encoded; ask again in a second"
      }
      return
    }
    let content = state.content
    try fill(reaching: content.count) { try content.neighbours(of: subject.text, k: $0) }
  }

  /// Takes more and more of the nearest texts until the list is full or there are no more.
  mutating func fill(reaching limit: Int, _ nearest: (Int) throws -> [Neighbour]) throws {
    var reach = request.count + request.excluded.count + 1
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

  mutating func fillTogether(with subject: LiveProduct) {
    for partner in state.together[subject.ordinal] ?? [] {
      guard let product = state.catalogue[partner.item] else { continue }
      offer(
        product, score: partner.score,
        evidence: [Evidence(source: "basket", score: partner.score)])
    }
    if !isFull, dropped == 0 {
      shelf.reason = "only \(shelf.items.count) other products were bought together with it"
    }
  }

  mutating func fillPopular() {
    let most = Float(state.popular.count + 1)
    for (rank, ordinal) in state.popular.enumerated() where !isFull {
      guard let product = state.catalogue[ordinal] else { continue }
      // Below everything that the shopper's own history suggests.
      let score = (1 - Float(rank) / most) * 1e-3
      offer(
        product, score: score, evidence: [Evidence(source: "popularity", score: score)])
    }
  }

  mutating func fillFromHistory() throws {
    let steps = steps()
    for step in steps {
      if let product = state.catalogue[step.item] { texts.insert(product.text) }
    }
    let fusion = HistoryFusion()
    let sources = [
      HistoryFusion.Source(name: "basket", weight: 1), .init(name: "content", weight: 0.3),
    ]
    var content: [Int: [Neighbour]] = [:]
    for step in steps.prefix(fusion.reach) {
      guard let product = state.catalogue[step.item] else { continue }
      let nearest = try state.content.neighbours(of: product.text, k: 20)
      content[step.item] = nearest.compactMap { neighbour in
        state.catalogue.products(ofText: neighbour.item).first(where: isAllowed)
          .map { Neighbour(item: $0.ordinal, score: max(0, neighbour.score)) }
      }
    }
    let found = fusion.candidates(history: steps, sources: sources) { source, item in
      source == 0 ? state.together[item] ?? [] : content[item] ?? []
    }
    for candidate in found {
      guard let product = state.catalogue[candidate.item] else { continue }
      offer(product, score: candidate.score, evidence: candidate.evidence)
    }
  }

  /// The history as steps: each product once, at its last deed; what was put back counts nothing.
  private func steps() -> [HistoryFusion.Step] {
    var seen: Set<String> = []
    return request.history.compactMap { deed in
      guard seen.insert(deed.product).inserted,
        let product = state.catalogue.product(deed.product)
      else { return nil }
      return HistoryFusion.Step(item: product.ordinal, weight: deed.type.weight)
    }
  }

  consuming func finished() -> ProductShelf {
    if shelf.items.count < request.count, shelf.reason == nil {
      shelf.reason =
        dropped > 0
        ? "only \(shelf.items.count) products pass the filter and are not excluded"
        : "the catalogue has no more products to show"
    }
    return shelf
  }
}

extension EventType {
  /// How much a deed says about what the shopper wants.
  fileprivate var weight: Float {
    switch self {
    case .viewItem, .selectItem: 1
    case .addToWishlist, .beginCheckout: 2
    case .addToCart, .purchase: 3
    case .viewItemList, .search: 0.2
    case .removeFromCart, .refund: 0
    }
  }
}
