import Foundation

/// Gathers what the quality report needs while products stream by: about 40 bytes each.
struct QualityCollector {
  struct Facts {
    var filled: UInt16 = 0
    var issues: ProductIssues = []
    var suspicions: Suspicions = []
    var language: UInt8 = 0
    var currency: UInt8 = 0
    var titleLength: UInt16 = 0
    var category: UInt32 = 0
    /// Natural logarithm of the price; `nan` without one.
    var logPrice: Float = .nan
    var firstAttribute: UInt32 = 0
    var attributeCount: UInt16 = 0
    /// The valid bar code as a number, so that a UPC and its EAN are one; 0 without one.
    var gtin: UInt64 = 0
  }

  struct Suspicions: OptionSet {
    let rawValue: UInt8
    static let zero = Suspicions(rawValue: 1)
    static let one = Suspicions(rawValue: 2)
    static let placeholder = Suspicions(rawValue: 4)
    static let saleAbove = Suspicions(rawValue: 8)
    static let mojibake = Suspicions(rawValue: 16)
  }

  private(set) var facts: [Facts] = []
  /// What stood in place of a price, of the first products where none could be read.
  private(set) var unreadablePrices: [Int: String] = [:]
  private var attributeIndices: [UInt32] = []
  private var attributeNames = NameTable<String>()
  /// Beside ``attributeNames``: hash of a name that tells variants apart, `nil` for another one.
  private var identifying: [UInt32?] = []
  private var identifyingNow: [(name: UInt32, attribute: Int)] = []
  private var categoryNames = NameTable<[String]>()
  private var languageNames = NameTable<String>()
  private var currencyNames = NameTable<String>()
  private var files: [QualityReport.File] = []
  private var exactDuplicates = 0
  private var exactExamples: [Int] = []
  private let findsNearDuplicates: Bool
  private var near = NearDuplicateFinder()
  private var titles: [String] = []
  /// Of the file that is being read.
  private var rows = 0
  private var products = 0

  init(findsNearDuplicates: Bool) { self.findsNearDuplicates = findsNearDuplicates }

  static let fieldNames = [
    "description", "brand", "categories", "price", "sale_price", "gtin", "mpn", "item_group",
    "link",
    "images", "availability", "language",
  ]

  // MARK: Gathering

  mutating func begin(file: String, format: String, encoding: String?) {
    files = filesSoFar
    (rows, products) = (0, 0)
    files.append(
      QualityReport.File(
        name: file, format: format, encoding: encoding, rows: 0, products: 0, rejects: [:],
        mapping: []))
  }

  /// What the columns of the file that is being read are taken for.
  mutating func setMapping(_ mapping: ColumnMapping?) {
    files[files.count - 1].mapping = mapping?.summary ?? []
  }

  @inline(__always)
  mutating func countRow() { rows &+= 1 }

  private var filesSoFar: [QualityReport.File] {
    var result = files
    guard !result.isEmpty else { return result }
    result[result.count - 1].rows = rows
    result[result.count - 1].products = products
    return result
  }

  mutating func countReject(_ reason: RejectReason) {
    files[files.count - 1].rejects[reason.rawValue, default: 0] += 1
  }

  /// Takes the facts of a product; `quantities` is where its title holds numbers with units.
  mutating func record(
    _ product: Product, _ issues: ProductIssues, quantities: [Range<Int>],
    unreadablePrice: String? = nil, ordinal: Int, replaces: Bool
  ) {
    products &+= 1
    var fact = Facts()
    fact.filled = Self.filled(product)
    fact.issues = issues
    let titleLength = Self.length(of: product.title)
    fact.titleLength = UInt16(clamping: titleLength)
    if let language = product.language {
      fact.language = UInt8(clamping: languageNames.index(of: language) + 1)
    }
    if let path = product.categories.first {
      fact.category = UInt32(categoryNames.index(of: path) + 1)
    }
    if let price = product.price {
      if price.amount > 0 { fact.logPrice = Float(log(price.amount)) }
      if let code = price.currency {
        fact.currency = UInt8(clamping: currencyNames.index(of: code) + 1)
      }
      fact.suspicions = Self.suspicions(price, product.salePrice)
    }
    // As many characters as bytes: nothing beyond ASCII that could be wrongly decoded.
    if titleLength != product.title.utf8.count, Mojibake.isLikely(product.title) {
      fact.suspicions.insert(.mojibake)
    }
    if !issues.contains(.badGTIN), let gtin = product.gtin { fact.gtin = Self.number(gtin) }
    if let unreadablePrice, unreadablePrices.count < 100 {
      unreadablePrices[ordinal] = unreadablePrice
    }
    recordAttributes(of: product, &fact)
    if replaces {
      exactDuplicates += 1
      if exactExamples.count < 5, !exactExamples.contains(ordinal) { exactExamples.append(ordinal) }
      facts[ordinal] = fact
      titles[ordinal] = product.title
    } else {
      facts.append(fact)
      titles.append(product.title)
    }
    guard findsNearDuplicates else { return }
    near.set(product, at: ordinal, quantities: quantities, identifying: identifyingNow)
  }

  @inline(__always)
  private mutating func recordAttributes(of product: Product, _ fact: inout Facts) {
    fact.firstAttribute = UInt32(attributeIndices.count)
    fact.attributeCount = UInt16(clamping: product.attributes.count)
    identifyingNow.removeAll(keepingCapacity: true)
    for position in 0..<Int(fact.attributeCount) {
      let name = product.attributes[position].name
      let index = attributeNames.index(of: name)
      attributeIndices.append(UInt32(index))
      if index == identifying.count {
        let key = HeaderName.key(name)
        identifying.append(
          IdentifyingAttributes.keys.contains(key)
            ? UInt32(truncatingIfNeeded: TextHash.of(key) >> 32) : nil)
      }
      if let name = identifying[index] { identifyingNow.append((name, position)) }
    }
  }

  @inline(__always)
  private static func length(of title: String) -> Int {
    // Characters, but without the cost of grapheme breaking for plain ones.
    var scalars = 0
    for byte in title.utf8 where byte & 0xC0 != 0x80 { scalars &+= 1 }
    return scalars
  }

  private static func number(_ gtin: String) -> UInt64 { UInt64(gtin) ?? TextHash.of(gtin) }

  private static func filled(_ product: Product) -> UInt16 {
    var bits: UInt16 = 0
    if product.description != nil { bits |= 1 }
    if product.brand != nil { bits |= 2 }
    if !product.categories.isEmpty { bits |= 4 }
    if product.price != nil { bits |= 8 }
    if product.salePrice != nil { bits |= 16 }
    if product.gtin != nil { bits |= 32 }
    if product.mpn != nil { bits |= 64 }
    if product.itemGroup != nil { bits |= 128 }
    if product.link != nil { bits |= 256 }
    if !product.imageLinks.isEmpty { bits |= 512 }
    if product.availability != nil { bits |= 1024 }
    if product.language != nil { bits |= 2048 }
    return bits
  }

  private static func suspicions(_ price: Price, _ sale: Price?) -> Suspicions {
    var result: Suspicions = []
    switch price.amount {
    case 0: result.insert(.zero)
    case 0.01, 1: result.insert(.one)
    case 999, 9999, 99_999, 999_999, 9999.99, 99_999.99, 8888, 88_888, 123_456, 12_345:
      if price.amount != 999 { result.insert(.placeholder) }
    default: break
    }
    if let sale, sale.amount > price.amount { result.insert(.saleAbove) }
    return result
  }

  // MARK: Reporting

  func report(identifiers: [String]) -> QualityReport {
    var report = QualityReport()
    report.files = filesSoFar
    report.products = facts.count
    report.exactDuplicates = exactDuplicates
    let example = { (ordinal: Int, note: String?) in
      QualityReport.Example(
        id: identifiers[ordinal], title: titles[ordinal], note: note)
    }
    report.exactDuplicateExamples = exactExamples.map { example($0, nil) }
    addFillRates(to: &report)
    report.languages = counts(languageNames) { Int($0.language) }
    report.currencies = counts(currencyNames) { Int($0.currency) }
    let categories = counts(categoryNames) { Int($0.category) }
    report.categoryPaths = categories.count
    report.categories = Array(categories.prefix(50))
    report.titleLengths = titleLengths()
    addFindings(to: &report, example)
    guard findsNearDuplicates else { return report }
    let groups = nearDuplicateGroups()
    report.nearDuplicateGroups = groups.count
    report.nearDuplicateProducts = groups.reduce(0) { $0 + $1.count }
    report.nearDuplicates = groups.prefix(20).map { group in
      QualityReport.DuplicateGroup(
        size: group.count, examples: group.prefix(5).map { example($0, nil) })
    }
    return report
  }

  func nearDuplicateGroups() -> [[Int]] { near.groups(titles: titles) }

  private func share(_ count: Int) -> Double {
    facts.isEmpty ? 0 : Double(count) / Double(facts.count)
  }

  private func addFillRates(to report: inout QualityReport) {
    var fields = [Int](repeating: 0, count: Self.fieldNames.count)
    var attributes = [Int](repeating: 0, count: attributeNames.names.count)
    var lastSeen = [Int](repeating: -1, count: attributes.count)
    for (ordinal, fact) in facts.enumerated() {
      for bit in fields.indices where fact.filled & 1 << UInt16(bit) != 0 { fields[bit] += 1 }
      let start = Int(fact.firstAttribute)
      for index in attributeIndices[start..<start + Int(fact.attributeCount)]
      where lastSeen[Int(index)] != ordinal {
        lastSeen[Int(index)] = ordinal
        attributes[Int(index)] += 1
      }
    }
    let always = ["id", "title"].map {
      QualityReport.Fill(name: $0, products: facts.count, share: facts.isEmpty ? 0 : 1)
    }
    report.fields =
      always
      + zip(Self.fieldNames, fields).map {
        QualityReport.Fill(name: $0, products: $1, share: share($1))
      }
    let filled = zip(attributeNames.names, attributes).filter { $0.1 > 0 }
    report.attributeNames = filled.count
    report.attributes = filled.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(100).map {
      QualityReport.Fill(name: $0.0, products: $0.1, share: share($0.1))
    }
  }

  private func counts<Name>(_ table: NameTable<Name>, _ index: (Facts) -> Int)
    -> [QualityReport.Count]
  {
    var counts = [Int](repeating: 0, count: table.names.count + 1)
    for fact in facts { counts[min(index(fact), table.names.count)] += 1 }
    return zip(table.names, counts.dropFirst()).filter { $0.1 > 0 }
      .map { name, count in
        let text = (name as? [String])?.joined(separator: " > ") ?? "\(name)"
        return QualityReport.Count(name: text, products: count)
      }
      .sorted { ($1.products, $0.name) < ($0.products, $1.name) }
  }

  private func titleLengths() -> QualityReport.TitleLengths {
    var counts = [Int](repeating: 0, count: Int(UInt16.max) + 1)
    var sum = 0
    for fact in facts {
      counts[Int(fact.titleLength)] += 1
      sum += Int(fact.titleLength)
    }
    guard let first = counts.firstIndex(where: { $0 > 0 }),
      let last = counts.lastIndex(where: { $0 > 0 })
    else { return .init() }
    var median = first
    var passed = counts[first]
    while passed <= facts.count / 2 {
      median += 1
      passed += counts[median]
    }
    let mean = Double(sum) / Double(facts.count)
    return QualityReport.TitleLengths(
      shortest: first, median: median, mean: (mean * 10).rounded() / 10, longest: last)
  }
}
