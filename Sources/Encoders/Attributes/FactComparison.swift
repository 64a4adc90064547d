package import AkinCatalogue
internal import Foundation

/// The facts of two products side by side: for each aspect a value from −1 (they contradict each
/// other) to 1 (they agree), or nothing where either says nothing. Symmetric.
///
/// | aspect | value |
/// |---|---|
/// | brand | 1 the same key, 0.8 one is the beginning of the other, −1 else |
/// | barcode | 1, −1 |
/// | model | 1 shared, 0.7 one is the beginning of the other, −1 else |
/// | series | of the names both have: 1 all numbers shared, −1 none, −0.5 some |
/// | number, year | as series, of all numbers |
/// | storage … otherQuantity | 1 all of the side with fewer are on the other, −1 none, −0.5 some |
/// | colour | 1 one side's colours within the other's, −1 none shared, 0 some |
/// | target | 1 both or neither made for something else, −1 only one is |
/// | price | 1 − log₂(ratio) · 2, at least −1: 0 at a ratio of √2; one currency only |
/// | category | shared levels ÷ levels of the longer path · 2 − 1; nothing across scripts |
/// | group | 1, or nothing: other groups may hold the same product |
/// | named | share of the common names with a common value · 2 − 1 |
public struct FactComparison: Sendable, Equatable {
  /// One value for each of ``FactAspect/allCases``.
  public let values: [Float?]

  /// The value of an aspect.
  public subscript(aspect: FactAspect) -> Float? { values[aspect.ordinal] }

  /// Compares two products' facts. O(facts).
  public init(_ left: ProductFacts, _ right: ProductFacts) {
    var values = [Float?](repeating: nil, count: FactAspect.allCases.count)
    func set(_ aspect: FactAspect, _ value: Float?) { values[aspect.ordinal] = value }
    set(.brand, Self.brands(left, right))
    if let one = left.barcode, let other = right.barcode { set(.barcode, one == other ? 1 : -1) }
    set(.model, Self.models(left, right))
    set(.series, Self.series(left.series, right.series))
    set(.number, Self.sets(left.numbers, right.numbers, tolerance: 0))
    set(.year, Self.sets(left.years, right.years, tolerance: 0))
    for dimension in Quantity.Dimension.allCases {
      guard let value = Self.quantities(left, right, dimension) else { continue }
      // Of several dimensions in one aspect the worst counts.
      let aspect = FactAspect(dimension)
      set(aspect, min(value, values[aspect.ordinal] ?? 1))
    }
    if !left.colours.isEmpty, !right.colours.isEmpty {
      let shared = left.colours.intersection(right.colours)
      set(.colour, shared.isEmpty ? -1 : shared == left.colours || shared == right.colours ? 1 : 0)
    }
    if left.target != nil || right.target != nil {
      set(.target, (left.target == nil) == (right.target == nil) ? 1 : -1)
    }
    set(.price, Self.prices(left.price, right.price))
    set(.category, Self.categories(left.category, right.category))
    if let one = left.group, one == right.group { set(.group, 1) }
    set(.named, Self.named(left.named, right.named))
    self.values = values
  }
}

// MARK: Each aspect

extension FactComparison {
  private static func brands(_ left: ProductFacts, _ right: ProductFacts) -> Float? {
    guard let one = left.brand, let other = right.brand else { return nil }
    if one == other { return 1 }
    let (short, long) = one.utf8.count < other.utf8.count ? (one, other) : (other, one)
    return long.hasPrefix(short + " ") ? 0.8 : -1
  }

  private static func models(_ left: ProductFacts, _ right: ProductFacts) -> Float? {
    guard !left.models.isEmpty, !right.models.isEmpty else { return nil }
    var best: Float = -1
    for one in left.models {
      if right.joined.contains(one) { return 1 }
      for other in right.models {
        if one == other { return 1 }
        let (short, long) = one.utf8.count < other.utf8.count ? (one, other) : (other, one)
        if short.utf8.count >= 5, long.hasPrefix(short) { best = 0.7 }
      }
    }
    if right.models.contains(where: left.joined.contains) { return 1 }
    return best
  }

  private static func series(_ left: [ProductFacts.Series], _ right: [ProductFacts.Series])
    -> Float?
  {
    var shared: Set<String> = []
    for one in left where right.contains(where: { $0.name == one.name }) { shared.insert(one.name) }
    var worst: Float?
    for name in shared {
      let value = sets(
        left.filter { $0.name == name }.map(\.number),
        right.filter { $0.name == name }.map(\.number), tolerance: 0)
      worst = min(worst ?? 1, value ?? 1)
    }
    return worst
  }

  /// 1 where all of the smaller set are in the other, −1 where none are, −0.5 else.
  private static func sets(_ left: [Double], _ right: [Double], tolerance: Double) -> Float? {
    guard !left.isEmpty, !right.isEmpty else { return nil }
    let (few, many) = left.count <= right.count ? (left, right) : (right, left)
    let found = few.count { one in
      many.contains { abs($0 - one) <= tolerance * max(abs($0), abs(one)) }
    }
    return found == few.count ? 1 : found == 0 ? -1 : -0.5
  }

  private static func quantities(
    _ left: ProductFacts, _ right: ProductFacts, _ dimension: Quantity.Dimension
  ) -> Float? {
    let (one, other) = (left.amounts(dimension), right.amounts(dimension))
    // Binary and decimal multiples of bytes differ by 2.4 % a step; rounded pounds by less.
    let tolerance = dimension == .storage ? 0.03 : 0.015
    guard let value = sets(one, other, tolerance: tolerance) else { return nil }
    guard value < 1 else { return 1 }
    // What the title leaves out the description may say.
    let wider = { (facts: ProductFacts, amounts: [Double]) in
      amounts + facts.mentioned.filter { $0.dimension == dimension }.map(\.value)
    }
    let second = sets(one, wider(right, other), tolerance: tolerance)
    let third = sets(wider(left, one), other, tolerance: tolerance)
    return second == 1 || third == 1 ? 0.5 : value
  }

  private static func prices(_ left: Price?, _ right: Price?) -> Float? {
    guard let left, let right, left.amount > 0, right.amount > 0,
      left.currency == right.currency || left.currency == nil || right.currency == nil
    else { return nil }
    return Float(max(-1, 1 - 2 * abs(log2(left.amount / right.amount))))
  }

  private static func categories(_ left: [String], _ right: [String]) -> Float? {
    guard !left.isEmpty, !right.isEmpty else { return nil }
    let shared = zip(left, right).prefix { $0 == $1 }.count
    if shared == 0, isLatin(left) != isLatin(right) { return nil }
    return 2 * Float(shared) / Float(max(left.count, right.count)) - 1
  }

  private static func isLatin(_ path: [String]) -> Bool {
    path.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value < 0x3000 } }
  }

  private static func named(
    _ left: [ProductFacts.NamedValues], _ right: [ProductFacts.NamedValues]
  ) -> Float? {
    var names = 0
    var agreeing = 0
    for one in left {
      guard let other = right.first(where: { $0.name == one.name }) else { continue }
      names += 1
      if !Set(one.values).isDisjoint(with: other.values) { agreeing += 1 }
    }
    return names == 0 ? nil : 2 * Float(agreeing) / Float(names) - 1
  }
}

extension ProductFacts {
  /// The amounts of one dimension, in base units; a weight written as shops write storage is one.
  func amounts(_ dimension: Quantity.Dimension) -> [Double] {
    quantities.map(\.comparable).filter { $0.dimension == dimension }.map(\.value)
  }
}

extension Quantity {
  /// The value and dimension under which it is compared. Shops write `128G` for 128 GB; a weight
  /// in capital G of a number that memory has is taken for storage.
  package var comparable: (value: Double, dimension: Dimension) {
    dimension == .mass && [16, 32, 64, 128, 256, 512].contains(value) && written.hasSuffix("G")
      ? (value * 1e9, .storage) : (value, dimension)
  }
}
