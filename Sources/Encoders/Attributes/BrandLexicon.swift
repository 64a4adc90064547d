public import AkinCatalogue
internal import AkinText

/// The brands of a catalogue and the names each goes by.
///
/// Learned from the catalogue alone: the brand fields; cells that hold two names (`Samsung/三星`);
/// products of one bar code in whose rows the brand is written differently (苹果, Apple). Where no
/// product has a brand field, words that mostly stand first in titles are taken for brands.
public struct BrandLexicon: Sendable, Equatable, Codable {
  /// Folded name → the folded name that stands for all of the brand's names.
  private var keys: [String: String] = [:]
  private var longestWords = 1
  /// The first word of each name.
  private var beginnings: Set<String> = []

  /// A lexicon that knows no brand.
  public init() {}

  /// The number of names.
  public var count: Int { keys.count }

  /// The key of a folded name; the name itself where it is unknown.
  func key(ofFolded name: String) -> String { keys[name] ?? name }

  /// The key of a folded name that the catalogue knows.
  func known(_ name: String) -> String? { keys[name] }

  /// Whether a name may begin in a folded word of a title.
  func mayBegin(_ word: Substring) -> Bool {
    beginnings.contains(String(word)) || word.utf8.contains { $0 >= 0xE0 }
  }

  /// The most words any name has.
  var reach: Int { longestWords }

  /// What shops write where they have no brand to name.
  private static let placeholders: Set<String> = [
    "other", "others", "其他", "其它", "其他品牌", "其它品牌", "无品牌", "无", "no brand", "nobrand", "unbranded",
    "generic", "none", "n a", "na", "unknown", "不详", "未知", "null",
  ]

  /// The folded names in a brand cell: `Samsung/三星` holds two, `沃猫（家电）` one and a trade.
  /// Empty for a cell that says there is no brand.
  static func names(in cell: String, _ analyser: TextAnalyser) -> [String] {
    let named = cell.prefix { $0 != "（" && $0 != "(" }
    return named.split { $0 == "/" || $0 == "|" || $0 == "／" }
      .map { analyser.folded(String($0)) }
      .filter { !$0.isEmpty && !placeholders.contains($0) }
  }

  /// Learns the brands of `products`. O(length of their brands and titles).
  ///
  /// - Throws: ``EncoderError`` `missingFile` where the data of ICU or OpenCC is not installed.
  public init(learnedFrom products: some Sequence<Product>) throws(EncoderError) {
    let analyser = try FactReader.makeAnalyser()
    var learner = Learner()
    for product in products { learner.add(product, analyser) }
    keys = learner.finish()
    beginnings = Set(keys.keys.map { String($0.prefix { $0 != " " }) })
    longestWords = keys.keys.map { $0.split(separator: " ").count }.max().map { min($0, 4) } ?? 1
  }
}

extension BrandLexicon {
  /// Counts what a catalogue says of brands.
  private struct Learner {
    private var counts: [String: Int] = [:]
    /// A name's parent in the union of names of one brand.
    private var parents: [String: String] = [:]
    private var brandOfBarcode: [String: String] = [:]
    /// Of each first word: how often it begins a title, how often it stands anywhere.
    private var first: [String: Int] = [:]
    private var anywhere: [String: Int] = [:]
    private var products = 0

    mutating func add(_ product: Product, _ analyser: TextAnalyser) {
      products += 1
      let names = Self.cell(product).map { BrandLexicon.names(in: $0, analyser) } ?? []
      for name in names {
        counts[name, default: 0] += 1
        unite(names[0], name)
      }
      if let barcode = product.gtin, let name = names.first {
        if let other = brandOfBarcode[barcode] { unite(other, name) }
        brandOfBarcode[barcode] = name
      }
      guard names.isEmpty else { return }
      let words = analyser.folded(product.title).split(separator: " ").map(String.init)
      for (place, word) in words.enumerated() where word.allSatisfy(\.isLetter) && word.count > 1 {
        anywhere[word, default: 0] += 1
        if place == 0 { first[word, default: 0] += 1 }
      }
    }

    /// The brand field, or what a tagger read in the title.
    private static func cell(_ product: Product) -> String? {
      if let brand = product.brand { return brand }
      let read = product.attributes.first { $0.name == TitleField.brand.rawValue }
      if case .list(let names) = read?.value { return names.first }
      return nil
    }

    mutating func finish() -> [String: String] {
      var result: [String: String] = [:]
      if counts.isEmpty {
        // A brand begins titles; what else begins some also stands within many.
        let least = max(5, products / 5_000)
        for (word, count) in first where count >= least {
          if Double(count) >= 0.6 * Double(anywhere[word] ?? 0) { result[word] = word }
        }
        return result
      }
      // The most frequent name of a brand stands for all of them.
      var best: [String: String] = [:]
      for name in counts.keys.sorted() {
        let root = root(of: name)
        if let other = best[root], counts[other, default: 0] >= counts[name, default: 0] {
          continue
        }
        best[root] = name
      }
      for name in counts.keys { result[name] = best[root(of: name)] }
      return result
    }

    private func root(of name: String) -> String {
      var name = name
      while let parent = parents[name] { name = parent }
      return name
    }

    private mutating func unite(_ left: String, _ right: String) {
      let (one, other) = (root(of: left), root(of: right))
      if one != other { parents[max(one, other)] = min(one, other) }
    }
  }
}
