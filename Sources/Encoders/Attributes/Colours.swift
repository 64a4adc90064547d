/// Base colours that a text names, in English, Chinese, German, French and Spanish.
///
/// Shades count as what a shopper would file them under: `space grey` and `深空灰` are grey.
public struct Colours: OptionSet, Sendable, Hashable {
  /// One bit for each base colour.
  public let rawValue: UInt32

  /// The set with the given bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// A base colour's name and the words that stand for it: whole words of letters, then characters
  /// that end a Chinese colour.
  private static let table: [(name: String, words: String, signs: String)] = [
    ("black", "black noir schwarz negro jet obsidian midnight", "黑"),
    ("white", "white blanc weiss weis blanco ivory pearl", "白"),
    ("grey", "grey gray graphite spacegrau grau gris charcoal anthracite titanium", "灰"),
    ("silver", "silver argent silber plata chrome", "银"),
    ("gold", "gold golden champagne dore oro", "金"),
    ("red", "red rouge rot rojo crimson burgundy maroon scarlet", "红"),
    ("pink", "pink rose rosa fuchsia magenta", "粉"),
    ("orange", "orange coral apricot", "橙 橘"),
    ("yellow", "yellow jaune gelb amarillo mustard lemon", "黄"),
    ("green", "green vert grun gruen verde olive khaki mint emerald teal", "绿 青"),
    ("blue", "blue bleu blau azul navy cyan turquoise aqua indigo", "蓝"),
    ("purple", "purple violet lila lavender lilac plum", "紫"),
    ("brown", "brown marron braun chocolate tan bronze copper mocha walnut oak", "棕 咖 褐"),
    ("beige", "beige cream nude sand champagne", "米 杏 裸"),
    ("clear", "clear transparent durchsichtig crystal", "透明"),
    ("multicolour", "multicolour multicolor multi rainbow assorted", "彩"),
  ]

  private static let words: [String: Colours] = {
    var result: [String: Colours] = [:]
    for (index, entry) in table.enumerated() {
      for word in entry.words.split(separator: " ") {
        result[String(word), default: []].formUnion(Colours(rawValue: 1 << UInt32(index)))
      }
    }
    return result
  }()

  private static let signs: [(sign: String, colour: Colours)] = table.enumerated().flatMap {
    index, entry in
    entry.signs.split(separator: " ").map { (String($0), Colours(rawValue: 1 << UInt32(index))) }
  }

  /// The colour that a folded word of letters names; empty for most words.
  static func named(_ word: String) -> Colours { words[word] ?? [] }

  /// The colour of a folded Chinese value of a colour field, such as `午夜黑` or `雾蓝色`.
  static func chinese(_ value: String) -> Colours {
    var found: Colours = []
    for (sign, colour) in signs where value.contains(sign) { found.formUnion(colour) }
    return found
  }

  /// The colours that running Chinese text names beyond doubt: a colour with `色` behind it, as in
  /// `深空灰色`, or `透明`. `红富士` and `黑胡椒` name none.
  static func running(_ text: String) -> Colours {
    var found: Colours = []
    for (sign, colour) in signs {
      if text.contains(sign + "色") || (sign.count > 1 && text.contains(sign)) {
        found.formUnion(colour)
      }
    }
    return found
  }

  /// The names of the colours, in the order of the table.
  public var names: [String] {
    Self.table.indices.filter { contains(Colours(rawValue: 1 << UInt32($0))) }
      .map { Self.table[$0].name }
  }
}
