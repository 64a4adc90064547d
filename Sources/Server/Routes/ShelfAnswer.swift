internal import AkinAlike
internal import AkinCatalogue
internal import AkinEncoders
internal import AkinEngine
internal import AkinRanking

/// One list of products as a client sees it.
struct ShelfAnswer: Encodable {
  /// One product of an answer.
  struct Item: Encodable {
    var id: String
    var title: String
    var score: Float
    var source: String
    var relation: String?
    var probability: Float?
    var brand: String?
    var category: String?
    var variant: String?
    var price: Price?
    var salePrice: Price?
    var availability: Availability?
    var imageLink: String?
    var link: String?
    var sameText: Int?
    var rules: [String]?
    var evidence: [Part]?
  }

  /// One part of a score.
  struct Part: Encodable {
    var source: String
    var because: String?
    var score: Float
    var detail: [String]?
  }

  /// Why a product is not in the list.
  struct Absence: Encodable {
    var product: String
    var stage: String
    var detail: String
    var rank: Int?
    var score: Float?
    var lastScore: Float?
    var rule: String?

    init(_ product: String, _ reason: WhyNot) {
      self.product = product
      stage = reason.stage.rawValue
      detail = reason.detail
      rank = reason.rank
      score = reason.score
      lastScore = reason.lastScore
      rule = reason.rule
    }
  }

  var name: String?
  var items: [Item]
  var requested: Int
  var returned: Int
  var reason: String?
  var effects: [RuleEffect]?
  var whyNot: Absence?
  var attributionToken: String

  /// - Parameter catalogue: to name the products of the evidence; `nil` for no evidence.
  init(
    _ shelf: ProductShelf, kind: ShelfKind, relation: Relation? = nil,
    explainedBy catalogue: LiveCatalogue?, now: Double, trial: AttributionToken.Trial? = nil
  ) {
    items = shelf.items.map { entry in
      var item = Item(entry, explainedBy: catalogue)
      if let relation {
        (item.source, item.relation) = ("relation", relation.rawValue)
        item.probability = entry.probability
      }
      return item
    }
    requested = shelf.requested
    returned = shelf.items.count
    reason = shelf.reason
    if catalogue != nil, !shelf.effects.isEmpty { effects = shelf.effects }
    attributionToken = AttributionToken.make(kind: kind.rawValue, now: now, trial: trial)
  }
}

extension ShelfAnswer {
  /// Search results in the shape of a list, for the preview of a rule.
  init(_ result: ShopSearch.Result, requested: Int, now: Double) {
    items = result.items.map { found in
      Item(
        id: found.id, title: found.title, score: found.score, source: found.source,
        brand: found.brand, category: found.category, price: found.price,
        imageLink: found.imageLink, rules: found.rules)
    }
    self.requested = requested
    returned = items.count
    if items.count < requested { reason = "the search finds no more products" }
    effects = result.effects.flatMap { $0.isEmpty ? nil : $0 }
    attributionToken = AttributionToken.make(kind: "search", now: now, query: result.query)
  }
}

extension ShelfAnswer.Item {
  init(_ entry: ProductShelf.Item, explainedBy catalogue: LiveCatalogue?) {
    let product = entry.product.product
    self.init(
      id: product.id, title: product.title, score: entry.score,
      source: entry.evidence.first?.source ?? "content", brand: product.brand,
      category: product.categories.first?.last, variant: ProductText.variant(of: product),
      price: product.price, salePrice: product.salePrice, availability: product.availability,
      imageLink: product.imageLinks.first, link: product.link,
      sameText: entry.sameText > 0 ? entry.sameText : nil)
    guard let catalogue else { return }
    if !entry.rules.isEmpty { rules = entry.rules }
    evidence = entry.evidence.map { part in
      ShelfAnswer.Part(
        source: part.source, because: part.because.flatMap { catalogue[$0]?.product.id },
        score: part.score, detail: part.detail.isEmpty ? nil : part.detail)
    }
  }
}
