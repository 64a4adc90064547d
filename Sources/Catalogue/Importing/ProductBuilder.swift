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
  enum Outcome {
    case product(Product, ProductIssues)
    case refused(RejectReason, column: String?, message: String)
  }

  private var mapping: ColumnMapping
  private var roles: [ColumnMapping.Role]
  private var holdsSizes: [Bool]
  private let defaultCurrency: String?
  private let currencyColumn: Int?
  private var levels: [String?]
  private var categories = CategoryCache()

  init(mapping: ColumnMapping, currency: String?) {
    self.mapping = mapping
    roles = mapping.roles
    holdsSizes = mapping.columns.map(Self.holdsSizes)
    defaultCurrency = currency
    currencyColumn = mapping.roles.firstIndex(of: .field(.currency))
    let depth = (mapping.roles + mapping.furtherRoles.map(\.role)).reduce(0) { depth, role in
      if case .categoryLevel(let level) = role { return max(depth, level + 1) }
      return depth
    }
    levels = Array(repeating: nil, count: depth)
  }

  mutating func extend(to columns: [String]) {
    mapping.extend(to: columns)
    roles = mapping.roles
    holdsSizes = mapping.columns.map(Self.holdsSizes)
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

  mutating func build(_ record: FeedRecord) -> Outcome {
    var product = Product(id: "", title: "")
    var issues: ProductIssues = []
    let currency = currency(of: record, &issues)
    let count = min(record.fields.count, roles.count)
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
    for further in mapping.furtherRoles where further.column < count {
      let field = record.fields[further.column]
      guard field.baseAddress != nil, !field.isEmpty else { continue }
      switch further.role {
      case .field(let role): set(role, field, currency, &product, &issues)
      case .categoryLevel(let level): levels[level] = TextCleaner.clean(field)
      case .attribute, .ignored: continue
      }
    }
    if !levels.isEmpty { takeLevels(&product) }
    if mapping.numbersRows { product.id = String(record.line) }
    return finish(product, issues)
  }

  private func finish(_ built: Product, _ issues: ProductIssues) -> Outcome {
    if built.id.isEmpty {
      return .refused(
        .missingIdentifier, column: mapping.columns(for: .id).first,
        message: "The row has no identifier.")
    }
    if built.title.isEmpty {
      return .refused(
        .missingTitle, column: mapping.columns(for: .title).first, message: "The row has no title.")
    }
    var product = built
    if product.price == nil, let sale = product.salePrice {
      product.price = sale
      product.salePrice = nil
    } else if product.salePrice == product.price {
      product.salePrice = nil
    }
    addQuantities(in: product.title, prefix: "title", to: &product)
    if product.language == nil {
      product.language =
        LanguageDetector.detect(product.title)
        ?? product.description.flatMap(LanguageDetector.detect)
    }
    return .product(product, issues)
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
      let paths = categories.paths(field)
      if product.categories.isEmpty {
        product.categories = paths
      } else {
        for path in paths where !product.categories.contains(path) {
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
    case .images: product.imageLinks += ImageList.read(field)
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

  private func currency(of record: FeedRecord, _ issues: inout ProductIssues) -> String? {
    guard let currencyColumn, currencyColumn < record.fields.count,
      let text = TextCleaner.clean(record.fields[currencyColumn])
    else { return defaultCurrency }
    guard let code = PriceReader.currency(text) else {
      issues.insert(.unknownCurrency)
      return defaultCurrency
    }
    return code
  }

  private func price(_ field: FieldBytes, _ currency: String?, _ issues: inout ProductIssues)
    -> Price?
  {
    if MissingValue.matches(field.trimmed()) { return nil }
    let reading = PriceReader.read(field, currency: currency)
    switch reading.issue {
    case .range: issues.insert(.priceRange)
    case .negative: issues.insert(.negativePrice)
    case .unreadable: issues.insert(.unreadablePrice)
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

  private static let provenance: [Quantity.Dimension: String] = Dictionary(
    uniqueKeysWithValues: Quantity.Dimension.allCases.map { ($0, "title." + $0.rawValue) })

  /// Adds the quantities of a text under `prefix.dimension`: where they were read stays visible.
  private func addQuantities(in text: String, prefix: String, to product: inout Product) {
    guard text.utf8.contains(where: \.isDigit) else { return }
    for quantity in QuantityReader.find(in: text) {
      let name =
        prefix == "title"
        ? Self.provenance[quantity.dimension] ?? "title"
        : prefix + "." + quantity.dimension.rawValue
      product.attributes.append(Attribute(name: name, value: .quantity(quantity)))
    }
  }
}

/// Values of columns that are no field of ``Product``, typed one by one.
enum AttributeReader {
  /// Numbers without leading zeros (those are codes), `true` and `false` (also `yes`, `no`, 是,
  /// 否), quantities, JSON arrays of names; everything else is text. `nil` for a missing value.
  static func read(_ field: FieldBytes) -> AttributeValue? {
    let bytes = field.trimmed()
    guard let first = bytes.first else { return nil }
    if first.isDigit || first == 0x2D || first == 0x2E {
      let isCode =
        bytes.count > 15 || (first == 0x30 && bytes.count > 1 && bytes[1].isDigit)
      if !isCode, let number = DecimalText.parse(bytes) { return .number(number) }
      if let quantity = QuantityReader.whole(bytes) { return .quantity(quantity) }
    }
    if first == 0x5B, case .array(let elements)? = JSONValue.parse(bytes) {
      let names = elements.compactMap(\.scalarText)
      if names.isEmpty && elements.isEmpty { return nil }
      if names.count == elements.count { return .list(names.compactMap { TextCleaner.clean($0) }) }
    }
    if bytes.count <= 5, let flag = boolean(bytes) { return .boolean(flag) }
    return TextCleaner.clean(bytes).map(AttributeValue.text)
  }

  private static func boolean(_ bytes: FieldBytes) -> Bool? {
    switch bytes[0] {
    case 0x54, 0x74, 0x46, 0x66, 0x59, 0x79, 0x6E, 0xE6, 0xE5: break
    default: return nil
    }
    switch bytes.text {
    case "true", "True", "TRUE", "yes", "Yes", "是": return true
    case "false", "False", "FALSE", "no", "否": return false
    default: return nil
    }
  }

  /// Attributes of a JSON list: pairs `["颜色","黑"]`, objects with name and value, or one object.
  static func pairs(_ field: FieldBytes) -> [Attribute] {
    guard let value = JSONValue.parse(field.trimmed()) else {
      guard let text = TextCleaner.clean(field) else { return [] }
      return [Attribute(name: "attributes", value: .text(text))]
    }
    switch value {
    case .object(let members): return members.compactMap { attribute($0.0, $0.1) }
    case .array(let elements):
      return elements.compactMap { element in
        if case .array(let pair) = element, pair.count == 2, let name = pair[0].scalarText {
          return attribute(name, pair[1])
        }
        guard let name = element.member("name", "key", "propertyid", "属性名")?.scalarText,
          let value = element.member("value", "val", "values", "属性值")
        else { return nil }
        return attribute(name, value)
      }
    default: return []
    }
  }

  private static func attribute(_ name: String, _ value: JSONValue) -> Attribute? {
    guard let name = TextCleaner.clean(name) else { return nil }
    if case .array(let elements) = value {
      let texts = elements.compactMap(\.scalarText).compactMap { TextCleaner.clean($0) }
      return texts.isEmpty ? nil : Attribute(name: name, value: .list(texts))
    }
    return value.scalarText.flatMap { text in
      text.withFieldBytes { read($0) }.map { Attribute(name: name, value: $0) }
    }
  }
}
