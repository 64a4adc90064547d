internal import AkinEngine
internal import AkinRanking
internal import AkinStorage

/// What a client asks of recommendations.
struct RecommendBody: Decodable {
  /// One list of several.
  struct Slot: Decodable {
    var name: String?
    var kind: ShelfKind?
    var k: Int?
    var product: String?
    var filter: ProductFilter?

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case name, kind, k, product, filter
    }

    init(kind: ShelfKind?, k: Int?, product: String?) {
      (self.kind, self.k, self.product) = (kind, k, product)
    }

    init(from decoder: any Decoder) throws {
      try decoder.refuseMembers(beyond: CodingKeys.self)
      let members = try decoder.container(keyedBy: CodingKeys.self)
      name = try members.decodeIfPresent(String.self, forKey: .name)
      kind = try members.decodeIfPresent(ShelfKind.self, forKey: .kind)
      k = try members.decodeIfPresent(Int.self, forKey: .k)
      product = try members.decodeIfPresent(String.self, forKey: .product)
      filter = try members.decodeIfPresent(ProductFilter.self, forKey: .filter)
    }
  }

  /// Where and for whom the lists are shown.
  struct Context: Decodable {
    /// The page, in the shop's own words.
    var page: String?
    /// Groups of shoppers, in the shop's own words.
    var audiences: [String]?
    /// What the shopper has before him now, the latest first: a basket, the product's page.
    var products: [String]?

    private enum CodingKeys: String, CodingKey, CaseIterable { case page, audiences, products }

    init(from decoder: any Decoder) throws {
      try decoder.refuseMembers(beyond: CodingKeys.self)
      let members = try decoder.container(keyedBy: CodingKeys.self)
      page = try members.decodeIfPresent(String.self, forKey: .page)
      audiences = try members.decodeIfPresent([String].self, forKey: .audiences)
      products = try members.decodeIfPresent([String].self, forKey: .products)
    }
  }

  var user: String?
  var visitor: String?
  var session: String?
  var k: Int?
  var kind: ShelfKind?
  var product: String?
  var filter: ProductFilter?
  var exclude: [String]?
  var explain: Bool?
  var whyNot: String?
  /// Whether the shopper sees the lists; `false` for somebody who looks on.
  var shown: Bool?
  var context: Context?
  var slots: [Slot]?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case user, visitor, session, k, kind, product, filter, exclude, explain, whyNot, shown, context,
      slots
  }

  init(from decoder: any Decoder) throws {
    try decoder.refuseMembers(beyond: CodingKeys.self)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    user = try members.decodeIfPresent(String.self, forKey: .user)
    visitor = try members.decodeIfPresent(String.self, forKey: .visitor)
    session = try members.decodeIfPresent(String.self, forKey: .session)
    k = try members.decodeIfPresent(Int.self, forKey: .k)
    kind = try members.decodeIfPresent(ShelfKind.self, forKey: .kind)
    product = try members.decodeIfPresent(String.self, forKey: .product)
    filter = try members.decodeIfPresent(ProductFilter.self, forKey: .filter)
    exclude = try members.decodeIfPresent([String].self, forKey: .exclude)
    explain = try members.decodeIfPresent(Bool.self, forKey: .explain)
    whyNot = try members.decodeIfPresent(String.self, forKey: .whyNot)
    shown = try members.decodeIfPresent(Bool.self, forKey: .shown)
    context = try members.decodeIfPresent(Context.self, forKey: .context)
    slots = try members.decodeIfPresent([Slot].self, forKey: .slots)
  }

  /// The most products that one list may hold.
  static let most = 200

  /// The shopper's names.
  var names: [ShopperName] {
    [
      user.map(ShopperName.user), visitor.map(ShopperName.visitor),
      session.map(ShopperName.session),
    ].compactMap(\.self)
  }

  /// The lists that are asked for; without slots one.
  var wanted: [Slot] { slots ?? [Slot(kind: kind, k: k, product: product)] }

  /// The request of a slot, without history and exclusions.
  func request(_ slot: Slot) -> ShelfRequest {
    var request = ShelfRequest(
      slot.kind ?? .forYou, count: slot.k ?? k ?? 10, product: slot.product)
    request.filter = slot.filter ?? filter ?? ProductFilter()
    request.user = user
    request.page = context?.page
    request.audiences = Set(context?.audiences ?? [])
    return request
  }

  /// Checks every value.
  ///
  /// - Parameter path: the members that lead to this body, with a full stop behind, for messages.
  /// - Throws: ``Problem`` that names the member at fault.
  func check(_ path: String = "") throws(Problem) {
    for (field, name) in [
      ("user", user), ("visitor", visitor), ("session", session), ("product", product),
      ("why_not", whyNot), ("context.page", context?.page),
    ] {
      try Self.checkName(name, path + field)
    }
    try Self.checkNames(exclude, path + "exclude", most: 1_000)
    try Self.checkNames(context?.audiences, path + "context.audiences", most: 100)
    try Self.checkNames(context?.products, path + "context.products", most: 200)
    try Self.checkFilter(filter, path + "filter")
    try Self.checkCount(k, path + "k")
    guard (1...20).contains(wanted.count) else {
      throw .field(path + "slots", "takes 1 to 20 slots")
    }
    for (index, slot) in wanted.enumerated() {
      try Self.check(slot, path + (slots == nil ? "" : "slots.\(index)."))
    }
  }

  private static func check(_ slot: Slot, _ path: String) throws(Problem) {
    try checkName(slot.name, path + "name")
    try checkName(slot.product, path + "product")
    try checkCount(slot.k, path + "k")
    try checkFilter(slot.filter, path + "filter")
    let needsProduct = slot.kind == .similar || slot.kind == .boughtTogether
    if needsProduct, slot.product == nil {
      throw .field(path + "product", "is missing: this kind of list belongs to a product")
    }
  }

  private static func checkName(_ name: String?, _ field: String) throws(Problem) {
    guard let name, !(1...BatchBody.identifierLimit).contains(name.utf8.count) else { return }
    throw .field(field, "takes 1 to \(BatchBody.identifierLimit) bytes")
  }

  private static func checkNames(_ names: [String]?, _ field: String, most: Int) throws(Problem) {
    guard let names else { return }
    guard names.count <= most else { throw .field(field, "takes at most \(most) values") }
    for (index, name) in names.enumerated() { try checkName(name, "\(field).\(index)") }
  }

  private static func checkCount(_ count: Int?, _ field: String) throws(Problem) {
    guard let count, !(1...most).contains(count) else { return }
    throw .field(field, "takes a whole number from 1 to \(most)")
  }

  private static func checkFilter(_ filter: ProductFilter?, _ field: String) throws(Problem) {
    do { try filter?.check(field) } catch { throw .field(error.field, error.message) }
  }
}
