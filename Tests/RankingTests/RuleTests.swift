import AkinCatalogue
import Foundation
import Testing

@testable import AkinRanking

@Suite struct RuleTests {
  private static func product(
    _ item: Int, brand: String? = nil, price: Double? = nil, category: String? = nil,
    stock: Availability? = nil, margin: Double? = nil
  ) -> RuleProduct {
    var product = Product(id: "p\(item)", title: "product \(item)")
    product.brand = brand
    product.price = price.map { Price(amount: $0) }
    if let category { product.categories = [["All", category]] }
    product.availability = stock
    if let margin { product.attributes = [Attribute(name: "margin", value: .number(margin))] }
    return RuleProduct(item: item, product: product)
  }

  /// Products with scores that fall from 1 by a tenth.
  private static func items(_ products: [RuleProduct]) -> [RuleItem] {
    products.enumerated().map { RuleItem($1, score: 1 - Float($0) / 10) }
  }

  private static func list(_ kind: String = "similar", time: Double = 0) -> RuleContext {
    RuleContext(kind: kind, time: time)
  }

  private static func brand(_ name: String) -> ProductFilter {
    var filter = ProductFilter()
    filter.brand = [name]
    return filter
  }

  private static func order(_ rules: [RuleAction], _ products: [RuleProduct], count: Int = 10)
    -> (ids: [Int], effects: [RuleEffect])
  {
    let plan = RulePlan(
      rules.enumerated().map { Rule(id: "r\($0)", action: $1) }, for: list())
    let result = plan.arrange(items(products), count: count, pinned: products)
    return (result.items.map(\.subject.item), result.effects)
  }

  @Test func aBoostMovesUpAndSaysSo() {
    let products = [
      Self.product(0), Self.product(1, brand: "Acme"), Self.product(2),
      Self.product(3, brand: "Acme"),
    ]
    let result = Self.order([.boost(match: Self.brand("acme"), factor: 1.2)], products)
    // 1, 0.9 · 1.2 = 1.08, 0.8, 0.7 · 1.2 = 0.84
    #expect(result.ids == [1, 0, 3, 2])
    #expect(result.effects.map(\.did) == ["boosted"])
    #expect(result.effects[0].products == ["p1", "p3"] && result.effects[0].count == 2)
  }

  @Test func aLiftRaisesByTheNumber() {
    let products = [
      Self.product(0, margin: 0), Self.product(1, margin: 5), Self.product(2, margin: 10),
      Self.product(3),
    ]
    // 1 · 1, 0.9 · 1.5, 0.8 · 2, 0.7
    #expect(Self.order([.lift(attribute: "Margin", weight: 1)], products).ids == [2, 1, 0, 3])
    // Equal numbers say nothing.
    #expect(Self.order([.lift(attribute: "margin", weight: 1)], [products[0]]).effects.isEmpty)
  }

  @Test func buriedProductsComeLastInTheirOrder() {
    let products = (0..<5).map { Self.product($0, stock: $0 % 2 == 0 ? .outOfStock : nil) }
    #expect(Self.order([.stock(outOfStock: .bury)], products).ids == [1, 3, 0, 2, 4])
  }

  @Test func capsKeepAListVaried() {
    let products = (0..<6).map {
      Self.product($0, brand: $0 < 4 ? "A" : "B", category: "C\($0 / 2)")
    }
    #expect(Self.order([.diversify(.init(perBrand: 2))], products, count: 4).ids == [0, 1, 4, 5])
    #expect(Self.order([.diversify(.init(perCategory: 1))], products).ids == [0, 2, 4])
    let bare = (0..<3).map { Self.product($0) }
    #expect(Self.order([.diversify(.init(perBrand: 1))], bare).ids == [0, 1, 2])
  }

  @Test func marginalRelevanceIsThatOfTheFormula() {
    let products = (0..<4).map { Self.product($0) }
    let alike: [[Float]] = [
      [1, 0.9, 0.1, 0.5], [0.9, 1, 0.2, 0.3], [0.1, 0.2, 1, 0.4], [0.5, 0.3, 0.4, 1],
    ]
    func order(_ relevance: Double) -> [Int] {
      let rule = Rule(id: "r", action: .diversify(.init(relevance: relevance)))
      return RulePlan([rule], for: Self.list())
        .arrange(Self.items(products), count: 4) { alike[$0.item][$1.item] }
        .items.map(\.subject.item)
    }
    // Scores on a scale from 0 to 1: 1, 2/3, 1/3, 0. After 0 with λ = 0.5:
    // 1: 0.333 − 0.45, 2: 0.167 − 0.05, 3: 0 − 0.25. Then 1: −0.117, 3: −0.25.
    #expect(order(0.5) == [0, 2, 1, 3])
    #expect(order(1) == [0, 1, 2, 3])
    #expect(order(0) == [0, 2, 3, 1])
  }

  @Test func pinnedProductsTakeTheirPlaces() {
    let products = (0..<5).map { Self.product($0) }
    #expect(
      Self.order([.pin(products: ["p4", "p2"], position: 2)], products).ids == [0, 4, 2, 1, 3])
    #expect(
      Self.order([.pin(products: ["p9", "p4"], position: 9)], products, count: 3).ids == [0, 1, 4])
    let outside = RulePlan(
      [Rule(id: "r", action: .pin(products: ["p7"], position: 1))], for: Self.list()
    ).arrange(Self.items([Self.product(0)]), count: 2, pinned: [Self.product(7)])
    #expect(outside.items.map(\.subject.item) == [7, 0])
    #expect(outside.items[0].rules == ["r"])
  }

  @Test func whatMayNotBeShownIsRefusedByName() {
    var context = Self.list()
    context.subject = Self.product(9, price: 100)
    func refuses(_ action: RuleAction, _ product: RuleProduct) -> Bool {
      RulePlan([Rule(id: "r", action: action)], for: context).refusal(of: product)?.id == "r"
    }
    #expect(refuses(.hide(match: Self.brand("A")), Self.product(0, brand: "A")))
    #expect(!refuses(.hide(match: Self.brand("A")), Self.product(0, brand: "B")))
    #expect(refuses(.keep(match: Self.brand("A")), Self.product(0)))
    #expect(refuses(.stock(outOfStock: .hide), Self.product(0, stock: .outOfStock)))
    #expect(!refuses(.stock(outOfStock: .hide), Self.product(0)))
    let band = RuleAction.priceBand(least: 0.5, most: 2)
    #expect(refuses(band, Self.product(0, price: 49)) && refuses(band, Self.product(0, price: 201)))
    #expect(!refuses(band, Self.product(0, price: 50)) && !refuses(band, Self.product(0)))
  }

  @Test func aRuleHoldsWhereItsScopeSays() {
    var phone = RuleContext(kind: "similar", page: "product", audiences: ["vip"], time: 0)
    phone.subject = Self.product(0, category: "Phones")
    func holds(_ scope: RuleScope) -> Bool {
      Rule(id: "r", action: .stock(outOfStock: .hide), scope: scope).applies(to: phone)
    }
    #expect(holds(RuleScope()))
    #expect(holds(.init(kinds: ["popular", "similar"])) && !holds(.init(kinds: ["popular"])))
    #expect(holds(.init(pages: ["product"])) && !holds(.init(pages: ["home"])))
    #expect(holds(.init(categories: ["phones"])) && !holds(.init(categories: ["Cases"])))
    #expect(holds(.init(audiences: ["vip", "x"])) && !holds(.init(audiences: ["x"])))
    #expect(!holds(.init(kinds: ["similar"], pages: ["home"])))
  }

  @Test func aRuleHoldsWhenItsScheduleSays() {
    // 2026-11-25 is a Wednesday; 21:30 UTC is 05:30 on Thursday eight hours further east.
    let time = 1_795_642_200.0
    func holds(_ schedule: RuleSchedule) -> Bool {
      Rule(id: "r", action: .stock(outOfStock: .hide), schedule: schedule)
        .applies(to: Self.list(time: time))
    }
    #expect(holds(.init(weekdays: [3])) && !holds(.init(weekdays: [4])))
    #expect(holds(.init(weekdays: [4], offset: 480)) && !holds(.init(weekdays: [3], offset: 480)))
    #expect(holds(.init(hours: [21])) && holds(.init(hours: [5], offset: 480)))
    #expect(holds(.init(from: time)) && !holds(.init(from: time + 1)))
    #expect(!holds(.init(until: time)) && holds(.init(until: time + 1)))
  }

  @Test(arguments: [
    #"{"id":"a","action":{"type":"pin","products":["x"],"position":3}}"#,
    #"{"id":"a","action":{"type":"boost","match":{"brand":["x"]},"factor":2}}"#,
    #"{"id":"a","action":{"type":"lift","attribute":"margin","weight":1}}"#,
    #"{"id":"a","action":{"type":"keep","match":{"price":{"min":1}}},"active":false}"#,
    #"{"id":"a","action":{"type":"diversify","relevance":0.5,"perBrand":2}}"#,
    #"{"id":"a","action":{"type":"price_band","least":0.5}}"#,
    #"{"id":"a","action":{"type":"stock","outOfStock":"bury"},"scope":{"kinds":["similar"]}}"#,
    #"{"id":"a","action":{"type":"hide","match":{"id":["x"]}},"schedule":{"hours":[1],"offset":60}}"#,
  ])
  func rulesComeBackFromJSON(text: String) throws {
    let rule = try JSONDecoder().decode(Rule.self, from: Data(text.utf8))
    try rule.check()
    let again = try JSONDecoder().decode(Rule.self, from: try JSONEncoder().encode(rule))
    #expect(again == rule)
  }

  @Test(arguments: [
    (Rule(id: "", action: .stock(outOfStock: .hide)), "id"),
    (Rule(id: "a", action: .hide(match: ProductFilter())), "action.match"),
    (Rule(id: "a", action: .boost(match: Self.brand("x"), factor: 0)), "action.factor"),
    (Rule(id: "a", action: .boost(match: Self.brand("x"), factor: .nan)), "action.factor"),
    (Rule(id: "a", action: .pin(products: [], position: 1)), "action.products"),
    (Rule(id: "a", action: .pin(products: ["x"], position: 0)), "action.position"),
    (Rule(id: "a", action: .priceBand(least: nil, most: nil)), "action.least"),
    (Rule(id: "a", action: .priceBand(least: 2, most: 1)), "action.most"),
    (Rule(id: "a", action: .diversify(.init())), "action"),
    (Rule(id: "a", action: .diversify(.init(relevance: 2))), "action.relevance"),
    (
      Rule(id: "a", action: .stock(outOfStock: .hide), scope: .init(pages: [])), "scope.pages"
    ),
    (
      Rule(id: "a", action: .stock(outOfStock: .hide), schedule: .init(from: 2, until: 1)),
      "schedule.until"
    ),
    (
      Rule(id: "a", action: .stock(outOfStock: .hide), schedule: .init(weekdays: [0])),
      "schedule.weekdays"
    ),
  ])
  func aRuleThatMakesNoSenseNamesItsField(rule: Rule, field: String) {
    #expect { try rule.check() } throws: { ($0 as? RuleIssue)?.field == field }
  }
}
