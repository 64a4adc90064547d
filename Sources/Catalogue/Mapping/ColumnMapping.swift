/// What each column of a product feed means.
public struct ColumnMapping: Sendable, Hashable, Codable {
  /// The meaning of one column.
  public enum Role: Sendable, Hashable, Codable {
    case field(ProductField)
    /// One level of the shop's category path, 0 the widest.
    case categoryLevel(Int)
    case attribute(String)
    case ignored
  }

  /// The columns as the feed names them.
  public private(set) var columns: [String]
  /// The role of each column, beside ``columns``.
  public private(set) var roles: [Role]
  /// Further roles of columns that pairs give more than one (`title=product_type` beside
  /// `categories=department/product_type`).
  public private(set) var furtherRoles: [Further] = []

  /// Columns that feed a field where the ones before them have no value
  /// (`title=product_type|product_category`), in the order they are tried.
  public private(set) var standIns: [Further] = []

  /// One more role of a column.
  public struct Further: Sendable, Hashable, Codable {
    /// Index of the column.
    public var column: Int
    /// What it means besides.
    public var role: Role
  }

  /// Whether rows are numbered because the feed has no identifiers (`id=@line`).
  public private(set) var numbersRows = false
  private var overrides: MappingOverrides

  /// Chooses the roles from the headers, then applies `overrides`.
  /// - Throws: ``MappingError`` when there is no column for ``Product/id`` or ``Product/title``,
  ///   or a pair names a field or column that does not exist.
  /// - Complexity: Linear in the number of columns.
  public init(columns: [String], overrides: MappingOverrides) throws(MappingError) {
    self.columns = columns
    self.overrides = overrides
    roles = columns.map { .attribute($0) }
    let given = try applyOverrides()
    chooseFields(skipping: given)
    chooseCategories(skipping: given)
    try check()
  }

  /// The mapping after a JSON feed brought new columns: the roles of known columns stay.
  package mutating func extend(to newColumns: [String]) {
    for name in newColumns.dropFirst(columns.count) {
      columns.append(name)
      let match = HeaderAliases.product[HeaderName.key(name)]
      let isTaken =
        match.map { roles.contains(.field($0.field)) && $0.field != .images } ?? true
      roles.append(isTaken ? .attribute(name) : match.map { .field($0.field) } ?? .attribute(name))
    }
  }

  /// Columns (in order) that feed `field`; for categories all levels and paths.
  public func columns(for field: ProductField) -> [String] {
    zip(columns, roles).filter { _, role in
      if case .categoryLevel = role { return field == .categories }
      return role == .field(field)
    }.map(\.0)
  }

  // MARK: Choosing

  private mutating func applyOverrides() throws(MappingError) -> Set<ProductField> {
    var given: Set<ProductField> = []
    for pair in overrides.pairs {
      if pair.field == "id", pair.columns == ["@line"] {
        numbersRows = true
        given.insert(.id)
        continue
      }
      var indices: [Int] = []
      for name in pair.columns { indices.append(try index(of: name)) }
      if pair.field == "-" {
        for index in indices { roles[index] = .ignored }
      } else if pair.field.hasPrefix("attribute."), pair.field.utf8.count > 10 {
        for index in indices { roles[index] = .attribute(String(pair.field.dropFirst(10))) }
      } else if let field = ProductField(rawValue: pair.field) {
        given.insert(field)
        if field == .categories, indices.count > 1 {
          for (level, index) in indices.enumerated() {
            assign(.categoryLevel(level), to: index)
          }
        } else if field == .images || field == .categories || field == .attributes {
          for index in indices { assign(.field(field), to: index) }
        } else {
          if let first = indices.first { assign(.field(field), to: first) }
          standIns += indices.dropFirst().map { Further(column: $0, role: .field(field)) }
        }
      } else {
        let fields = ProductField.allCases.map(\.rawValue)
        let near = HeaderName.nearest(to: pair.field, in: fields).map { " Did you mean \($0)?" }
        throw MappingError(
          code: .unknownField,
          message: "There is no field \"\(pair.field)\".\(near ?? "") Fields: "
            + fields.joined(separator: ", ") + ", attribute.NAME, - (ignore).",
          columns: [])
      }
    }
    return given
  }

  private mutating func assign(_ role: Role, to index: Int) {
    if case .attribute = roles[index] {
      roles[index] = role
    } else {
      furtherRoles.append(Further(column: index, role: role))
    }
  }

  private func index(of name: String) throws(MappingError) -> Int {
    if let exact = columns.firstIndex(of: name) { return exact }
    let key = HeaderName.key(name)
    if let loose = columns.firstIndex(where: { HeaderName.key($0) == key }) { return loose }
    let near = HeaderName.nearest(to: name, in: columns).map { " Did you mean \"\($0)\"?" } ?? ""
    throw MappingError(
      code: .unknownColumn, message: "There is no column \"\(name)\".\(near)", columns: columns)
  }

  /// Whether a column was given its role by a pair.
  private func isGiven(_ index: Int) -> Bool {
    let key = HeaderName.key(columns[index])
    return overrides.pairs.contains { pair in
      // A column that only stands in keeps the meaning its name gives it.
      let own = pair.hasStandIns ? pair.columns.prefix(1) : pair.columns[...]
      return own.contains { $0 == columns[index] || HeaderName.key($0) == key }
    }
  }

  private mutating func chooseFields(skipping given: Set<ProductField>) {
    var best: [ProductField: (index: Int, rank: Int)] = [:]
    for (index, name) in columns.enumerated() where !isGiven(index) {
      guard let match = HeaderAliases.product[HeaderName.key(name)], !given.contains(match.field)
      else { continue }
      if match.field == .images || match.field == .attributes {
        roles[index] = .field(match.field)
      } else if best[match.field].map({ match.rank < $0.rank }) ?? true {
        best[match.field] = (index, match.rank)
      }
    }
    for (field, choice) in best { roles[choice.index] = .field(field) }
    chooseGroup(skipping: given)
    chooseSalePrice(skipping: given)
  }

  /// Taobao's and JD's `spu` is the product of which each `sku` is a variant.
  private mutating func chooseGroup(skipping given: Set<ProductField>) {
    guard !given.contains(.itemGroup), !roles.contains(.field(.itemGroup)) else { return }
    let index = columns.indices.first { index in
      guard case .attribute = roles[index], !isGiven(index) else { return false }
      return HeaderAliases.standardProductUnits.contains(HeaderName.key(columns[index]))
    }
    if let index { roles[index] = .field(.itemGroup) }
  }

  /// Beside a regular price the current one (`initial_price` and `final_price`, `原价` and `价格`,
  /// Shopify's compare-at price) is the price of a sale.
  private mutating func chooseSalePrice(skipping given: Set<ProductField>) {
    guard !given.contains(.salePrice), !given.contains(.price),
      !roles.contains(.field(.salePrice)), let regular = roles.firstIndex(of: .field(.price))
    else { return }
    let regularNames: Set<String> = [
      "initialprice", "originalprice", "compareatprice", "variantcompareatprice", "listprice",
      "msrp",
      "mrp", "regularprice", "原价", "市场价", "吊牌价", "划线价", "原價",
    ]
    guard regularNames.contains(HeaderName.key(columns[regular])) else { return }
    let current = columns.indices.filter { index in
      let key = HeaderName.key(columns[index])
      return index != regular && !isGiven(index) && !regularNames.contains(key)
        && HeaderAliases.product[key]?.field == .price
    }
    if let index = current.first { roles[index] = .field(.salePrice) }
  }

  private mutating func chooseCategories(skipping given: Set<ProductField>) {
    guard !given.contains(.categories) else { return }
    let keys = columns.map(HeaderName.key)
    let free = columns.indices.filter { index in
      guard case .attribute = roles[index] else { return false }
      return !isGiven(index)
    }
    for index in free where HeaderAliases.ownPaths.contains(keys[index]) {
      roles[index] = .field(.categories)
    }
    let whole = free.filter { HeaderAliases.wholePaths.contains(keys[$0]) }
    let order = { (index: Int) in HeaderAliases.wholePaths.firstIndex(of: keys[index]) ?? .max }
    if let best = whole.min(by: { order($0) < order($1) }) {
      roles[best] = .field(.categories)
      return
    }
    var byDepth: [Int: Int] = [:]
    for index in free {
      if let depth = HeaderAliases.levels[keys[index]], byDepth[depth] == nil {
        byDepth[depth] = index
      }
    }
    // Numbered levels are a path of their own; `类目` beside `一级类目` would repeat it.
    let numbered = byDepth.filter { $0.key > 100 }
    if numbered.count > 1 { byDepth = numbered }
    let path = byDepth.sorted { $0.key < $1.key }.map(\.value)
    let isMerchant = columns.contains { $0.lowercased().hasPrefix("g:") } || hasGoogleCategory
    if path.count == 1 || isMerchant {
      for index in path { roles[index] = .field(.categories) }
    } else {
      for (level, index) in path.enumerated() { roles[index] = .categoryLevel(level) }
    }
  }

  private var hasGoogleCategory: Bool {
    columns.contains { HeaderAliases.ownPaths.contains(HeaderName.key($0)) }
  }

  private func has(_ field: ProductField) -> Bool {
    roles.contains(.field(field)) || furtherRoles.contains { $0.role == .field(field) }
  }

  private func check() throws(MappingError) {
    if !numbersRows, !has(.id) {
      throw MappingError(
        code: .noIdentifierColumn,
        message: "No column looks like the products' identifier. Name it with --map id=COLUMN, "
          + "or number the rows with --map id=@line.",
        columns: columns)
    }
    if !has(.title) {
      throw MappingError(
        code: .noTitleColumn,
        message: "No column looks like the products' title. Name it with --map title=COLUMN.",
        columns: columns)
    }
  }
}
