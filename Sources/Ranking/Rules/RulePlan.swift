internal import AkinCatalogue

/// The rules of a shop that hold for one list, ready to be applied.
///
/// In this order: what may not be shown is left out while the list is gathered (``refusal(of:)``);
/// then scores are boosted and lifted, out-of-stock and unwanted products buried, the list is made
/// varied, and pinned products take their places (``arrange(_:count:pinned:alike:)``).
public struct RulePlan: Sendable {
  /// The rules that hold, in the order in which they are applied.
  public let rules: [Rule]
  private let context: RuleContext

  /// The rules among `rules` that hold for the list `context`.
  public init(_ rules: [Rule], for context: RuleContext) {
    self.rules = rules.filter { $0.applies(to: context) }
    self.context = context
  }

  /// The rule that keeps a product from being shown, `nil` where none does.
  /// O(rules · size of the product).
  public func refusal(of product: RuleProduct) -> Rule? {
    rules.first { refuses($0, product) }
  }

  private func refuses(_ rule: Rule, _ product: RuleProduct) -> Bool {
    switch rule.action {
    case .hide(let match): return match.matches(product.product)
    case .keep(let match): return !match.matches(product.product)
    case .stock(.hide): return !product.isAvailable
    case .priceBand(let least, let most):
      // Without prices to compare, the band asks nothing.
      guard let own = context.subject?.price, own > 0, let price = product.price else {
        return false
      }
      return price < own * (least ?? 0) || price > own * (most ?? .infinity)
    default: return false
    }
  }

  /// Identifiers of the products that rules pin, in the order of their rules.
  public var pinned: [String] {
    rules.flatMap { rule in
      if case .pin(let products, _) = rule.action { products } else { [] as [String] }
    }
  }

  /// Whether ``arrange(_:count:pinned:alike:)`` may take a product from beyond the first `count`.
  public var looksFurther: Bool {
    rules.contains { rule in
      switch rule.action {
      case .boost, .lift, .bury, .diversify, .stock(.bury): true
      default: false
      }
    }
  }

  /// Applies the rules to the products that were gathered, best first.
  ///
  /// - Parameters:
  ///   - count: how long the list is to be.
  ///   - pinned: the pinned products that exist and may be shown.
  ///   - alike: how alike two products are, 0 to 1, for the variety.
  /// - Returns: at most `count` products with the rules that moved them, and what each rule did.
  ///   O(n log n), with maximal marginal relevance O(n · count).
  public func arrange(
    _ items: [RuleItem], count: Int, pinned: [RuleProduct] = [],
    alike: (RuleProduct, RuleProduct) -> Float = { _, _ in 0 }
  ) -> (items: [RuleItem], effects: [RuleEffect]) {
    var arranged = RuleArrangement(items: items, count: count)
    for rule in rules { arranged.score(rule) }
    for rule in rules { arranged.bury(rule) }
    for rule in rules {
      if case .diversify(let diversity) = rule.action { arranged.spread(rule, diversity, alike) }
    }
    for rule in rules {
      if case .pin(let ids, let position) = rule.action {
        arranged.pin(rule, ids.compactMap { id in pinned.first { $0.product.id == id } }, position)
      }
    }
    return (Array(arranged.items.prefix(count)), arranged.effects)
  }
}

extension RuleProduct {
  var isAvailable: Bool { product.availability != .outOfStock }
}

/// A list while rules are applied to it.
private struct RuleArrangement {
  var items: [RuleItem]
  let count: Int
  var effects: [RuleEffect] = []

  private mutating func note(_ effect: RuleEffect) {
    if effect.count > 0 { effects.append(effect) }
  }

  mutating func score(_ rule: Rule) {
    switch rule.action {
    case .boost(let match, let factor):
      multiply(rule, "boosted") { match.matches($0.product) ? factor : nil }
    case .lift(let attribute, let weight):
      let numbers = items.compactMap { $0.subject.number(attribute) }.filter(\.isFinite)
      guard let least = numbers.min(), let most = numbers.max(), most > least else { return }
      multiply(rule, "lifted") { product in
        product.number(attribute).filter(\.isFinite)
          .map { 1 + weight * ($0 - least) / (most - least) }
      }
    default: return
    }
    stableSort { $0.score > $1.score }
  }

  private mutating func multiply(
    _ rule: Rule, _ did: String, by factor: (RuleProduct) -> Double?
  ) {
    var effect = RuleEffect(rule, did)
    for index in items.indices {
      guard let factor = factor(items[index].subject), factor != 1 else { continue }
      // A negative score becomes better by growing smaller in magnitude.
      let score = items[index].score
      items[index].score = score >= 0 ? score * Float(factor) : score / Float(factor)
      items[index].rules.append(rule.id)
      effect.add(items[index].subject.product.id)
    }
    note(effect)
  }

  mutating func bury(_ rule: Rule) {
    let isUnwanted: (RuleProduct) -> Bool
    switch rule.action {
    case .bury(let match): isUnwanted = { match.matches($0.product) }
    case .stock(.bury): isUnwanted = { !$0.isAvailable }
    default: return
    }
    var effect = RuleEffect(rule, "buried")
    var wanted: [RuleItem] = []
    var unwanted: [RuleItem] = []
    for var item in items {
      if isUnwanted(item.subject) {
        item.rules.append(rule.id)
        effect.add(item.subject.product.id)
        unwanted.append(item)
      } else {
        wanted.append(item)
      }
    }
    items = wanted + unwanted
    note(effect)
  }

  /// Maximal marginal relevance (Carbonell and Goldstein, *The use of MMR*, SIGIR 1998): the next
  /// product is the one with the largest `λ · relevance − (1 − λ) · likeness to those before it`,
  /// relevance being the score on a scale from 0 to 1. Caps leave out what is over them.
  mutating func spread(
    _ rule: Rule, _ diversity: Diversity, _ alike: (RuleProduct, RuleProduct) -> Float
  ) {
    let before = items.prefix(count).map(\.subject.item)
    var caps = DiversityCaps(diversity)
    var chosen: [RuleItem] = []
    if let relevance = diversity.relevance {
      chosen = mostMarginallyRelevant(Float(relevance), &caps, alike)
    } else {
      for item in items where chosen.count < count && caps.take(item.subject) {
        chosen.append(item)
      }
    }
    var effect = RuleEffect(rule, "spread")
    for (place, item) in chosen.enumerated()
    where !before.indices.contains(place) || before[place] != item.subject.item {
      chosen[place].rules.append(rule.id)
      effect.add(item.subject.product.id)
    }
    items = chosen
    note(effect)
  }

  private func mostMarginallyRelevant(
    _ relevance: Float, _ caps: inout DiversityCaps, _ alike: (RuleProduct, RuleProduct) -> Float
  ) -> [RuleItem] {
    let scores = items.map(\.score)
    let least = scores.min() ?? 0
    let range = max((scores.max() ?? 0) - least, 1e-9)
    var nearest = [Float](repeating: 0, count: items.count)
    var isOpen = [Bool](repeating: true, count: items.count)
    var chosen: [RuleItem] = []
    while chosen.count < count {
      var best: (index: Int, value: Float)?
      for index in items.indices where isOpen[index] {
        let value =
          relevance * (scores[index] - least) / range - (1 - relevance) * nearest[index]
        if value > best?.value ?? -.infinity { best = (index, value) }
      }
      guard let best else { break }
      isOpen[best.index] = false
      guard caps.take(items[best.index].subject) else { continue }
      chosen.append(items[best.index])
      for index in items.indices where isOpen[index] {
        nearest[index] = max(
          nearest[index], alike(items[best.index].subject, items[index].subject))
      }
    }
    return chosen
  }

  mutating func pin(_ rule: Rule, _ products: [RuleProduct], _ position: Int) {
    var effect = RuleEffect(rule, "pinned")
    for (offset, product) in products.enumerated() {
      var item =
        items.first { $0.subject.item == product.item }
        ?? RuleItem(product, score: items.last?.score ?? 0)
      items.removeAll { $0.subject.item == product.item }
      let place = min(position - 1 + offset, items.count, max(count - 1, 0))
      item.rules.append(rule.id)
      items.insert(item, at: place)
      effect.add(product.product.id)
    }
    note(effect)
  }

  private mutating func stableSort(by precedes: (RuleItem, RuleItem) -> Bool) {
    let order = items.indices.sorted { first, second in
      if precedes(items[first], items[second]) { return true }
      if precedes(items[second], items[first]) { return false }
      return first < second
    }
    items = order.map { items[$0] }
  }
}

/// Counts brands and categories of a list against their caps. A product without a brand or
/// category is never over its cap.
private struct DiversityCaps {
  private let diversity: Diversity
  private var brands: [String: Int] = [:]
  private var categories: [String: Int] = [:]

  init(_ diversity: Diversity) { self.diversity = diversity }

  /// Counts a product in, where that keeps to the caps.
  mutating func take(_ product: RuleProduct) -> Bool {
    let brand = diversity.perBrand == nil ? nil : product.product.brand?.lowercased()
    let category =
      diversity.perCategory == nil
      ? nil : product.product.categories.first.map { $0.joined(separator: "\u{0}").lowercased() }
    if let brand, brands[brand, default: 0] >= diversity.perBrand ?? .max { return false }
    if let category, categories[category, default: 0] >= diversity.perCategory ?? .max {
      return false
    }
    if let brand { brands[brand, default: 0] += 1 }
    if let category { categories[category, default: 0] += 1 }
    return true
  }
}

extension Optional {
  /// The value where it passes.
  fileprivate func filter(_ passes: (Wrapped) -> Bool) -> Wrapped? {
    flatMap { passes($0) ? $0 : nil }
  }
}
