internal import AkinCatalogue
internal import AkinText

/// Learns from a catalogue which brands are one under two names, such as 苹果 and Apple.
///
/// Evidence is what can hardly be otherwise: one bar code, part number or variant group with two
/// brands, or both names joined in a title or brand cell (`Samsung/三星`, `索尼(SONY)`). One name
/// must be Chinese and the other not: two brands in one script are two brands.
struct BrandAliases {
  private let analyser: TextAnalyser
  private var brandOfCode: [String: String] = [:]
  private var pairs: Set<[String]> = []
  /// A folded name as shops write it.
  private var written: [String: String] = [:]

  init(analyser: TextAnalyser) { self.analyser = analyser }

  mutating func add(_ product: Product) {
    if let brand = product.brand {
      let key = analyser.folded(brand)
      note(key, brand)
      for code in codes(of: product) {
        if let other = brandOfCode[code] { pair(other, key) } else { brandOfCode[code] = key }
      }
      joined(brand)
    }
    joined(product.title)
  }

  private func codes(of product: Product) -> [String] {
    var codes: [String] = []
    if let gtin = product.gtin { codes.append("g\(gtin)") }
    if let mpn = product.mpn, mpn.utf8.count >= 5 { codes.append("m\(analyser.folded(mpn))") }
    if let group = product.itemGroup { codes.append("i\(group)") }
    return codes
  }

  private mutating func note(_ key: String, _ name: String) {
    if written[key] == nil { written[key] = name }
  }

  /// Names joined at the text's beginning: `A/B`, `A(B)`.
  private mutating func joined(_ text: String) {
    let end = text.firstIndex { "/(（".contains($0) } ?? text.endIndex
    guard end != text.endIndex, text[..<end].count <= 20 else { return }
    let first = text[..<end]
    guard !first.contains(where: { $0.isWhitespace && Self.isHan(text) == nil }) else { return }
    let second = text[text.index(after: end)...].prefix { !$0.isWhitespace && !")）/".contains($0) }
    let (left, right) = (analyser.folded(String(first)), analyser.folded(String(second)))
    guard written[left] != nil || written[right] != nil else { return }
    note(left, String(first))
    note(right, String(second))
    pair(left, right)
  }

  private mutating func pair(_ left: String, _ right: String) {
    guard left != right, let first = Self.isHan(left), let second = Self.isHan(right),
      first != second
    else { return }
    pairs.insert([left, right].sorted())
  }

  /// Whether a name is written in Chinese; `nil` where it is mixed or has digits.
  private static func isHan(_ name: String) -> Bool? {
    let letters = name.unicodeScalars.filter { $0 != " " }
    let han = letters.count { (0x3400...0x9FFF).contains($0.value) }
    if han == letters.count, han > 0 { return true }
    return han == 0 && !letters.isEmpty && letters.allSatisfy(\.properties.isAlphabetic)
      ? false : nil
  }

  /// The brands with two names or more, in a stable order.
  func lexicon() -> Lexicon {
    Lexicon(
      groups: pairs.sorted { $0.lexicographicallyPrecedes($1) }.map { pair in
        Lexicon.Group(kind: .brand, words: pair.map { written[$0] ?? $0 })
      })
  }
}
