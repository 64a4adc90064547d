/// Finds products that are probably the same one entered twice.
///
/// MinHash over the words of the title (pairs of signs for Chinese, Japanese and Korean) with
/// locality-sensitive banding (Broder 1997; Leskovec et al., *Mining of Massive Datasets*, ch. 3):
/// 3 bands of 2 rows find 95 % of the pairs whose word sets overlap by 0.8. A pair counts when
/// - all words with digits are the same (`64gb` and `128gb` are variants, not duplicates),
/// - the quantities and known brands are the same, and known prices within a factor of two,
/// - the Jaccard index of the words is at least 0.8.
///
/// Deterministic; time and memory (28 bytes a product beside the titles) linear in the products.
struct NearDuplicateFinder {
  private var titles: [String] = []
  private var guards: [UInt32] = []
  private var prices: [Float] = []
  private var bands: [[UInt64]] = [[], [], []]
  private var words = TitleWords()

  static let threshold = 0.8

  mutating func set(_ product: Product, at ordinal: Int) {
    if ordinal == titles.count {
      titles.append("")
      guards.append(0)
      prices.append(0)
      for band in 0..<3 { bands[band].append(0) }
    }
    words.read(product.title)
    let guardHash = Self.guardHash(product, words.digitHash)
    titles[ordinal] = product.title
    guards[ordinal] = UInt32(truncatingIfNeeded: guardHash >> 32)
    prices[ordinal] = Float(product.price?.amount ?? 0)
    let minima = words.minima
    for band in 0..<3 {
      let pair = minima[band * 2] &* 0x9E37_79B9_7F4A_7C15 ^ minima[band * 2 + 1]
      bands[band][ordinal] = Self.mix(pair ^ guardHash)
    }
  }

  /// What must be equal: digits of the title, quantities, brand.
  private static func guardHash(_ product: Product, _ digits: UInt64) -> UInt64 {
    var hash = mix(digits)
    if let brand = product.brand {
      for byte in brand.utf8 { hash = (hash ^ UInt64(byte.lowered)) &* 0x100_0000_01B3 }
    }
    for attribute in product.attributes {
      if case .quantity(let quantity) = attribute.value {
        hash = hash &+ mix(quantity.value.bitPattern)
      }
    }
    return mix(hash)
  }

  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value ^ value >> 32
    mixed = mixed &* 0xD6E8_FEB8_6659_FD93
    return mixed ^ mixed >> 32
  }

  /// The ordinals of each group, in order; the largest groups first.
  func groups() -> [[Int]] {
    var parents = (0..<titles.count).map { Int32($0) }
    func root(_ start: Int) -> Int {
      var node = start
      while Int(parents[node]) != node {
        parents[node] = parents[Int(parents[node])]
        node = Int(parents[node])
      }
      return node
    }
    for band in bands {
      let order = Self.sortedOrder(of: band)
      var first = 0
      for position in order.indices.dropFirst() {
        let current = Int(order[position])
        let previous = Int(order[position - 1])
        guard band[current] == band[previous] else {
          first = position
          continue
        }
        for other in [previous, Int(order[first])] {
          let (a, b) = (root(other), root(current))
          if a == b || !areNear(other, current) { continue }
          parents[max(a, b)] = Int32(min(a, b))
        }
      }
    }
    var members: [Int: [Int]] = [:]
    for ordinal in titles.indices where root(ordinal) != ordinal {
      members[root(ordinal), default: [root(ordinal)]].append(ordinal)
    }
    return members.values.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
  }

  func title(of ordinal: Int) -> String { titles[ordinal] }

  private func areNear(_ left: Int, _ right: Int) -> Bool {
    guard guards[left] == guards[right] else { return false }
    let (a, b) = (prices[left], prices[right])
    if a > 0, b > 0, max(a, b) > 2 * min(a, b) { return false }
    if titles[left] == titles[right] { return true }
    let first = Set(TitleWords.hashes(of: titles[left]))
    let second = Set(TitleWords.hashes(of: titles[right]))
    let common = first.intersection(second).count
    let all = first.count + second.count - common
    return all > 0 && Double(common) >= Self.threshold * Double(all)
  }

  /// Positions sorted by key: a radix sort over the key's high 33 bits, three passes of 11.
  private static func sortedOrder(of keys: [UInt64]) -> [UInt32] {
    var order = (0..<keys.count).map { UInt32($0) }
    var next = order
    for pass in 0..<3 {
      let shift = UInt64(31 + pass * 11)
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
}

/// The words of a title as hashes: runs of letters and digits without case; pairs of signs in
/// scripts that write no blanks.
struct TitleWords {
  /// Sum over the words that hold digits, so that their order does not matter.
  private(set) var digitHash: UInt64 = 0
  private(set) var minima = SIMD8<UInt64>(repeating: .max)

  private static let seeds = SIMD8<UInt64>(
    0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x27D4_EB2F_1656_67C5,
    0x85EB_CA77_C2B2_AE63, 0xFF51_AFD7_ED55_8CCD, 0xC4CE_B9FE_1A85_EC53, 0xD6E8_FEB8_6659_FD93)

  mutating func read(_ title: String) {
    digitHash = 0
    minima = SIMD8(repeating: .max)
    var digits: UInt64 = 0
    var least = minima
    Self.forEach(in: title) { hash, hasDigit in
      if hasDigit { digits &+= NearDuplicateFinder.mix(hash) }
      let mixed = SIMD8(repeating: hash) &* Self.seeds
      let folded = mixed ^ (mixed &>> 29)
      least.replace(with: folded, where: folded .< least)
    }
    digitHash = digits
    minima = least
  }

  static func hashes(of title: String) -> [UInt64] {
    var hashes: [UInt64] = []
    forEach(in: title) { hash, _ in hashes.append(hash) }
    return hashes
  }

  @inline(__always)
  private static func forEach(in title: String, _ body: (UInt64, Bool) -> Void) {
    var copy = title
    copy.withUTF8 { bytes in
      var index = 0
      var hash: UInt64 = 0
      var length = 0
      var hasDigit = false
      var previous: UInt64 = 0
      while index < bytes.count {
        let byte = bytes[index]
        let isSign = byte >= 0xE3 && byte <= 0xED && index &+ 2 < bytes.count
        if !isSign, byte >= 0x80 || byte.isLetter || byte.isDigit {
          hash = (hash ^ UInt64(byte.lowered)) &* 0x100_0000_01B3
          hasDigit = hasDigit || byte.isDigit
          length &+= 1
          index &+= 1
          continue
        }
        if length > 0 { body(NearDuplicateFinder.mix(hash), hasDigit) }
        hash = 0
        length = 0
        hasDigit = false
        if isSign {
          let sign =
            UInt64(byte) << 16 | UInt64(bytes[index &+ 1]) << 8 | UInt64(bytes[index &+ 2])
          body(NearDuplicateFinder.mix(previous << 24 | sign), false)
          previous = sign
          index &+= 3
        } else {
          previous = 0
          index &+= 1
        }
      }
      if length > 0 { body(NearDuplicateFinder.mix(hash), hasDigit) }
    }
  }
}
