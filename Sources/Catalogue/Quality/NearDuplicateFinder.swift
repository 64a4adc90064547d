/// Finds products that are probably the same one entered twice.
///
/// MinHash over the words of the title with locality-sensitive banding (Broder 1997; Leskovec et
/// al., *Mining of Massive Datasets*, ch. 3): 3 bands of 2 rows find 95 % of the pairs whose word
/// sets overlap by 0.8. A pair counts when nothing that is known of both tells them apart:
/// - words with digits (`iphone 12`) and quantities (`64gb`) are the same,
/// - brand, gtin, mpn and identifying attributes (size, colour, manufacturer …) agree wherever
///   both products have them, and prices lie within a factor of two,
/// - one title has all words of the other, and the Jaccard index of the words is at least 0.8,
/// - the title is specific: at least one of its words stands in no more than ten titles. A title
///   that more than ten products share names a kind (`Yoghurt`), and says nothing about two of
///   them; where most products are titled so, no title does.
///
/// Deterministic; time and memory (48 bytes a product and 4 for each identifying attribute)
/// linear in the products.
struct NearDuplicateFinder {
  private struct Facts {
    var guardHash: UInt32 = 0
    /// Hashes, 0 where the product has none.
    var brand: UInt32 = 0
    var gtin: UInt32 = 0
    var mpn: UInt32 = 0
    var price: Float = 0
    var traits: UInt32 = 0
    var traitCount: UInt16 = 0
  }

  private var facts: [Facts] = []
  /// The words of each title without order.
  private var titleKeys: [UInt32] = []
  private var bands: [[UInt32]] = [[], [], []]
  /// Of all products one after the other: hash of the attribute's name above that of its value.
  private var traits: [UInt32] = []
  private var frequencies = WordFrequencies()

  static let threshold = 0.8
  /// Products that may share a title before it counts as the name of a kind.
  static let commonTitle = 10
  /// Earlier products of a bucket that each one is compared with.
  private static let window = 8

  /// Takes the product of an ordinal; a later one replaces an earlier one.
  /// - Parameters:
  ///   - quantities: Where the title holds numbers with units.
  ///   - identifying: The product's attributes that tell variants apart, with the hashes of
  ///     their names.
  mutating func set(
    _ product: Product, at ordinal: Int, quantities: [Range<Int>],
    identifying: [(name: UInt32, attribute: Int)]
  ) {
    if ordinal == facts.count {
      facts.append(Facts())
      titleKeys.append(0)
      for band in 0..<3 { bands[band].append(0) }
    }
    var title = product.title
    let words = title.withUTF8 {
      TitleWords(FieldBytes($0), quantities: quantities, frequencies: &frequencies)
    }
    let guardHash = Self.guardHash(product, words.digitHash)
    var fact = Facts()
    fact.guardHash = UInt32(truncatingIfNeeded: guardHash >> 32)
    if let brand = product.brand { fact.brand = Self.hash(brand) }
    if let gtin = product.gtin { fact.gtin = Self.hash(gtin) }
    if let mpn = product.mpn { fact.mpn = Self.hash(mpn) }
    fact.price = Float(product.price?.amount ?? 0)
    fact.traits = UInt32(traits.count)
    fact.traitCount = UInt16(clamping: identifying.count)
    for trait in identifying.prefix(Int(fact.traitCount)) {
      let value = Self.hash(product.attributes[trait.attribute].value)
      traits.append(trait.name << 16 | value & 0xFFFF)
    }
    facts[ordinal] = fact
    titleKeys[ordinal] = UInt32(truncatingIfNeeded: words.key >> 32)
    let minima = words.minima
    let key = { (first: UInt64, second: UInt64) in
      let mixed = Self.mix(first &* 0x9E37_79B9_7F4A_7C15 ^ second ^ guardHash)
      return UInt32(truncatingIfNeeded: mixed >> 32)
    }
    bands[0][ordinal] = key(minima.0, minima.1)
    bands[1][ordinal] = key(minima.2, minima.3)
    bands[2][ordinal] = key(minima.4, minima.5)
  }

  /// What must be equal, whether known or not: digits of the title, quantities.
  private static func guardHash(_ product: Product, _ digits: UInt64) -> UInt64 {
    var hash = mix(digits)
    let attributes = product.attributes
    for index in attributes.indices {
      guard case .quantity(let quantity) = attributes[index].value else { continue }
      // The title and a column often state the same one.
      let isRepeated = attributes[..<index].contains { earlier in
        guard case .quantity(let other) = earlier.value else { return false }
        return other.value == quantity.value && other.dimension == quantity.dimension
      }
      if !isRepeated { hash = hash &+ mix(quantity.value.bitPattern) }
    }
    return mix(hash)
  }

  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value ^ value >> 32
    mixed = mixed &* 0xD6E8_FEB8_6659_FD93
    return mixed ^ mixed >> 32
  }

  /// Letters and digits without case, never 0.
  private static func hash(_ text: String) -> UInt32 {
    var hash: UInt64 = 0
    for byte in text.utf8 where byte >= 0x80 || byte.isLetter || byte.isDigit {
      hash = (hash ^ UInt64(byte.lowered)) &* 0x100_0000_01B3
    }
    return UInt32(truncatingIfNeeded: mix(hash) >> 32) | 1
  }

  private static func hash(_ value: AttributeValue) -> UInt32 {
    switch value {
    case .text(let text): hash(text)
    case .number(let number): UInt32(truncatingIfNeeded: mix(number.bitPattern))
    case .quantity(let quantity): UInt32(truncatingIfNeeded: mix(quantity.value.bitPattern))
    case .boolean(let flag): flag ? 1 : 2
    case .list(let names): names.reduce(0) { $0 &+ hash($1) }
    }
  }

  // MARK: Grouping

  /// The ordinals of each group, in order; the largest groups first.
  func groups(titles: [String]) -> [[Int]] {
    guard let isCommon = commonTitles() else { return [] }
    var forest = Forest(facts: facts)
    for band in bands {
      let order = Self.sortedOrder(of: band)
      var first = 0
      for position in order.indices.dropFirst() {
        let current = Int(order[position])
        guard band[current] == band[Int(order[position - 1])] else {
          first = position
          continue
        }
        if isCommon[current] { continue }
        for earlier in max(first, position - Self.window)..<position {
          let other = Int(order[earlier])
          if isCommon[other] || !forest.mayJoin(other, current) { continue }
          if areNear(other, current, titles) { forest.join(other, current) }
        }
      }
    }
    return forest.groups()
  }

  /// Whether each product's title is one of a kind's; `nil` where most are.
  private func commonTitles() -> [Bool]? {
    let shared = { (keys: [UInt32]) in Self.shared(keys, byMoreThan: Self.commonTitle) }
    let kinds = shared(titleKeys).count { $0 }
    if kinds * 2 > titleKeys.count { return nil }
    // `Cola 0.5 l` and `Cola 1 l` are no kind together: here quantities are part of the title.
    return shared(zip(titleKeys, facts).map { $0 ^ $1.guardHash })
  }

  private static func shared(_ keys: [UInt32], byMoreThan limit: Int) -> [Bool] {
    var result = [Bool](repeating: false, count: keys.count)
    let order = sortedOrder(of: keys)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, keys[Int(order[end])] == keys[Int(order[start])] { end += 1 }
      if end - start > limit {
        for position in start..<end { result[Int(order[position])] = true }
      }
      start = end
    }
    return result
  }

  private func areNear(_ left: Int, _ right: Int, _ titles: [String]) -> Bool {
    let (a, b) = (facts[left], facts[right])
    guard a.guardHash == b.guardHash else { return false }
    if a.price > 0, b.price > 0, max(a.price, b.price) > 2 * min(a.price, b.price) { return false }
    if !traitsAgree(a, b) { return false }
    let first = TitleWords.set(of: titles[left])
    // A title without one rare word (`Samsung free standing fridge in white`) fits many products.
    guard let rarest = first.lazy.map({ frequencies[$0] }).min(), rarest <= Self.commonTitle else {
      return false
    }
    if titles[left] == titles[right] { return true }
    let second = TitleWords.set(of: titles[right])
    let common = first.intersection(second).count
    // A word more may be chatter, but one instead of another (`left`, `right`) is a difference.
    guard common == min(first.count, second.count) else { return false }
    return Double(common) >= Self.threshold * Double(max(first.count, second.count))
  }

  /// Whether every identifying attribute that both have is the same.
  private func traitsAgree(_ left: Facts, _ right: Facts) -> Bool {
    let others = traits[Int(right.traits)..<Int(right.traits) + Int(right.traitCount)]
    for trait in traits[Int(left.traits)..<Int(left.traits) + Int(left.traitCount)] {
      let isNamed = others.contains { $0 >> 16 == trait >> 16 }
      if isNamed, !others.contains(trait) { return false }
    }
    return true
  }

  /// Positions sorted by key, equal ones in order: a radix sort, three passes of 11 bits.
  private static func sortedOrder(of keys: [UInt32]) -> [UInt32] {
    var order = (0..<keys.count).map { UInt32($0) }
    var next = order
    for pass in 0..<3 {
      let shift = UInt32(pass * 11)
      var starts = [Int](repeating: 0, count: 2049)
      for key in keys { starts[Int(key >> shift & 2047) + 1] += 1 }
      for digit in 0..<2048 { starts[digit + 1] += starts[digit] }
      for ordinal in order {
        let digit = Int(keys[Int(ordinal)] >> shift & 2047)
        next[starts[digit]] = ordinal
        starts[digit] += 1
      }
      swap(&order, &next)
    }
    return order
  }

  /// Groups that grow by joining (union-find). What one member of a group is known to be, all
  /// are: a product without a brand cannot tie two brands together.
  private struct Forest {
    private var parents: [Int32]
    private var facts: [Facts]

    init(facts: [Facts]) {
      parents = (0..<facts.count).map { Int32($0) }
      self.facts = facts
    }

    private mutating func root(_ start: Int) -> Int {
      var node = start
      while Int(parents[node]) != node {
        parents[node] = parents[Int(parents[node])]
        node = Int(parents[node])
      }
      return node
    }

    /// Whether the two are in different groups that nothing known keeps apart.
    mutating func mayJoin(_ left: Int, _ right: Int) -> Bool {
      let (a, b) = (root(left), root(right))
      return a != b && Self.agree(facts[a].brand, facts[b].brand)
        && Self.agree(facts[a].gtin, facts[b].gtin) && Self.agree(facts[a].mpn, facts[b].mpn)
    }

    private static func agree(_ left: UInt32, _ right: UInt32) -> Bool {
      left == right || left == 0 || right == 0
    }

    mutating func join(_ left: Int, _ right: Int) {
      let (a, b) = (root(left), root(right))
      let (low, high) = (min(a, b), max(a, b))
      parents[high] = Int32(low)
      facts[low].brand = max(facts[low].brand, facts[high].brand)
      facts[low].gtin = max(facts[low].gtin, facts[high].gtin)
      facts[low].mpn = max(facts[low].mpn, facts[high].mpn)
    }

    mutating func groups() -> [[Int]] {
      var members: [Int: [Int]] = [:]
      for ordinal in parents.indices {
        let root = root(ordinal)
        if root != ordinal { members[root, default: [root]].append(ordinal) }
      }
      return members.values.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    }
  }
}
