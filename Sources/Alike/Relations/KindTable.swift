public import AkinCatalogue
internal import Foundation

/// The kinds of article of a catalogue, which are its categories, and how they stand to each other:
/// which mean the same in two scripts, and which are bought or looked at together.
///
/// Learned from the catalogue alone. Kinds in two scripts are counterparts where products of one bar
/// code stand in both, else where each is the other's nearest by the mean of its products' vectors,
/// their script's own mean taken away.
public struct KindTable: Sendable, Codable, Equatable {
  /// Widest level first, folded, joined by ``separator``.
  private(set) var paths: [String] = []
  /// The kind in another script that means the same, −1 for none.
  private(set) var counterparts: [Int32] = []
  /// Logarithms of how much more often than by chance two kinds stand in one basket, and in one
  /// visit: `from · count + to`.
  private(set) var bought: [Int: Float] = [:]
  private(set) var viewed: [Int: Float] = [:]

  private static let separator: Character = "\u{1F}"
  /// Kinds of one script that are compared with those of another; more would take too long.
  private static let mostCompared = 4_000

  /// A catalogue without categories.
  public init() {}

  /// The folded path of a product; empty where it has none.
  static func path(of product: Product) -> String {
    (product.categories.first ?? []).map {
      $0.lowercased().trimmingCharacters(in: .whitespaces)
    }.joined(separator: String(separator))
  }

  /// How two kinds stand to each other.
  struct Comparison: Equatable {
    /// 1 the same, 0.5 one within the other, else 0.
    var same: Float = 0
    /// 1 different kinds under one roof.
    var near: Float = 0
    /// 1 nothing in common.
    var apart: Float = 0
    /// 1 where the target's kind is named after the source's: `phone accessories` after `phones`.
    var accessory: Float = 0
    /// The other way about.
    var accessoryBack: Float = 0
    var bought: Float = .nan
    var viewed: Float = .nan
  }
}

// MARK: Looking up

/// Looks kinds up by their path. A table keeps no dictionary of its own, so that it can be stored.
struct KindIndex: Sendable {
  let table: KindTable
  private let numbers: [String: Int]
  private let levels: [[Substring]]

  init(_ table: KindTable) {
    self.table = table
    numbers = Dictionary(zip(table.paths, table.paths.indices)) { first, _ in first }
    levels = table.paths.map { $0.split(separator: "\u{1F}") }
  }

  /// The number of a product's kind; `nil` where it has none or one that the build did not know.
  func number(of product: Product) -> Int? { numbers[KindTable.path(of: product)] }

  /// Compares two kinds; `nil` where nothing is known. O(levels).
  func compare(_ from: Int?, _ to: Int?) -> KindTable.Comparison? {
    guard let from, let to else { return nil }
    var result: KindTable.Comparison
    if from == to || Self.isLatin(levels[from]) == Self.isLatin(levels[to]) {
      result = Self.compare(levels[from], levels[to])
    } else if table.counterparts[from] >= 0 {
      result = Self.compare(levels[Int(table.counterparts[from])], levels[to])
    } else if table.counterparts[to] >= 0 {
      result = Self.compare(levels[from], levels[Int(table.counterparts[to])])
    } else {
      return nil
    }
    let pair = from * table.paths.count + to
    result.bought = table.bought[pair] ?? .nan
    result.viewed = table.viewed[pair] ?? .nan
    return result
  }

  private static func compare(_ from: [Substring], _ to: [Substring]) -> KindTable.Comparison {
    var result = KindTable.Comparison()
    let shared = zip(from, to).prefix { $0 == $1 }.count
    if shared == from.count, shared == to.count {
      result.same = 1
    } else if shared == min(from.count, to.count) {
      result.same = 0.5
    } else if shared > 0 {
      result.near = 1
    } else {
      result.apart = 1
    }
    if result.same < 1 {
      result.accessory = isNamedAfter(to.dropFirst(shared), from.last) ? 1 : 0
      result.accessoryBack = isNamedAfter(from.dropFirst(shared), to.last) ? 1 : 0
    }
    return result
  }

  /// Whether a level begins with a kind's name and goes on: `手机壳` after `手机`.
  private static func isNamedAfter(_ levels: ArraySlice<Substring>, _ kind: Substring?) -> Bool {
    guard let kind, kind.count > 1 else { return false }
    let stem = kind.hasSuffix("s") && kind.count > 3 ? kind.dropLast() : kind
    return levels.contains { level in
      level != kind && level.count > kind.count && level.hasPrefix(stem)
    }
  }

  static func isLatin(_ levels: [Substring]) -> Bool {
    levels.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value < 0x2E80 } }
  }
}

// MARK: Learning

extension KindTable {
  /// Learns the kinds of `products`.
  ///
  /// O(products) for the kinds, O(links) for what goes together, O(kinds² · dimension) for
  /// counterparts where the catalogue has two scripts.
  ///
  /// - Parameters:
  ///   - bought: for each product its partners in baskets.
  ///   - viewed: for each product what was looked at in the same visits.
  ///   - dimension: of the vectors.
  ///   - addVectors: lends the vector of each product, in any order; called where there are two
  ///     scripts.
  public init(
    of products: [Product], bought: NeighbourLists, viewed: NeighbourLists, dimension: Int,
    addVectors: ((_ add: (_ product: Int, _ vector: ArraySlice<Float>) -> Void) throws -> Void)
  ) rethrows {
    var numbers: [String: Int] = [:]
    let kinds = products.map { product -> Int in
      let path = Self.path(of: product)
      guard !path.isEmpty else { return -1 }
      let number = numbers[path, default: paths.count]
      if number == paths.count {
        numbers[path] = number
        paths.append(path)
      }
      return number
    }
    counterparts = Array(repeating: -1, count: paths.count)
    self.bought = lifts(kinds, bought)
    self.viewed = lifts(kinds, viewed)
    let levels = paths.map { $0.split(separator: Self.separator) }
    let latin = levels.map(KindIndex.isLatin)
    guard latin.contains(true), latin.contains(false), paths.count <= 2 * Self.mostCompared else {
      return
    }
    var means = [[Float]](repeating: Array(repeating: 0, count: dimension), count: paths.count)
    try addVectors { product, vector in
      let kind = kinds[product]
      guard kind >= 0, vector.count == dimension else { return }
      for (index, value) in vector.enumerated() { means[kind][index] += value }
    }
    matchByVectors(&means, latin)
    matchByBarcodes(products, kinds, latin)
  }

  private func lifts(_ kinds: [Int], _ lists: NeighbourLists) -> [Int: Float] {
    var counts: [Int: Float] = [:]
    var (out, into) = ([Float](repeating: 0, count: paths.count), [Float]())
    into = out
    var total: Float = 0
    for item in 0..<min(lists.count, kinds.count) where kinds[item] >= 0 {
      for place in lists.offsets[item]..<lists.offsets[item + 1] {
        let other = kinds[Int(lists.ids[place])]
        guard other >= 0 else { continue }
        counts[kinds[item] * paths.count + other, default: 0] += 1
        out[kinds[item]] += 1
        into[other] += 1
        total += 1
      }
    }
    return Dictionary(
      uniqueKeysWithValues: counts.map { pair, count in
        let expected = out[pair / paths.count] * into[pair % paths.count] / total
        return (pair, log((count + 1) / (expected + 1)))
      })
  }

  /// Each other's nearest by the means of their products, their script's mean taken away.
  private mutating func matchByVectors(_ means: inout [[Float]], _ latin: [Bool]) {
    for kind in means.indices { Self.normalise(&means[kind]) }
    for script in [true, false] {
      let rows = means.indices.filter { latin[$0] == script && means[$0].contains { $0 != 0 } }
      guard !rows.isEmpty, let width = means.first?.count else { continue }
      var centre = [Float](repeating: 0, count: width)
      for row in rows { for index in 0..<width { centre[index] += means[row][index] } }
      for row in rows {
        for index in 0..<width { means[row][index] -= centre[index] / Float(rows.count) }
        Self.normalise(&means[row])
      }
    }
    func nearest(_ kind: Int) -> Int? {
      var best: (kind: Int, score: Float)?
      for other in means.indices where latin[other] != latin[kind] {
        let score = zip(means[kind], means[other]).reduce(0) { $0 + $1.0 * $1.1 }
        if score > best?.score ?? 0 { best = (other, score) }
      }
      return best?.kind
    }
    let found = means.indices.map(nearest)
    for (kind, other) in found.enumerated() {
      if let other, found[other] == kind { counterparts[kind] = Int32(other) }
    }
  }

  private static func normalise(_ vector: inout [Float]) {
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else { return }
    for index in vector.indices { vector[index] /= length }
  }

  /// Bar codes are surer than vectors: the kind with which most are shared.
  private mutating func matchByBarcodes(_ products: [Product], _ kinds: [Int], _ latin: [Bool]) {
    var kindsOfCode: [String: Set<Int>] = [:]
    for (product, kind) in zip(products, kinds) where kind >= 0 {
      if let code = product.gtin { kindsOfCode[code, default: []].insert(kind) }
    }
    var shared: [[Int: Int]] = Array(repeating: [:], count: paths.count)
    for kinds in kindsOfCode.values {
      for one in kinds {
        for other in kinds where latin[one] != latin[other] { shared[one][other, default: 0] += 1 }
      }
    }
    for (kind, counts) in shared.enumerated() {
      let best = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
      if let best { counterparts[kind] = Int32(best.key) }
    }
  }
}
