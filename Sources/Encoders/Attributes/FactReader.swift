public import AkinCatalogue
internal import AkinText

/// Reads ``ProductFacts`` from products, by rules for numbers, units, colours and model numbers and
/// by the brands that a catalogue taught.
///
/// Keeps the state of native libraries: one thread at a time may use one. O(length of the texts).
public final class FactReader {
  let analyser: TextAnalyser
  let brands: BrandLexicon
  private var analysed = AnalysedText()

  /// A reader that knows `brands`.
  ///
  /// - Throws: ``EncoderError`` `missingFile` where the data of ICU or OpenCC is not installed.
  public init(brands: BrandLexicon = BrandLexicon()) throws(EncoderError) {
    analyser = try Self.makeAnalyser()
    self.brands = brands
  }

  static func makeAnalyser() throws(EncoderError) -> TextAnalyser {
    do { return try TextAnalyser() } catch {
      throw EncoderError(.missingFile, String(describing: error))
    }
  }

  /// The facts of a product.
  public func read(_ product: Product) -> ProductFacts {
    var facts = ProductFacts()
    read(title: product.title, into: &facts)
    if let part = product.mpn, let model = Self.joined(analyser.folded(part)) {
      facts.models.append(model)
    }
    if let cell = product.brand, let name = BrandLexicon.names(in: cell, analyser).first {
      facts.brand = brands.key(ofFolded: name)
      facts.isBrandGuessed = false
    }
    for attribute in product.attributes { read(attribute, into: &facts) }
    if let description = product.description {
      facts.mentioned = QuantityReader.find(in: description)
    }
    facts.price = [product.salePrice, product.price].compactMap { $0 }.first { $0.amount > 0 }
    facts.barcode = product.gtin
    facts.group = product.itemGroup
    facts.category = product.categories.first?.map(analyser.folded) ?? []
    facts.tidy()
    return facts
  }

  /// The facts of a bare title or query.
  public func read(title: String) -> ProductFacts {
    var facts = ProductFacts()
    read(title: title, into: &facts)
    facts.tidy()
    return facts
  }

  // MARK: Titles

  private func read(title: String, into facts: inout ProductFacts) {
    var spans: [Range<Int>] = []
    let quantities = title.withFieldBytes { QuantityReader.find(in: $0, spans: &spans) }
    facts.quantities.append(contentsOf: quantities)
    analyser.analyse(title, into: &analysed)
    let tokens = TitleTokens(analysed, quantities: spans).tokens
    for (place, token) in tokens.enumerated() {
      guard !token.isQuantity else { continue }
      switch token.kind {
      case .number:
        readNumber(token, after: place > 0 ? tokens[place - 1] : nil, into: &facts)
      case .compound: Self.readCompound(token.text, into: &facts)
      case .word: facts.colours.formUnion(Colours.named(token.text))
      case .unspaced: break
      }
    }
    for (index, term) in analysed.terms.enumerated() where term.kind == .adjacent {
      facts.joined.append(analysed.text(index))
    }
    let folded = analyser.folded(title)
    if folded.utf8.contains(where: { $0 >= 0xE4 }) {
      facts.colours.formUnion(Colours.running(folded))
    }
    facts.target = Self.target(in: folded)
    if let brand = brand(in: folded) {
      facts.brand = brand
      facts.isBrandGuessed = true
    }
  }

  private func readNumber(
    _ token: TitleTokens.Token, after previous: TitleTokens.Token?, into facts: inout ProductFacts
  ) {
    guard let value = DecimalText.parse(token.text) else { return }
    let digits = token.text.utf8.count
    if digits >= 5, !token.text.contains(".") {
      facts.models.append(token.text)
      return
    }
    if digits == 4, (1980...2039).contains(value) { facts.years.append(value) }
    facts.numbers.append(value)
    if let previous, !previous.isQuantity, previous.kind == .word || previous.kind == .unspaced {
      facts.series.append(.init(name: previous.text, number: value))
    }
  }

  /// `s21` and `cs3` are members of a series; longer ones are model numbers, some are both.
  static func readCompound(_ text: String, into facts: inout ProductFacts) {
    guard text.utf8.contains(where: \.isASCIIDigit) else { return }
    let letters = text.prefix { !$0.isNumber }
    let digits = text.dropFirst(letters.count)
    let isPlain = digits.utf8.allSatisfy { $0.isASCIIDigit || $0 == 0x2E }
    if isPlain, digits.utf8.count <= 3, !letters.isEmpty,
      let number = DecimalText.parse(String(digits))
    {
      facts.series.append(.init(name: String(letters), number: number))
      facts.numbers.append(number)
    }
    if text.utf8.count >= 5, let model = joined(text) { facts.models.append(model) }
  }

  /// Letters and digits alone, at least one digit among them: how model numbers compare.
  static func joined(_ text: String) -> String? {
    let joined = String(text.filter { $0.isLetter || $0.isNumber })
    guard joined.count >= 3, joined.contains(where: \.isNumber) else { return nil }
    return joined
  }

  /// Marks before what a product is made for, and marks behind it, as bytes.
  private static let marksBefore = [
    " for ", " fits ", " compatible with ", " fur ", " pour ", " para ", "适用于", "适用", "兼容",
    "适配",
  ].map { Array($0.utf8) }
  private static let marksBehind = ["专用", "通用"].map { Array($0.utf8) }

  /// What stands behind `for`, `适用`, `compatible with` … in a folded title.
  private static func target(in folded: String) -> String? {
    folded.withFieldBytes { bytes in
      for start in bytes.indices where bytes[start] == 0x20 || bytes[start] >= 0xE4 {
        let rest = bytes[start...]
        for mark in marksBefore where rest.count > mark.count && rest.starts(with: mark) {
          return String(decoding: rest.dropFirst(mark.count), as: UTF8.self)
        }
        for mark in marksBehind where start > 0 && rest.starts(with: mark) {
          return String(decoding: bytes[..<start], as: UTF8.self)
        }
      }
      return nil
    }
  }

  // MARK: Brands

  /// The first brand of the lexicon in a folded title, the longest where several begin together.
  private func brand(in folded: String) -> String? {
    guard brands.count > 0 else { return nil }
    let words = folded.split(separator: " ")
    for start in words.indices {
      guard brands.mayBegin(words[start]) else { continue }
      for length in stride(from: min(brands.reach, words.count - start), to: 0, by: -1) {
        let phrase = words[start..<start + length].joined(separator: " ")
        if let key = brands.known(phrase) { return key }
      }
      if let key = unspacedBrand(in: words[start]) { return key }
    }
    return nil
  }

  /// A brand inside a word of a script without blanks.
  private func unspacedBrand(in word: Substring) -> String? {
    guard word.contains(where: \.isBeyondLatin) else { return nil }
    let characters = Array(word)
    for start in characters.indices where characters[start].isBeyondLatin {
      for length in stride(from: min(6, characters.count - start), to: 1, by: -1) {
        if let key = brands.known(String(characters[start..<start + length])) { return key }
      }
    }
    return nil
  }
}

extension UInt8 {
  var isASCIIDigit: Bool { self &- 0x30 < 10 }
}

extension ProductFacts {
  /// Sorts what is compared as sets and drops repetitions.
  mutating func tidy() {
    models = Set(models).sorted()
    joined = Set(joined).sorted()
    numbers = Set(numbers).sorted()
    years = Set(years).sorted()
    series = Set(series).sorted { ($0.name, $0.number) < ($1.name, $1.number) }
    var kept: [Quantity] = []
    for quantity in quantities
    where !kept.contains(where: { $0.dimension == quantity.dimension && $0.value == quantity.value }
    ) {
      kept.append(quantity)
    }
    quantities = kept
    named.sort { $0.name < $1.name }
  }
}

extension Character {
  /// Whether it may be of a script without blanks.
  fileprivate var isBeyondLatin: Bool { (unicodeScalars.first?.value ?? 0) >= 0x3000 }
}
