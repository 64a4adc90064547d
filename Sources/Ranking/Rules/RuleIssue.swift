internal import AkinCatalogue

/// What is wrong with a rule.
public struct RuleIssue: Error, Sendable, Equatable, CustomStringConvertible {
  /// The member's path, as in `action.factor`.
  public var field: String
  /// What is wrong with it, and what to do.
  public var message: String

  /// The path and the message.
  public var description: String { "\(field): \(message)" }
}

extension Rule {
  /// Checks that every value is in its range.
  ///
  /// - Throws: ``RuleIssue`` for the first that is not.
  public func check() throws(RuleIssue) {
    try Self.require((1...64).contains(id.utf8.count), "id", "takes 1 to 64 bytes")
    try Self.require(name.utf8.count <= 200, "name", "takes up to 200 bytes")
    try action.check()
    for (field, values) in [
      ("scope.kinds", scope.kinds), ("scope.pages", scope.pages),
      ("scope.categories", scope.categories), ("scope.audiences", scope.audiences),
      ("scope.queries", scope.queries),
    ] {
      let values = values ?? ["x"]
      try Self.require(
        (1...100).contains(values.count) && values.allSatisfy { (1...200).contains($0.utf8.count) },
        field, "takes 1 to 100 values of up to 200 bytes; leave it out to cover all")
    }
    try schedule?.check()
  }

  fileprivate static func require(_ holds: Bool, _ field: String, _ message: String)
    throws(RuleIssue)
  {
    if !holds { throw RuleIssue(field: field, message: message) }
  }
}

extension RuleSchedule {
  fileprivate func check() throws(RuleIssue) {
    try Rule.require(
      (from ?? 0).isFinite && (until ?? 0).isFinite && (from ?? 0).magnitude < 1e12
        && (until ?? 0).magnitude < 1e12, "schedule.from", "takes seconds since 1970")
    if let from, let until {
      try Rule.require(from < until, "schedule.until", "must be after schedule.from")
    }
    try Rule.require(
      weekdays?.allSatisfy((1...7).contains) ?? true, "schedule.weekdays",
      "takes 1 for Monday to 7 for Sunday")
    try Rule.require(
      hours?.allSatisfy((0...23).contains) ?? true, "schedule.hours", "takes hours from 0 to 23")
    try Rule.require(
      (-840...840).contains(offset ?? 0), "schedule.offset", "takes minutes from -840 to 840")
  }
}

extension RuleAction {
  fileprivate func check() throws(RuleIssue) {
    switch self {
    case .pin(let products, let position):
      try Rule.require(
        (1...50).contains(products.count)
          && products.allSatisfy { (1...256).contains($0.utf8.count) },
        "action.products", "takes 1 to 50 products of 1 to 256 bytes")
      try Rule.require((1...200).contains(position), "action.position", "takes 1 to 200")
    case .boost(let match, let factor):
      try Self.check(match)
      try Rule.require((0.01...100).contains(factor), "action.factor", "takes 0.01 to 100")
    case .lift(let attribute, let weight):
      try Rule.require(
        (1...200).contains(attribute.utf8.count), "action.attribute", "takes an attribute's name")
      try Rule.require((0...100).contains(weight), "action.weight", "takes 0 to 100")
    case .bury(let match), .hide(let match), .keep(let match): try Self.check(match)
    case .diversify(let diversity): try Self.check(diversity)
    case .priceBand(let least, let most):
      try Rule.require(
        least != nil || most != nil, "action.least", "give least, most or both")
      try Rule.require(
        (0...1_000).contains(least ?? 0) && (0...1_000).contains(most ?? 0), "action.most",
        "takes multiples of the product's price from 0 to 1000")
      try Rule.require(
        (least ?? 0) <= (most ?? .infinity), "action.most", "must not be below action.least")
    case .stock: break
    }
  }

  private static func check(_ match: ProductFilter) throws(RuleIssue) {
    try Rule.require(
      !match.isEmpty, "action.match", "must say which products: brand, category, price, id …")
    try match.check("action.match")
  }

  private static func check(_ diversity: Diversity) throws(RuleIssue) {
    try Rule.require(
      diversity != Diversity(), "action", "give relevance, per_brand or per_category")
    try Rule.require(
      (0...1).contains(diversity.relevance ?? 0), "action.relevance", "takes 0 to 1")
    try Rule.require(
      (1...200).contains(diversity.perBrand ?? 1), "action.per_brand", "takes 1 to 200")
    try Rule.require(
      (1...200).contains(diversity.perCategory ?? 1), "action.per_category", "takes 1 to 200")
  }
}

extension ProductFilter {
  /// Checks that no list of the filter is longer than anybody means.
  ///
  /// - Throws: ``RuleIssue`` with `path` before the member's name.
  public func check(_ path: String) throws(RuleIssue) {
    func check(_ name: String, _ values: [String]?, most: Int) throws(RuleIssue) {
      guard let values else { return }
      guard values.count <= most, values.allSatisfy({ $0.utf8.count <= 512 }) else {
        throw RuleIssue(
          field: "\(path).\(name)", message: "takes up to \(most) values of up to 512 bytes")
      }
    }
    try check("id", id, most: 1_000)
    try check("brand", brand, most: 200)
    try check("category", category, most: 200)
    guard (attributes?.count ?? 0) <= 20 else {
      throw RuleIssue(field: "\(path).attributes", message: "takes up to 20 attributes")
    }
    for (name, values) in attributes ?? [:] { try check("attributes.\(name)", values, most: 200) }
  }
}
