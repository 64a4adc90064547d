/// What each column of a behaviour log means.
public struct EventMapping: Sendable, Hashable, Codable {
  /// The columns as the log names them.
  public private(set) var columns: [String]
  /// The field that each column feeds, `nil` for columns without use.
  public private(set) var fields: [EventField?]
  /// Whether a row's price is the total of all its pieces (`sales_value`), not that of one.
  public private(set) var priceIsTotal = false

  /// Chooses the fields from the headers, then applies `overrides`.
  /// - Throws: ``MappingError`` when no column names the product, or a pair names a field or
  ///   column that does not exist.
  public init(columns: [String], overrides: MappingOverrides) throws(MappingError) {
    self.columns = columns
    fields = columns.map { _ in nil }
    let given = try apply(overrides)
    choose(skipping: given, overrides)
    if !fields.contains(.product), !fields.contains(.items) {
      throw MappingError(
        code: .noProductColumn,
        message: "No column looks like the product's identifier. Name it with "
          + "--map product=COLUMN.",
        columns: columns)
    }
  }

  /// The log's column for `field`.
  public func column(for field: EventField) -> String? {
    fields.firstIndex(of: field).map { columns[$0] }
  }

  package mutating func extend(to newColumns: [String]) {
    for name in newColumns.dropFirst(columns.count) {
      columns.append(name)
      let match = HeaderAliases.event[HeaderName.key(name)]?.field
      fields.append(match.flatMap { fields.contains($0) ? nil : $0 })
    }
  }

  private mutating func apply(_ overrides: MappingOverrides) throws(MappingError)
    -> Set<EventField>
  {
    var given: Set<EventField> = []
    for pair in overrides.pairs where pair.field != "-" {
      guard let field = EventField(rawValue: pair.field) else {
        let names = EventField.allCases.map(\.rawValue)
        let near = HeaderName.nearest(to: pair.field, in: names).map { " Did you mean \($0)?" }
        throw MappingError(
          code: .unknownField,
          message: "Events have no field \"\(pair.field)\".\(near ?? "") Fields: "
            + names.joined(separator: ", ") + ".",
          columns: [])
      }
      guard pair.columns.count == 1 else {
        throw MappingError(
          code: .badPair,
          message: "\(pair.field) of an event comes from one column. Name only one.",
          columns: columns)
      }
      for name in pair.columns {
        let key = HeaderName.key(name)
        guard
          let index = columns.firstIndex(of: name)
            ?? columns.firstIndex(where: { HeaderName.key($0) == key })
        else {
          let near = HeaderName.nearest(to: name, in: columns).map { " Did you mean \"\($0)\"?" }
          throw MappingError(
            code: .unknownColumn, message: "There is no column \"\(name)\".\(near ?? "")",
            columns: columns)
        }
        fields[index] = field
      }
      given.insert(field)
    }
    return given
  }

  private mutating func choose(skipping given: Set<EventField>, _ overrides: MappingOverrides) {
    var best: [EventField: (index: Int, rank: Int)] = [:]
    let named = Set(overrides.pairs.flatMap(\.columns).map(HeaderName.key))
    for (index, name) in columns.enumerated() where !named.contains(HeaderName.key(name)) {
      guard let match = HeaderAliases.event[HeaderName.key(name)], !given.contains(match.field)
      else { continue }
      if best[match.field].map({ match.rank < $0.rank }) ?? true {
        best[match.field] = (index, match.rank)
      }
    }
    for (field, choice) in best { fields[choice.index] = field }
    if let price = column(for: .price) {
      priceIsTotal = ["salesvalue", "revenue", "amount", "金额"].contains(HeaderName.key(price))
    }
  }
}

extension EventType {
  /// The type that a log's word means: GA4's names, those of Google Retail, Algolia and Amazon
  /// Personalize, of Taobao's logs, and Chinese ones. `nil` for an unknown word.
  public init?(alias: String) {
    guard let type = Self.aliases[HeaderName.key(alias)] else { return nil }
    self = type
  }

  private static let aliases: [String: EventType] = {
    var table: [String: EventType] = [:]
    for (type, names) in [
      (
        EventType.viewItemList,
        "viewitemlist impression impressions categorypageview viewlist exposure expose 曝光"
      ),
      (.selectItem, "selectitem click clicks clickedobjectids productclick 点击 點擊"),
      (
        .viewItem,
        """
        viewitem view views viewed detailpageview detail productview viewproduct productdetailview pv \
        pageview vieweddetail viewedobjectids watch browse viewcontent 浏览 查看 瀏覽 详情页浏览
        """
      ),
      (
        .addToWishlist,
        "addtowishlist wishlist fav favorite favourite like save collect 收藏 加收藏 喜欢"
      ),
      (
        .addToCart,
        """
        addtocart cart addcart addedtocartobjectids atc basket addtobasket addedtocart 加购 加购物车 加入购物车 加車
        """
      ),
      (.removeFromCart, "removefromcart removecart deletefromcart uncart 移出购物车 删除购物车"),
      (.beginCheckout, "begincheckout checkout checkoutstart initiatecheckout 结算 去结算"),
      (
        .purchase,
        """
        purchase purchasecomplete purchased purchasedobjectids buy bought order ordered transaction \
        sale conversion checkoutcomplete 购买 下单 支付 成交 購買 下單
        """
      ),
      (.refund, "refund return returned 退款 退货"),
      (.search, "search searched viewsearchresults 搜索"),
    ] {
      for name in names.split(whereSeparator: \.isWhitespace) { table[String(name)] = type }
    }
    return table
  }()
}
