/// Oddities of one product that are counted but refuse nothing.
struct ProductIssues: OptionSet, Sendable {
  let rawValue: UInt16
  static let unreadablePrice = ProductIssues(rawValue: 1)
  static let priceRange = ProductIssues(rawValue: 2)
  static let negativePrice = ProductIssues(rawValue: 4)
  static let badGTIN = ProductIssues(rawValue: 8)
  static let unknownAvailability = ProductIssues(rawValue: 16)
  static let unknownCurrency = ProductIssues(rawValue: 32)
}

/// Turns records into products: the columns' roles are looked up by index, never by name.
struct ProductBuilder {
  private var mapping: ColumnMapping
  private var roles: [ColumnMapping.Role]
  private var holdsSizes: [Bool]
  private let defaultCurrency: String?
  private let currencyColumn: Int?
  /// The column that identifiers are read from.
  let identifierColumn: Int?
  private let hasFurtherRoles: Bool
  private var attributeCount: Int
  private var levels: [String?]
  private var categories = CategoryCache()
  private var languages = LanguagePrior()
  private var lastCurrency: (bytes: [UInt8], code: String?) = ([], nil)
  /// Where the title of the last product holds numbers with units.
  private(set) var titleQuantities: [Range<Int>] = []
  /// What stood where the last product should have a price, cut, if it could not be read.
  private(set) var unreadablePrice: String?

  init(mapping: ColumnMapping, currency: String?) {
    self.mapping = mapping
    roles = mapping.roles
    holdsSizes = mapping.columns.map(Self.holdsSizes)
    defaultCurrency = currency
    currencyColumn = mapping.roles.firstIndex(of: .field(.currency))
    identifierColumn = mapping.roles.firstIndex(of: .field(.id))
    let depth = (mapping.roles + mapping.furtherRoles.map(\.role)).reduce(0) { depth, role in
      if case .categoryLevel(let level) = role { return max(depth, level + 1) }
      return depth
    }
    levels = Array(repeating: nil, count: depth)
    hasFurtherRoles = !mapping.furtherRoles.isEmpty || !mapping.standIns.isEmpty
    attributeCount = Self.attributeCount(mapping.roles)
  }

  /// Room for the attributes of a product, two of them from its title.
  private static func attributeCount(_ roles: [ColumnMapping.Role]) -> Int {
    let own = roles.count { if case .attribute = $0 { true } else { false } }
    return min(own, 40) + 2
  }

  mutating func extend(to columns: [String]) {
    mapping.extend(to: columns)
    roles = mapping.roles
    holdsSizes = mapping.columns.map(Self.holdsSizes)
    attributeCount = Self.attributeCount(roles)
  }

  var currentMapping: ColumnMapping { mapping }

  /// Columns whose texts are searched for quantities, not only read as one.
  private static func holdsSizes(_ column: String) -> Bool {
    let name = column.lowercased()
    return [
      "size", "weight", "volume", "capacity", "dimension", "package", "spec", "net content", "规格",
      "容量", "重量", "尺寸", "净含量", "净重", "体积", "包装", "規格", "淨重",
    ].contains { name.contains($0) }
  }

  /// Fills `product` (empty before) and `issues` from a record.
  /// - Returns: Why the row cannot be taken, `nil` when all is well.
  mutating func build(
    _ record: FeedRecord, into product: inout Product, _ issues: inout ProductIssues
  ) -> Refusal? {
    unreadablePrice = nil
    let currency = currency(of: record, &issues)
    let count = min(record.fields.count, roles.count)
    product.attributes.reserveCapacity(attributeCount)
    for index in 0..<count {
      let field = record.fields[index]
      guard field.baseAddress != nil, !field.isEmpty else { continue }
      switch roles[index] {
      case .field(let role): set(role, field, currency, &product, &issues)
      case .categoryLevel(let level): levels[level] = TextCleaner.clean(field)
      case .attribute(let name):
        guard let value = AttributeReader.read(field) else { continue }
        product.attributes.append(Attribute(name: name, value: value))
        if holdsSizes[index], case .text(let text) = value {
          addQuantities(in: text, prefix: name, to: &product)
        }
      case .ignored: continue
      }
    }
    if hasFurtherRoles { takeFurtherRoles(record, currency, &product, &issues) }
    if !levels.isEmpty { takeLevels(&product) }
    if mapping.numbersRows { product.id = String(record.line) }
    return finish(&product)
  }

  /// The second roles of columns, then those that stand in for a field without a value.
  private mutating func takeFurtherRoles(
    _ record: FeedRecord, _ currency: String?, _ product: inout Product,
    _ issues: inout ProductIssues
  ) {
    let count = min(record.fields.count, roles.count)
    for further in mapping.furtherRoles where further.column < count {
      let field = record.fields[further.column]
      guard field.baseAddress != nil, !field.isEmpty else { continue }
      switch further.role {
      case .field(let role): set(role, field, currency, &product, &issues)
      case .categoryLevel(let level): levels[level] = TextCleaner.clean(field)
      case .attribute, .ignored: continue
      }
    }
    for standIn in mapping.standIns where standIn.column < count {
      let field = record.fields[standIn.column]
      guard case .field(let role) = standIn.role, field.baseAddress != nil, !field.isEmpty,
        !product.has(role)
      else { continue }
      set(role, field, currency, &product, &issues)
    }
  }

  private mutating func finish(_ product: inout Product) -> Refusal? {
    if product.id.isEmpty {
      return Refusal(
        reason: .missingIdentifier, column: mapping.columns(for: .id).first,
        message: "The row has no identifier.")
    }
    if product.title.isEmpty {
      return Refusal(
        reason: .missingTitle, column: mapping.columns(for: .title).first,
        message: "The row has no title.")
    }
    if let sale = product.salePrice {
      if product.price == nil { product.price = sale }
      if sale == product.price { product.salePrice = nil }
    }
    addTitleQuantities(to: &product)
    if product.language == nil { product.language = languages.language(of: product) }
    return nil
  }

  @inline(__always)
  private mutating func set(
    _ role: ProductField, _ field: FieldBytes, _ currency: String?, _ product: inout Product,
    _ issues: inout ProductIssues
  ) {
    switch role {
    case .id: product.id = TextCleaner.clean(field) ?? ""
    case .title: product.title = TextCleaner.clean(field) ?? ""
    case .description: product.description = TextCleaner.clean(field)
    case .brand: product.brand = name(field)
    case .categories:
      if product.categories.isEmpty {
        product.categories = categories.paths(field)
      } else {
        for path in categories.paths(field) where !product.categories.contains(path) {
          product.categories.append(path)
        }
      }
    case .price: product.price = price(field, currency, &issues)
    case .salePrice: product.salePrice = price(field, currency, &issues)
    case .gtin:
      guard let text = TextCleaner.clean(field) else { return }
      let reading = TradeNumber.read(text)
      product.gtin = reading.number
      if !reading.isValid { issues.insert(.badGTIN) }
    case .mpn: product.mpn = TextCleaner.clean(field)
    case .itemGroup: product.itemGroup = TextCleaner.clean(field)
    case .link:
      let address = field.trimmed()
      product.link = MissingValue.matches(address) ? nil : address.text
    case .images:
      let images = ImageList.read(field)
      if product.imageLinks.isEmpty {
        product.imageLinks = images
      } else {
        product.imageLinks += images
      }
    case .availability:
      guard let text = TextCleaner.clean(field) else { return }
      product.availability = AvailabilityReader.read(text)
      if product.availability == nil { issues.insert(.unknownAvailability) }
    case .language: product.language = TextCleaner.clean(field)
    case .attributes: product.attributes += AttributeReader.pairs(field)
    case .currency: break
    }
  }

  /// A name, also when it stands in a schema.org object (`{"@type":"Brand","name":"X"}`).
  private func name(_ field: FieldBytes) -> String? {
    if field[0] == 0x7B, let name = JSONValue.parse(field)?.member("name")?.scalarText {
      return TextCleaner.clean(name)
    }
    return TextCleaner.clean(field)
  }

  private mutating func currency(of record: FeedRecord, _ issues: inout ProductIssues) -> String? {
    guard let currencyColumn, currencyColumn < record.fields.count else { return defaultCurrency }
    let field = record.fields[currencyColumn]
    if field.isEmpty { return defaultCurrency }
    // Nearly always the one of the row before.
    if lastCurrency.bytes.withUnsafeBytes({ $0.isSame(as: field) }) { return lastCurrency.code }
    guard let text = TextCleaner.clean(field) else { return defaultCurrency }
    guard let code = PriceReader.currency(text) else {
      issues.insert(.unknownCurrency)
      return defaultCurrency
    }
    lastCurrency = (Array(field), code)
    return code
  }

  private mutating func price(
    _ field: FieldBytes, _ currency: String?, _ issues: inout ProductIssues
  )
    -> Price?
  {
    if MissingValue.matches(field.trimmed()) { return nil }
    let reading = PriceReader.read(field, currency: currency)
    switch reading.issue {
    case .range: issues.insert(.priceRange)
    case .negative: issues.insert(.negativePrice)
    case .unreadable:
      issues.insert(.unreadablePrice)
      unreadablePrice = DisplayWidth.cut(
        Sentence.line(FieldBytes(rebasing: field.prefix(400)).text), to: 40)
    case nil: break
    }
    return reading.price
  }

  private mutating func takeLevels(_ product: inout Product) {
    var path: [String] = []
    path.reserveCapacity(levels.count)
    for index in levels.indices {
      if let name = levels[index], path.last != name { path.append(name) }
      levels[index] = nil
    }
    if !path.isEmpty { product.categories.append(path) }
  }

  private let provenance: [Quantity.Dimension: String] = Dictionary(
    uniqueKeysWithValues: Quantity.Dimension.allCases.map { ($0, "title." + $0.rawValue) })

  /// Adds the quantities of a text under `prefix.dimension`: where they were read stays visible.
  private func addQuantities(in text: String, prefix: String, to product: inout Product) {
    guard text.utf8.contains(where: \.isDigit) else { return }
    for quantity in QuantityReader.find(in: text) {
      product.attributes.append(
        Attribute(name: prefix + "." + quantity.dimension.rawValue, value: .quantity(quantity)))
    }
  }

  private mutating func addTitleQuantities(to product: inout Product) {
    titleQuantities.removeAll(keepingCapacity: true)
    var title = product.title
    title.withUTF8 { bytes in
      let quantities = QuantityReader.find(in: FieldBytes(bytes), spans: &titleQuantities)
      for quantity in quantities {
        product.attributes.append(
          Attribute(
            name: provenance[quantity.dimension] ?? "title", value: .quantity(quantity)))
      }
    }
  }
}

extension Product {
  /// Whether a single-valued field has a value.
  fileprivate func has(_ field: ProductField) -> Bool {
    switch field {
    case .id: !id.isEmpty
    case .title: !title.isEmpty
    case .description: description != nil
    case .brand: brand != nil
    case .categories: !categories.isEmpty
    case .price: price != nil
    case .salePrice: salePrice != nil
    case .gtin: gtin != nil
    case .mpn: mpn != nil
    case .itemGroup: itemGroup != nil
    case .link: link != nil
    case .images: !imageLinks.isEmpty
    case .availability: availability != nil
    case .language: language != nil
    case .currency, .attributes: true
    }
  }
}
