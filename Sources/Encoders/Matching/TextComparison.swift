internal import AkinText
internal import Foundation

/// How alike two texts are, in numbers that a model can learn from.
///
/// Weights of tokens are inverse document frequencies, `ln((n + 1) / (df + 1)) + 1` of the
/// training products; a token that they lack weighs as much as one seen once.
struct TextComparison {
  /// Names of the numbers that ``values(_:_:)`` gives, in order.
  static let names = [
    "jaccard", "containment", "cosine", "weightedJaccard", "coverLeft", "coverRight",
    "softCoverLeft", "softCoverRight", "trigramCosine", "numbersJaccard", "numbersLeftOnly",
    "numbersRightOnly", "numberConflict", "codesShared", "codeSimilarity", "codeConflict",
    "codeInsideRight", "codeInsideLeft", "rarestShared", "rarestLeftOnly", "rarestRightOnly",
    "lengthRatio", "shorter", "firstSame", "longestRun", "missedLeft", "missedRight",
  ]

  let frequencies: TokenFrequencies

  func values(_ left: ValueTokens, _ right: ValueTokens) -> [Float] {
    let shared = left.distinct.intersection(right.distinct)
    let leftOnly = left.distinct.subtracting(shared).sorted()
    let rightOnly = right.distinct.subtracting(shared).sorted()
    let sharedWeights = shared.map(frequencies.weight).sorted()
    let leftWeights = leftOnly.map(frequencies.weight)
    let rightWeights = rightOnly.map(frequencies.weight)
    let both = sharedWeights.reduce(0, +)
    let (missedLeft, missedRight) = (leftWeights.reduce(0, +), rightWeights.reduce(0, +))
    let softLeft = found(leftOnly, leftWeights, among: rightOnly, right)
    let softRight = found(rightOnly, rightWeights, among: leftOnly, left)
    let union = Float(shared.count + leftOnly.count + rightOnly.count)
    let fewest = Float(min(left.distinct.count, right.distinct.count))
    var values: [Float] = [
      ratio(Float(shared.count), union), ratio(Float(shared.count), fewest),
      cosine(sharedWeights, leftWeights, rightWeights),
      ratio(both, both + missedLeft + missedRight),
      ratio(both, both + missedLeft), ratio(both, both + missedRight),
      ratio(both + softLeft, both + missedLeft), ratio(both + softRight, both + missedRight),
      Self.trigramCosine(left.trigrams, right.trigrams),
    ]
    values += numbers(left, right)
    values += codes(left, right)
    let (shorter, longer) = (
      Float(min(left.plain.count, right.plain.count)),
      Float(max(left.plain.count, right.plain.count))
    )
    values += [
      sharedWeights.last ?? 0, leftWeights.max() ?? 0, rightWeights.max() ?? 0,
      ratio(shorter, longer), shorter,
      left.plain.first == right.plain.first && left.plain.first != nil ? 1 : 0,
      longestRun(left.plain, right.plain), missedLeft - softLeft, missedRight - softRight,
    ]
    return values
  }

  private func ratio(_ part: Float, _ whole: Float) -> Float { whole > 0 ? part / whole : 0 }

  private func cosine(_ shared: [Float], _ left: [Float], _ right: [Float]) -> Float {
    func squares(_ weights: [Float]) -> Float { weights.reduce(0) { $0 + $1 * $1 } }
    let both = squares(shared)
    let lengths = ((both + squares(left)) * (both + squares(right))).squareRoot()
    return ratio(both, lengths)
  }

  /// The weight of tokens that are in the other text all but in form: as a part of its run of
  /// letters and digits (from four characters), or misspelt.
  private func found(
    _ tokens: [String], _ weights: [Float], among others: [String], _ text: ValueTokens
  ) -> Float {
    var sum: Float = 0
    for (token, weight) in zip(tokens, weights) {
      let bytes = Array(token.utf8)
      if bytes.count >= 4, Self.contains(text.compact, bytes) {
        sum += weight
      } else if let best = others.lazy.map({ Self.similarity(token, $0) }).max(), best >= 0.75 {
        sum += weight * best
      }
    }
    return sum
  }

  private func numbers(_ left: ValueTokens, _ right: ValueTokens) -> [Float] {
    let shared = left.numbers.intersection(right.numbers).count
    let (leftOnly, rightOnly) = (left.numbers.count - shared, right.numbers.count - shared)
    let union = shared + leftOnly + rightOnly
    return [
      union > 0 ? Float(shared) / Float(union) : .nan, Float(leftOnly), Float(rightOnly),
      leftOnly > 0 && rightOnly > 0 ? (shared == 0 ? 2 : 1) : 0,
    ]
  }

  /// Shared codes, the likeness of the most alike, conflict, and whether one stands inside the
  /// other text.
  private func codes(_ left: ValueTokens, _ right: ValueTokens) -> [Float] {
    let shared = left.codes.intersection(right.codes)
    var best: Float = .nan
    if !left.codes.isEmpty, !right.codes.isEmpty {
      best = 0
      for code in left.codes {
        for other in right.codes { best = max(best, Self.codeLikeness(code, other)) }
      }
    }
    func inside(_ codes: Set<String>, _ text: ValueTokens) -> Float {
      guard !codes.isEmpty else { return .nan }
      return codes.contains { Self.contains(text.compact, Array($0.utf8)) } ? 1 : 0
    }
    let isConflict = !left.codes.isEmpty && !right.codes.isEmpty && shared.isEmpty
    return [
      Float(shared.count), best, isConflict ? 1 : 0, inside(left.codes, right),
      inside(right.codes, left),
    ]
  }

  /// 1 for equal codes; the share of the longer that the shorter covers where it begins or ends
  /// it (a colour behind a model number); else the edit similarity.
  private static func codeLikeness(_ left: String, _ right: String) -> Float {
    if left == right { return 1 }
    let (short, long) = left.utf8.count < right.utf8.count ? (left, right) : (right, left)
    if long.hasPrefix(short) || long.hasSuffix(short) {
      return 0.75 + 0.25 * Float(short.utf8.count) / Float(long.utf8.count)
    }
    return 0.75 * similarity(left, right)
  }

  /// `1 − edits / length of the longer`, 0 for words that differ in more than a third.
  static func similarity(_ left: String, _ right: String) -> Float {
    let (short, long) = (
      min(left.utf8.count, right.utf8.count), max(left.utf8.count, right.utf8.count)
    )
    guard short >= 3, long <= 64, long - short <= long / 3 else { return 0 }
    var (left, right) = (left, right)
    let distance = left.withUTF8 { left in
      right.withUTF8 { EditDistance.between(left, $0, limit: long / 3) }
    }
    return distance.map { 1 - Float($0) / Float(long) } ?? 0
  }

  /// Tokens of the longest stretch that both texts hold, as a share of the shorter text.
  private func longestRun(_ left: [String], _ right: [String]) -> Float {
    guard !left.isEmpty, !right.isEmpty else { return 0 }
    var lengths = [Int](repeating: 0, count: right.count + 1)
    var best = 0
    for token in left {
      var previous = 0
      for index in right.indices {
        let kept = lengths[index + 1]
        lengths[index + 1] = token == right[index] ? previous + 1 : 0
        best = max(best, lengths[index + 1])
        previous = kept
      }
    }
    return Float(best) / Float(min(left.count, right.count))
  }

  private static func trigramCosine(_ left: [UInt32], _ right: [UInt32]) -> Float {
    var (i, j) = (0, 0)
    var (dot, a, b): (Float, Float, Float) = (0, 0, 0)
    func run(_ values: [UInt32], _ start: Int) -> Int {
      var end = start
      while end < values.count, values[end] == values[start] { end += 1 }
      return end
    }
    while i < left.count || j < right.count {
      let isLeft = j == right.count || (i < left.count && left[i] <= right[j])
      let isRight = i == left.count || (j < right.count && right[j] <= left[i])
      let (endLeft, endRight) = (isLeft ? run(left, i) : i, isRight ? run(right, j) : j)
      let (x, y) = (Float(endLeft - i), Float(endRight - j))
      dot += x * y
      a += x * x
      b += y * y
      (i, j) = (endLeft, endRight)
    }
    return a > 0 && b > 0 ? dot / (a * b).squareRoot() : 0
  }

  static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard part.count <= text.count, let first = part.first else { return false }
    var index = 0
    while index <= text.count - part.count {
      if text[index] == first, text[index..<(index + part.count)].elementsEqual(part) {
        return true
      }
      index += 1
    }
    return false
  }
}

/// In how many of the training products each token stands.
struct TokenFrequencies: Codable, Sendable {
  private var counts: [String: Int] = [:]
  private var products = 0

  /// Counts the tokens of distinct products.
  init(_ products: some Sequence<ValueTokens>) {
    for product in products {
      self.products += 1
      for token in product.distinct { counts[token, default: 0] += 1 }
    }
    // One that stands in a single product weighs as much as an unknown one.
    counts = counts.filter { $0.value > 1 }
  }

  /// The token's weight: at least 1.
  func weight(_ token: String) -> Float {
    Float(log(Double(products + 1) / Double((counts[token] ?? 1) + 1)) + 1)
  }
}
