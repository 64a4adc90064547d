import AkinText
import Foundation

/// Turns pairs of products into the tokens that a cross-encoder reads: the start, the left
/// product, a separator, the right product, a separator. The first value stands by itself, further
/// ones behind the names of their columns (as in Li et al., *Ditto*, 2020, without its markers,
/// which cost tokens).
///
/// A product that is too long loses its least telling tokens, not its end: those that most
/// products hold, and repeated ones.
struct PairSerialiser: Sendable {
  /// A product's tokens, column by column.
  struct Product: Sendable {
    var columns: [[Int32]]
    var count: Int { columns.reduce(0) { $0 + $1.count } }
  }

  /// What a token is told apart from its word: the side, and whether the other side has it too.
  enum Kind {
    static let left: UInt8 = 0
    static let right: UInt8 = 2
    static let shared: UInt8 = 1
    static let count = 4
  }

  let limit: Int
  private let start: [Int32], separator: [Int32]
  private let tokenizer: any Tokenizer
  /// In how many products a token stands; those of one product are left out.
  private let frequencies: [Int32: Int]
  private let products: Int

  /// - Parameters:
  ///   - limit: tokens of a pair at most.
  ///   - records: the products by which tokens are weighed.
  init(_ tokenizer: any Tokenizer, limit: Int, records: some Sequence<MatchRecord>) {
    let bare = PairSerialiser(tokenizer, limit: limit, frequencies: [:], products: 0)
    var counts: [Int32: Int] = [:]
    var products = 0
    for record in records {
      products += 1
      for token in Set(bare.tokens(of: record).columns.joined()) { counts[token, default: 0] += 1 }
    }
    self.init(
      tokenizer, limit: limit, frequencies: counts.filter { $0.value > 1 }, products: products)
  }

  /// With counts that were saved.
  init(
    _ tokenizer: any Tokenizer, limit: Int, frequencies: [Int32: Int], products: Int
  ) {
    (self.tokenizer, self.limit) = (tokenizer, limit)
    (self.frequencies, self.products) = (frequencies, products)
    start = tokenizer.specialTokens.prefix
    separator = tokenizer.specialTokens.suffix
  }

  /// The counts, for saving.
  var saved: (frequencies: [Int32: Int], products: Int) { (frequencies, products) }

  /// A product's tokens.
  func tokens(of record: MatchRecord) -> Product {
    var columns: [[Int32]] = []
    for field in record.fields where !field.value.isEmpty {
      var text = Self.shortened(ValueText.readable(field.value))
      if field.name != record.fields.first?.name {
        text = field.name.lowercased().replacing("_", with: " ") + " " + text
      }
      columns.append(tokenizer.encodeWithoutSpecialTokens(text))
    }
    return Product(columns: columns)
  }

  /// A number's decimals that say nothing are tokens saved.
  private static func shortened(_ text: String) -> String {
    guard text.utf8.count < 16, text.hasSuffix(".0") || text.hasSuffix(".00"),
      let point = text.lastIndex(of: ".")
    else { return text }
    return String(text[..<point])
  }

  /// The tokens of a pair and their kinds, at most ``limit``.
  func pair(_ left: Product, _ right: Product) -> (ids: [Int32], kinds: [UInt8]) {
    let room = limit - start.count - 2 * separator.count
    let (leftCount, rightCount) = (left.count, right.count)
    var (first, second) = (leftCount, rightCount)
    if first + second > room {
      first = min(leftCount, max(room / 2, room - rightCount))
      second = min(rightCount, room - first)
    }
    let (a, b) = (cut(left, to: first), cut(right, to: second))
    let (inLeft, inRight) = (Set(a), Set(b))
    var ids = start
    ids += a
    ids += separator
    ids += b
    ids += separator
    var kinds = [UInt8](repeating: Kind.left, count: start.count)
    kinds += a.map { inRight.contains($0) ? Kind.left + Kind.shared : Kind.left }
    kinds += separator.map { _ in Kind.left }
    kinds += b.map { inLeft.contains($0) ? Kind.right + Kind.shared : Kind.right }
    kinds += separator.map { _ in Kind.right }
    return (ids, kinds)
  }

  /// The most telling `count` tokens, in their order.
  private func cut(_ product: Product, to count: Int) -> [Int32] {
    let all = Array(product.columns.joined())
    guard all.count > count else { return all }
    let title = product.columns.first?.count ?? 0
    var seen: Set<Int32> = []
    let worth = all.enumerated().map { place, token in
      let rarity = log(Double(products + 1) / Double((frequencies[token] ?? 1) + 1)) + 1
      guard seen.insert(token).inserted else { return rarity / 4 }
      return place < title ? 2 * rarity : rarity
    }
    let kept = all.indices.sorted { (worth[$1], $0) < (worth[$0], $1) }.prefix(count)
    return kept.sorted().map { all[$0] }
  }
}

/// Pairs laid end to end for one pass of a cross-encoder.
struct PackedPairs {
  private(set) var batch = PackedBatch()
  private(set) var kinds: [UInt8] = []
  /// Where the right product of each pair begins among ``PackedBatch/ids``.
  private(set) var middles: [Int] = []

  mutating func append(_ pair: (ids: [Int32], kinds: [UInt8])) {
    let start = batch.ids.count
    batch.append(pair.ids, row: batch.rows.count)
    kinds += pair.kinds
    let left = pair.kinds.firstIndex { $0 >= PairSerialiser.Kind.right } ?? pair.kinds.count
    middles.append(start + left)
  }

  var count: Int { batch.rows.count }

  /// The matrix that takes states `[capacity, hidden]` to each pair's first token, the mean of its
  /// left and the mean of its right tokens, one kind after the other: `[3 · pairs, capacity]`.
  var selection: [Float] {
    let capacity = batch.capacity
    var matrix = [Float](repeating: 0, count: 3 * count * capacity)
    for pair in 0..<count {
      let (start, end) = (Int(batch.starts[pair]), Int(batch.starts[pair + 1]))
      matrix[pair * capacity + start] = 1
      for (part, range) in [(1, start..<middles[pair]), (2, middles[pair]..<end)] {
        for token in range {
          matrix[(part * count + pair) * capacity + token] = 1 / Float(range.count)
        }
      }
    }
    return matrix
  }
}
