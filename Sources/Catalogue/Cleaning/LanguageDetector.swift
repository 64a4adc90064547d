/// Tells the language of a product's text from its script and, for Latin letters, from the small
/// words of each language.
///
/// Titles are short and often nothing but names, so the honest answer is `nil` more often than
/// not; a full detector (fastText and kin) would only guess with more confidence. One small word
/// is enough for English alone: brands, abbreviations and loan words (`Le Creuset`, `café`) look
/// like other languages far more often than a shop sells in them.
package enum LanguageDetector {
  /// BCP 47 code (`zh`, `en` …), `nil` when unsure. Looks at the first 400 bytes.
  package static func detect(_ text: String) -> String? { guess(text)?.code }

  /// The language with the evidence for it, `nil` when unsure. Looks at the first 400 bytes.
  static func guess(_ text: String) -> LanguageGuess? {
    var evidence = LanguageEvidence()
    evidence.add(text)
    return evidence.guess
  }

  @inline(__always)
  fileprivate static func decode(_ bytes: FieldBytes, _ index: Int) -> (UInt32, Int) {
    let byte = bytes[index]
    let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    guard byte >= 0xC0, index + length <= bytes.count else { return (0xFFFD, 1) }
    var value = UInt32(byte) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    for offset in 1..<length { value = value << 6 | UInt32(bytes[index + offset] & 0x3F) }
    return (value, length)
  }
}

/// What texts of one product say about their language.
struct LanguageEvidence {
  private var letters = ScriptCounts()
  private var words = WordVotes()

  /// Reads the first 400 bytes of a text.
  mutating func add(_ text: String) {
    text.withFieldBytes { add($0.count > 400 ? $0.part(0, 400) : $0) }
  }

  private mutating func add(_ bytes: FieldBytes) {
    var hash: UInt64 = 0
    var wordLength = 0
    var afterDigit = false
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        if byte.isLetter {
          let start = index
          while index < bytes.count, bytes[index].isLetter {
            hash = (hash ^ UInt64(bytes[index] | 0x20)) &* 0x100_0000_01B3
            index &+= 1
          }
          wordLength &+= index &- start
          letters.latin &+= index &- start
          continue
        }
        // Letters that touch a digit are units and models (`20W`), not words.
        if wordLength > 1, !byte.isDigit, !afterDigit { words.add(hash) }
        hash = 0
        wordLength = 0
        afterDigit = byte.isDigit
        index &+= 1
        continue
      }
      let (scalar, length) = LanguageDetector.decode(bytes, index)
      index &+= length
      if scalar < 0x250 || (0x1E00...0x1EFF).contains(scalar) {
        let lowered = scalar >= 0xC0 && scalar <= 0xDE ? scalar + 0x20 : scalar
        hash = (hash ^ UInt64(lowered)) &* 0x100_0000_01B3
        wordLength &+= 1
        letters.latin &+= 1
        words.addLetter(lowered)
      } else {
        if wordLength > 1, !afterDigit { words.add(hash) }
        hash = 0
        wordLength = 0
        letters.add(scalar)
      }
    }
    if wordLength > 1, !afterDigit { words.add(hash) }
  }

  /// The language with the evidence for it, `nil` when unsure.
  var guess: LanguageGuess? {
    if letters.isLatin { return words.winner }
    return letters.language.map { LanguageGuess(code: $0, evidence: .max) }
  }
}

private struct ScriptCounts {
  var latin = 0
  private var han = 0
  private var kana = 0
  private var others: [(code: String, count: Int)] = []

  mutating func add(_ scalar: UInt32) {
    switch scalar {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2FFFF: han += 1
    case 0x3041...0x30FA: kana += 1
    default:
      guard let code = Self.code(of: scalar) else { return }
      if let index = others.firstIndex(where: { $0.code == code }) {
        others[index].count += 1
      } else {
        others.append((code, 1))
      }
    }
  }

  private static func code(of scalar: UInt32) -> String? {
    switch scalar {
    case 0xAC00...0xD7A3: "ko"
    case 0x456, 0x457, 0x454, 0x491, 0x406, 0x407, 0x404, 0x490: "uk"
    case 0x400...0x4FF: "ru"
    case 0x67E, 0x686, 0x698, 0x6AF, 0x6CC, 0x6A9: "fa"
    case 0x600...0x6FF: "ar"
    case 0xE01...0xE5B: "th"
    case 0x5D0...0x5EA: "he"
    case 0x370...0x3FF: "el"
    case 0x900...0x97F: "hi"
    case 0x980...0x9FF: "bn"
    case 0xB80...0xBFF: "ta"
    case 0xC00...0xC7F: "te"
    case 0x10A0...0x10FF: "ka"
    case 0x530...0x58F: "hy"
    case 0x1000...0x109F: "my"
    case 0x1780...0x17FF: "km"
    default: nil
    }
  }

  var isLatin: Bool { han + kana == 0 && others.isEmpty }

  /// The language that the script alone gives away.
  var language: String? {
    var cyrillic = 0
    var arabic = 0
    var best: (code: String, count: Int)?
    for entry in others {
      if ["ru", "uk"].contains(entry.code) { cyrillic += entry.count }
      if ["ar", "fa"].contains(entry.code) { arabic += entry.count }
      if best.map({ entry.count > $0.count }) ?? true { best = entry }
    }
    let signs = han + kana
    if signs > 0, signs >= best?.count ?? 0 {
      // One sign says about as much as half a word of letters.
      guard signs * 4 >= latin else { return nil }
      // Chinese shops decorate with a の; Japanese text is full of kana.
      return kana * 5 >= signs && kana >= 2 ? "ja" : han > 0 ? "zh" : nil
    }
    guard let best else { return nil }
    let share = max(best.count, cyrillic, arabic)
    guard share * 2 >= latin, share >= 2 else { return nil }
    if cyrillic > 0, best.code == "ru" || best.code == "uk" {
      return others.contains { $0.code == "uk" } ? "uk" : "ru"
    }
    if arabic > 0, best.code == "ar" || best.code == "fa" {
      return others.contains { $0.code == "fa" && $0.count * 12 >= arabic } ? "fa" : "ar"
    }
    return best.code
  }
}

/// A language with the evidence for it: two for each different small word, one for each letter
/// that few languages have; `.max` where the script leaves no doubt.
struct LanguageGuess {
  var code: String
  var evidence: Int
}

/// What a catalogue has been written in so far, to doubt a language that it hardly ever uses.
struct LanguagePrior {
  private var counts: [String: Int] = [:]
  private var total = 0

  /// The language of a product from its title or, where that says too little, from title and
  /// description together.
  ///
  /// After 1,000 products with a language, one that fewer than 1 % of them have needs the evidence
  /// of three small words. Deterministic for one order of rows.
  mutating func language(of product: Product) -> String? {
    var evidence = LanguageEvidence()
    evidence.add(product.title)
    if let code = accept(evidence.guess) { return code }
    guard let description = product.description else { return nil }
    evidence.add(description)
    return accept(evidence.guess)
  }

  private mutating func accept(_ guess: LanguageGuess?) -> String? {
    guard let guess else { return nil }
    let seen = counts[guess.code] ?? 0
    if guess.evidence < 6, total >= 1000, seen * 100 < total { return nil }
    counts[guess.code] = seen + 1
    total += 1
    return guess.code
  }
}

private struct WordVotes {
  private var votes = SIMD16<UInt16>(repeating: 0)
  private var words = 0
  /// Hashes of the words that voted, so that a repeated one votes once; a set of 64 bits.
  private var voters: UInt64 = 0
  private var hasVotes = false
  private let table = StopWords.table

  @inline(__always)
  mutating func add(_ hash: UInt64) {
    words &+= 1
    let mask = StopWords.languages(of: hash, in: table)
    guard mask != 0 else { return }
    let voter = 1 << (hash >> 20 & 63) as UInt64
    guard voters & voter == 0 else { return }
    voters |= voter
    hasVotes = true
    vote(mask, 2)
  }

  mutating func addLetter(_ scalar: UInt32) {
    for (index, letters) in StopWords.letters where letters.contains(scalar) { votes[index] &+= 1 }
  }

  @inline(__always)
  private mutating func vote(_ mask: UInt16, _ weight: UInt16) {
    var rest = mask
    while rest != 0 {
      votes[rest.trailingZeroBitCount] &+= weight
      rest &= rest &- 1
    }
  }

  /// The language ahead of all others by one small word. English needs one in a text of at most
  /// eight words and two in a longer one; any other two, or one with a letter of its own.
  var winner: LanguageGuess? {
    guard hasVotes else { return nil }
    var best = 0
    for index in 1..<12 where votes[index] > votes[best] { best = index }
    var rest = votes
    rest[best] = 0
    let top = votes[best]
    let needed: UInt16 = best > 0 ? 3 : words > 8 ? 4 : 2
    guard top >= needed, top >= rest.max() &+ 2 else { return nil }
    return LanguageGuess(code: StopWords.codes[best], evidence: Int(top))
  }
}

private enum StopWords {
  private static let lists: [(code: String, words: String)] = [
    (
      "en",
      """
      the and with for of from this that your you is are by black white women womens men mens kids \
      set pack case size cover shirt dress blue red green pink silver gold grey large small new free \
      cream milk sauce chicken beef ice hair soap water juice fresh care
      """
    ),
    (
      "de",
      """
      und mit für der die das von aus ist eine einen zum zur oder nicht schwarz weiß blau rot grün \
      damen herren kinder größe stück tasche hülle schuhe silber zwei drei sechs ohne auch bei leder \
      packung kaffee milch
      """
    ),
    (
      "fr",
      """
      et avec pour de le la les des du une un sur dans est noir blanc bleu rouge vert femme homme \
      enfant taille coque sac chaussures sans au aux ce par cuir café huile lait
      """
    ),
    (
      "es",
      """
      y con para de el la los las del una un en por es negro blanco azul rojo verde mujer hombre \
      niños talla funda zapatos bolso sin al cuero café aceite leche jamón queso meses años
      """
    ),
    (
      "it",
      """
      e con per di il la gli le del della una un in da nero bianco blu rosso verde donna uomo bambini \
      taglia custodia scarpe borsa caffè olio latte senza
      """
    ),
    (
      "pt",
      """
      e com para de o a os as do da uma um em por preto branco azul vermelho verde mulher homem \
      feminino masculino tamanho capa sapatos bolsa café leite sem
      """
    ),
    (
      "nl",
      """
      en met voor van de het een in op is zwart wit blauw rood groen dames heren kinderen maat hoesje \
      schoenen tas
      """
    ),
    (
      "pl",
      """
      i z do na w dla ze oraz jest nie czarny biały niebieski czerwony damskie męskie damska męska \
      dziecięce rozmiar etui buty torba
      """
    ),
    (
      "sv",
      """
      och med för av den det en ett till på är svart vit blå röd grön dam herr barn storlek skal skor \
      väska
      """
    ),
    (
      "tr",
      """
      ve ile için bir bu siyah beyaz mavi kırmızı yeşil kadın erkek çocuk beden kılıf ayakkabı çanta
      """
    ),
    (
      "id",
      """
      dan dengan untuk yang di dari ini hitam putih biru merah hijau wanita pria anak ukuran sepatu \
      tas baju
      """
    ),
    ("vi", "và cho của với có màu đen trắng xanh đỏ nam nữ trẻ em áo giày túi"),
  ]

  static let codes = lists.map(\.code)

  /// Letters that only some languages have; indices as in ``codes``.
  static let letters: [(Int, Set<UInt32>)] = [
    ("de", "äöüß"), ("fr", "éèêàçœùî"), ("es", "ñáíóú¿¡"), ("pt", "ãõçâê"), ("pl", "ąćęłńśźż"),
    ("sv", "åäö"), ("tr", "ğışç"), ("vi", "ăđơư"), ("it", "àèìòù"),
  ].compactMap { code, letters in
    codes.firstIndex(of: code).map { ($0, Set(letters.unicodeScalars.map(\.value))) }
  }

  private static let slots = 2048
  static let table: [(hash: UInt64, mask: UInt16)] = {
    var table = [(hash: UInt64, mask: UInt16)](repeating: (0, 0), count: slots)
    for (index, list) in lists.enumerated() {
      for word in list.words.split(whereSeparator: \.isWhitespace) {
        var hash: UInt64 = 0
        for scalar in word.unicodeScalars {
          hash = (hash ^ UInt64(scalar.value)) &* 0x100_0000_01B3
        }
        var slot = Int(truncatingIfNeeded: hash >> 20) & (slots - 1)
        while table[slot].mask != 0, table[slot].hash != hash { slot = (slot + 1) & (slots - 1) }
        table[slot] = (hash, table[slot].mask | 1 << UInt16(index))
      }
    }
    return table
  }()

  /// One bit for each language (an index into ``codes``) that has this small word.
  @inline(__always)
  static func languages(of hash: UInt64, in table: [(hash: UInt64, mask: UInt16)]) -> UInt16 {
    var slot = Int(truncatingIfNeeded: hash >> 20) & (slots - 1)
    while table[slot].mask != 0 {
      if table[slot].hash == hash { return table[slot].mask }
      slot = (slot + 1) & (slots - 1)
    }
    return 0
  }
}
