internal import AkinCatalogue
internal import AkinText

/// Hands out what a product is found by: words, quantities, filters, each with its field.
///
/// One thread at a time may use one.
final class ProductTerms {
  let analyser: TextAnalyser
  private var text = AnalysedText()

  /// A term, how much of a whole word it is, and the number of its field.
  typealias Sink = (_ term: UnsafeRawBufferPointer, _ weight: Float, _ field: Int) -> Void

  init(_ analyser: TextAnalyser) { self.analyser = analyser }

  /// Calls `term` for each occurrence and `word` for each word as it is spelt; returns the lengths
  /// of the fields.
  func visit(
    _ product: Product, term: Sink, word: (String, Int, Bool) -> Void
  ) -> [Int] {
    var lengths = [0, 0, 0, 0, 0]
    func add(_ content: String, _ field: Int) {
      lengths[field] += visit(content, field, term, word)
    }
    add(product.title, 0)
    if let brand = product.brand { add(brand, 1) }
    // A level that several paths share is said once.
    var levels: Set<String> = []
    for path in product.categories {
      for level in path where levels.insert(level).inserted { add(level, 2) }
    }
    for attribute in product.attributes where !attribute.isOfTitle {
      add(Self.written(attribute.value), 3)
    }
    for code in [product.mpn, product.gtin, product.id].compactMap(\.self) { add(code, 3) }
    if let description = product.description { add(description, 4) }
    quantities(of: product, term)
    return lengths
  }

  private func visit(
    _ content: String, _ field: Int, _ term: Sink, _ word: (String, Int, Bool) -> Void
  ) -> Int {
    analyser.analyse(content, into: &text)
    text.bytes.withUnsafeBytes { bytes in
      for found in text.terms {
        guard let weight = Self.weight(of: found, field: field) else { continue }
        term(Self.part(bytes, found.range), weight, field)
        if found.kind == .word || found.isWholeWord, found.surface.count >= 3 {
          let surface = Self.part(bytes, found.surface)
          if found.isUnspaced || surface.allSatisfy({ $0 | 0x20 >= 0x61 || $0 >= 0x80 }) {
            word(String(decoding: surface, as: UTF8.self), field, found.isUnspaced)
          }
        }
      }
    }
    if field < 3 { shortRuns { word($0, field, true) } }
    return Int(text.tokens)
  }

  /// Runs of Chinese of up to four characters that the dictionary cuts: 充电宝 is 充电 and 宝 to it.
  private func shortRuns(_ body: (String) -> Void) {
    var run: (text: String, tokens: Int, end: Int32) = ("", 0, -1)
    func close() {
      if run.tokens > 1, run.text.unicodeScalars.count <= 4 { body(run.text) }
    }
    for (index, term) in text.terms.enumerated() where term.isWholeWord {
      if term.source.lowerBound != run.end {
        close()
        run = ("", 0, 0)
      }
      run = (run.text + text.text(index), run.tokens + 1, term.source.upperBound)
    }
    close()
  }

  private static let accessoryWords: Set<String> = [
    "accessory", "accessories", "supplies", "spare", "parts", "zubehör", "zubehor", "accessoires",
    "accesorios",
  ]

  /// Whether a category says that the product belongs to another one.
  func isAccessory(_ product: Product) -> Bool {
    product.categories.contains { path in
      path.contains { level in
        level.contains("配件") || level.contains("アクセサリ")
          || level.lowercased().split { !$0.isLetter }.contains {
            Self.accessoryWords.contains(String($0))
          }
      }
    }
  }

  private static func part(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int32>)
    -> UnsafeRawBufferPointer
  {
    UnsafeRawBufferPointer(rebasing: bytes[Int(range.lowerBound)..<Int(range.upperBound)])
  }

  /// How much of a word a term is; `nil` where it is not kept.
  private static func weight(of term: AnalysedTerm, field: Int) -> Float? {
    switch term.kind {
    case .word, .number, .compound, .dictionaryWord: 1
    case .part: 0.5
    case .adjacent: 0.5
    case .bigram: term.isWholeWord ? 1 : 0.6
    case .crossing: 0.5
    // Single characters of a description match everything.
    case .character: term.isWholeWord ? 1 : field == 4 ? nil : 0.3
    }
  }

  private func quantities(of product: Product, _ term: Sink) {
    func add(_ quantity: Quantity, _ field: Int) {
      IndexKeys.quantity(quantity).withFieldBytes { term($0, 1, field) }
    }
    for quantity in QuantityReader.find(in: product.title) { add(quantity, 0) }
    for attribute in product.attributes where !attribute.isOfTitle {
      switch attribute.value {
      case .quantity(let quantity): add(quantity, 3)
      case .text(let text): for quantity in QuantityReader.find(in: text) { add(quantity, 3) }
      case .list, .number, .boolean: break
      }
    }
    if let description = product.description {
      for quantity in QuantityReader.find(in: description) { add(quantity, 4) }
    }
  }

  /// The value as the shop wrote it; empty for a flag, which is no word.
  static func written(_ value: AttributeValue) -> String {
    switch value {
    case .text(let text): text
    case .number(let number):
      number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    case .quantity(let quantity): quantity.written
    case .boolean: ""
    case .list(let values): values.joined(separator: ", ")
    }
  }

  /// What the product can be filtered and counted by: field, value, further values that a filter
  /// may name.
  func facets(of product: Product) -> [(field: String, value: String, aliases: [String])] {
    var facets: [(field: String, value: String, aliases: [String])] = []
    if let brand = product.brand { facets.append(("brand", brand, [])) }
    var seen: Set<String> = []
    for path in product.categories {
      for end in path.indices {
        let value = path[...end].joined(separator: " > ")
        if seen.insert(value).inserted { facets.append(("category", value, [path[end]])) }
      }
    }
    if let availability = product.availability {
      facets.append(("availability", availability.rawValue, []))
    }
    if let currency = (product.salePrice ?? product.price)?.currency {
      facets.append(("currency", currency, []))
    }
    for attribute in product.attributes where !attribute.isOfTitle {
      let name = analyser.folded(attribute.name)
      for value in Self.values(attribute.value) where !value.isEmpty && value.utf8.count <= 48 {
        facets.append((name, value, []))
      }
    }
    return facets
  }

  private static func values(_ value: AttributeValue) -> [String] {
    switch value {
    case .list(let values): values
    case .boolean(let flag): [flag ? "true" : "false"]
    default: [written(value)]
    }
  }
}
