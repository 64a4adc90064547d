/// How alike two sets are: products' words, shoppers, tags. All are in 0 … 1, 1 for equal sets that
/// are not empty; where either is empty the value is 0, because nothing is known to be shared.
///
/// | measure | of sets | with weights w ≥ 0 |
/// |---|---|---|
/// | `jaccard` | \|A ∩ B\| / \|A ∪ B\| (Jaccard, 1912) | Σ min(aᵢ, bᵢ) / Σ max(aᵢ, bᵢ) (Ružička, 1958) |
/// | `overlap` | \|A ∩ B\| / min(\|A\|, \|B\|) (Szymkiewicz, 1934; Simpson, 1943) | Σ min(aᵢ, bᵢ) / min(Σ aᵢ, Σ bᵢ) |
/// | `dice` | 2 \|A ∩ B\| / (\|A\| + \|B\|) (Dice, 1945) | 2 Σ min(aᵢ, bᵢ) / (Σ aᵢ + Σ bᵢ) |
public enum SetMeasure: String, Sendable, Hashable, CaseIterable, Codable {
  case jaccard, overlap, dice

  /// The measure of two sets. O(the smaller).
  public func value<Element>(_ a: Set<Element>, _ b: Set<Element>) -> Double {
    let shared = a.count < b.count ? a.count(where: b.contains) : b.count(where: a.contains)
    return value(shared: Double(shared), a: Double(a.count), b: Double(b.count))
  }

  /// The measure of two sets whose members count by weight. O(both).
  ///
  /// - Throws: ``MeasureError/negativeWeight(_:)`` also for weights that are no numbers.
  public func value<Element>(
    _ a: [Element: Double], _ b: [Element: Double]
  ) throws(MeasureError) -> Double {
    guard a.values.allSatisfy({ $0 >= 0 }) else { throw .negativeWeight(.first) }
    guard b.values.allSatisfy({ $0 >= 0 }) else { throw .negativeWeight(.second) }
    let shared = a.reduce(0.0) { $0 + min($1.value, b[$1.key] ?? 0) }
    return value(
      shared: shared, a: a.values.reduce(0, +), b: b.values.reduce(0, +))
  }

  private func value(shared: Double, a: Double, b: Double) -> Double {
    guard a > 0, b > 0 else { return 0 }
    switch self {
    case .jaccard: return shared / (a + b - shared)
    case .overlap: return shared / min(a, b)
    case .dice: return 2 * shared / (a + b)
    }
  }
}
