internal import AkinCatalogue
internal import AkinText

/// Collects what a shopper may want to type: brands, categories, both together, titles.
struct SuggestionBuilder {
  private let analyser: TextAnalyser
  private let pinyin: Pinyin
  private var table = TermTable()
  private var weights: [Float] = []

  init(analyser: TextAnalyser, pinyin: Pinyin) {
    self.analyser = analyser
    self.pinyin = pinyin
  }

  mutating func add(_ product: Product, popularity: Double) {
    let use = 1 + Float(popularity) / 10
    let category = product.categories.first?.last
    if let brand = product.brand, brand.utf8.count <= 60 {
      note(brand, 3 * use)
      if let category, brand.utf8.count + category.utf8.count < 60 {
        note("\(brand) \(category)", use)
      }
    }
    if let category, category.utf8.count <= 60 { note(category, 2 * use) }
    note(product.title, 0.5 * use)
  }

  private mutating func note(_ text: String, _ weight: Float) {
    let number = table.insert(text)
    if number == weights.count { weights.append(0) }
    weights[number] += weight
  }

  struct Made {
    var texts = StringListBuilder()
    var weights: [Float] = []
    var keys = StringListBuilder()
    var owners: [UInt32] = []
    var starts: [UInt32] = []
  }

  /// Starts of words that can be typed, of one text.
  private static let startsOfText = 8

  func finish() -> Made {
    var made = Made()
    var starts: [(key: Int, byte: Int)] = []
    func addKey(_ key: String, of number: Int, everyWord: Bool) {
      guard !key.isEmpty else { return }
      let place = made.keys.count
      made.keys.append(key)
      made.owners.append(UInt32(number))
      starts.append((place, 0))
      guard everyWord else { return }
      // 耳 completes to 头戴耳机: short names of a script without blanks begin anywhere.
      let isShort = key.unicodeScalars.count <= 8
      if isShort {
        for (byte, unit) in key.utf8.enumerated().dropFirst() where unit >= 0xE0 {
          starts.append((place, byte))
        }
      }
      var found = 1
      for (byte, unit) in key.utf8.enumerated() where unit == 0x20 && found < Self.startsOfText {
        starts.append((place, byte + 1))
        found += 1
      }
    }
    for number in 0..<table.count {
      let text = String(decoding: table.bytes[table.range(number)], as: UTF8.self)
      made.texts.append(text)
      made.weights.append(weights[number].squareRoot())
      let key = analyser.folded(text)
      addKey(key, of: number, everyWord: true)
      guard key.unicodeScalars.count <= 16,
        let syllables = pinyin.syllables(of: key.filter { $0 != " " })
      else { continue }
      addKey(syllables.joined(), of: number, everyWord: false)
      addKey(syllables.map { $0.prefix(1) }.joined(), of: number, everyWord: false)
    }
    made.keys.bytes.withUnsafeBytes { bytes in
      func rest(_ start: (key: Int, byte: Int)) -> UnsafeRawBufferPointer {
        let range = Int(made.keys.offsets[start.key])..<Int(made.keys.offsets[start.key + 1])
        return UnsafeRawBufferPointer(rebasing: bytes[range.dropFirst(start.byte)])
      }
      starts.sort { StringList.compare(rest($0), rest($1)) < 0 }
    }
    made.starts = starts.flatMap { [UInt32($0.key), UInt32($0.byte)] }
    return made
  }
}
