public import AkinCatalogue
internal import AkinEncoders
internal import AkinText
internal import Foundation

/// A product as relations see it.
public struct RelationContent: Sendable {
  /// What its fields say, without bar code and group.
  let facts: ProductFacts
  let barcode: String?
  let group: String?
  /// Its words by key, of unit length.
  let keys: [UInt64]
  let values: [Float]
  /// The words of its name by key; the shares sum to 1.
  let nameKeys: [UInt64]
  let nameShares: [Float]
  /// The words of its name and of what it is made for, by key.
  let reachKeys: [UInt64]
  /// The words of what it is made for by key, shares that sum to 1; empty where it does not say.
  let targetKeys: [UInt64]
  let targetShares: [Float]
  /// The number of its kind.
  let kind: Int?
  /// What its words read as, for accounts.
  let texts: [String]
}

/// Reads products and compares pairs of them, in the numbers of ``RelationSignals``. Keeps the state
/// of native libraries: one thread at a time may use one.
public final class RelationReader {
  private let measure: ContentMeasure
  private let factReader: FactReader
  private let termReader: TermReader
  private let kinds: KindIndex

  /// A reader for the measure and the kinds of a build.
  ///
  /// - Throws: `EncoderError` where the data of ICU, OpenCC or Snowball is not installed.
  public init(_ measure: ContentMeasure, kinds: KindTable) throws {
    self.measure = measure
    self.kinds = KindIndex(kinds)
    factReader = try FactReader(brands: measure.brands)
    termReader = try TermReader(measure.weights.terms)
  }

  /// Reads a product. O(length of its texts).
  public func read(_ product: Product) -> RelationContent {
    var facts = factReader.read(product)
    // They say outright what a pair is: see ``RelationSignals/direct``.
    let (barcode, group) = (facts.barcode, facts.group)
    (facts.barcode, facts.group) = (nil, nil)
    let words = measure.words.weighed(
      termReader.terms(of: ContentText.words(of: product), facts, isNamed: true))
    let name = shares(of: product.title, brand: facts.brand)
    var target = facts.target ?? ""
    if let described = product.description.flatMap(Self.target) { target += " " + described }
    let aim =
      target.contains { !$0.isWhitespace }
      ? shares(of: target, brand: factReader.read(title: target).brand) : ([], [])
    return RelationContent(
      facts: facts, barcode: barcode, group: group, keys: words.map(\.key),
      values: words.map(\.value), nameKeys: name.keys,
      nameShares: name.shares, reachKeys: Set(name.keys).union(aim.0).sorted(),
      targetKeys: aim.0, targetShares: aim.1, kind: kinds.number(of: product),
      texts: words.map(\.text))
  }

  /// The words of a short text and the name of its brand, each with its share of their weight.
  private func shares(of text: String, brand: String?) -> (keys: [UInt64], shares: [Float]) {
    var facts = ProductFacts()
    facts.brand = brand
    var terms = termReader.terms(of: text, facts)
    if let brand { terms.append(ContentTerm(key: Self.key(of: brand), weight: 1, isModel: false)) }
    let weighed = measure.words.weighed(terms)
    let sum = weighed.reduce(0) { $0 + $1.value }
    guard sum > 0 else { return ([], []) }
    return (weighed.map(\.key), weighed.map { $0.value / sum })
  }

  /// 64-bit FNV-1a.
  private static func key(of brand: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in "=brand \(brand)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }

  /// Signs in running text of what a product is made for.
  private static let marks = [
    "适用于", "适用", "兼容", "适配", "fits ", "compatible with ", "works with ", "for use with ",
    "designed for ", "for ", "passend für ", "pour ", "para ",
  ]
  private static let ends = CharacterSet(charactersIn: "。，；！.;!?,、\n")

  /// What stands behind such a sign in a description, up to the end of the phrase.
  private static func target(in description: String) -> String? {
    let text = description.lowercased()
    var found: [Substring] = []
    for mark in marks {
      guard let range = text.range(of: mark) else { continue }
      if range.lowerBound > text.startIndex, mark.first?.isASCII == true,
        text[text.index(before: range.lowerBound)].isLetter
      {
        continue
      }
      let rest = text[range.upperBound...]
      let end = rest.rangeOfCharacter(from: ends)?.lowerBound ?? rest.endIndex
      let phrase = rest[..<end].prefix(60)
      if !found.contains(where: { $0.contains(phrase) }) { found.append(phrase) }
    }
    if let range = text.range(of: "专用") {
      let start = text[..<range.lowerBound].rangeOfCharacter(from: ends, options: .backwards)
      found.append(text[(start?.upperBound ?? text.startIndex)..<range.lowerBound].suffix(30))
    }
    return found.isEmpty ? nil : found.joined(separator: " ")
  }

  // MARK: Pairs

  /// The numbers of a pair. O(words + facts).
  ///
  /// - Parameters:
  ///   - cosine: of the texts' vectors.
  ///   - rivals: the mean score of both products' next rivals (``Sameness``); `nil` for unknown.
  public func signals(
    from: RelationContent, to: RelationContent, cosine: Float, rivals: Float? = nil,
    behaviour: RelationSignals.Behaviour = .init()
  ) -> [Float] {
    let facts = FactComparison(from.facts, to.facts)
    let words = Self.dot(from.keys, from.values, to.keys, to.values)
    let score = measure.score(words: words, cosine: cosine, facts: facts)
    let kind = kinds.compare(from.kind, to.kind)
    let named = Self.covered(from.nameKeys, from.nameShares, by: to.reachKeys)
    let names = Self.covered(to.nameKeys, to.nameShares, by: from.reachKeys)
    // What is of one kind: a share of it is the same article, and that share differs in variants.
    let alike = kind.map { $0.same > 0 ? $0.same : $0.near > 0 ? 0.15 : 0 } ?? 0.6
    let varies = Self.conflict(facts, RelationSignals.variantAspects)
    // Where names have the same numbers, their model numbers may be those of two markets.
    let models = Self.conflict(facts, [.model]) * (facts[.number] == 1 ? 0.4 : 1)
    let differs = max(
      models, Self.conflict(facts, RelationSignals.identityAspects),
      Self.conflict(facts, [.brand]))
    let near = max(min(named, names), min(1, max(0, (score - 0.15) / 0.35)))
    let family = alike * near * (1 - differs)
    var row: [Float] = []
    row.reserveCapacity(RelationSignals.names.count)
    row += [
      words, measure.scaled(cosine), score, rivals.map { score - Sameness.weight * $0 } ?? .nan,
      named, names,
      family * (1 - varies), family * varies, alike - family,
      named * (1 - alike) * (1 - 0.7 * differs), names * (1 - alike) * (1 - 0.7 * differs),
    ]
    if let kind {
      row += [kind.same, kind.near, kind.apart, kind.accessory, kind.accessoryBack]
    } else {
      row += Array(repeating: Float.nan, count: 5)
    }
    let madeForTarget = Self.madeFor(from, to)
    row += [
      Self.madeFor(to, from), madeForTarget,
      !to.targetKeys.isEmpty && from.targetKeys.isEmpty ? 1 : 0,
      to.targetKeys.isEmpty && !from.targetKeys.isEmpty ? 1 : 0,
      Self.cheaper(to.facts, from.facts),
      kind?.bought ?? .nan, kind?.viewed ?? .nan,
      behaviour.alikeBought ?? .nan, behaviour.alikeViewed ?? .nan,
    ]
    for aspect in RelationSignals.aspects {
      let value = facts[aspect]
      row += value.map { [max(0, $0), max(0, -$0)] } ?? [.nan, .nan]
    }
    if let one = from.barcode, let other = to.barcode {
      row += one == other ? [1, 0] : [0, 1]
    } else {
      row += [.nan, .nan]
    }
    row += [
      from.group != nil && from.group == to.group ? 1 : .nan
    ]
    // Which way round two products go together is not in the baskets that held both.
    let reversed = max(kind?.accessoryBack ?? 0, madeForTarget)
    row += [
      behaviour.bought ?? .nan, behaviour.bought.map { $0 * (1 - reversed) } ?? .nan,
      behaviour.viewed ?? .nan, reversed,
    ]
    for relation in Relation.related {
      row.append(behaviour.links.contains(relation) ? 1 : .nan)
    }
    return row
  }

  /// Words that two products share, the weightiest first.
  public func sharedWords(_ left: RelationContent, _ right: RelationContent) -> [String] {
    var found: [(text: String, part: Float)] = []
    var place = 0
    for (index, key) in left.keys.enumerated() {
      while place < right.keys.count, right.keys[place] < key { place += 1 }
      guard place < right.keys.count, right.keys[place] == key else { continue }
      found.append((left.texts[index], left.values[index] * right.values[place]))
    }
    var seen: Set<String> = []
    return found.sorted { $0.part > $1.part }.map(\.text)
      .filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// What both sides say of the aspects that agree or contradict, the clearest first.
  public func comparedFacts(_ left: RelationContent, _ right: RelationContent) -> [String] {
    let facts = FactComparison(left.facts, right.facts)
    let aspects = FactAspect.allCases.filter {
      $0 != .category && $0 != .target && $0 != .price && $0 != .named
    }
    var found: [String] = []
    if let barcode = left.barcode, barcode == right.barcode { found.append("barcode: \(barcode)") }
    if let group = left.group, group == right.group { found.append("group: \(group)") }
    return found
      + aspects.compactMap { aspect -> (text: String, value: Float)? in
        guard let value = facts[aspect], value != 0 else { return nil }
        let sides = [left.facts.written(aspect), right.facts.written(aspect)].filter { !$0.isEmpty }
        return ("\(aspect.rawValue): \(sides.joined(separator: " · "))", abs(value))
      }.sorted { $0.value > $1.value }.map(\.text)
  }

  private static func conflict(_ facts: FactComparison, _ aspects: [FactAspect]) -> Float {
    aspects.reduce(0) { max($0, -(facts[$1] ?? 0)) }
  }

  /// How far a product that is made for something is made for `other`.
  private static func madeFor(_ product: RelationContent, _ other: RelationContent) -> Float {
    guard !product.targetKeys.isEmpty else { return 0 }
    return covered(product.targetKeys, product.targetShares, by: other.nameKeys)
  }

  /// 1 at a sixteenth of the price, −1 at sixteen times as much; `nan` across currencies.
  private static func cheaper(_ product: ProductFacts, _ than: ProductFacts) -> Float {
    guard let one = product.price, let other = than.price, one.amount > 0, other.amount > 0,
      one.currency == other.currency || one.currency == nil || other.currency == nil
    else { return .nan }
    return Float(min(1, max(-1, log2(other.amount / one.amount) / 4)))
  }

  private static func covered(_ keys: [UInt64], _ shares: [Float], by other: [UInt64]) -> Float {
    var sum: Float = 0
    var place = 0
    for (index, key) in keys.enumerated() {
      while place < other.count, other[place] < key { place += 1 }
      if place < other.count, other[place] == key { sum += shares[index] }
    }
    return sum
  }

  private static func dot(
    _ keys: [UInt64], _ values: [Float], _ others: [UInt64], _ weights: [Float]
  ) -> Float {
    var sum: Float = 0
    var place = 0
    for (index, key) in keys.enumerated() {
      while place < others.count, others[place] < key { place += 1 }
      if place < others.count, others[place] == key { sum += values[index] * weights[place] }
    }
    return sum
  }
}
