internal import Foundation

/// Which share of a row's nearest is found by looking at so many rows: measured on rows of the
/// segment that the centroids were not trained on, when it was built.
struct RecallCurve: Sendable {
  /// The numbers of nearest that it was measured for.
  static let depths = [10, 100, 1_000]
  /// Budgets are the segment's rows times 2^(-step / 2).
  static let steps = 24

  /// `[depth][step]`, in 0...1; empty where there is one list only.
  let table: Column<Float>

  init(_ reader: SectionReader) throws(IndexError) {
    table = try reader.column("lists.recall")
    guard table.count == 0 || table.count == Self.depths.count * Self.steps else {
      throw table.damaged(at: table.count, "it has another size")
    }
    if let place = table.values.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw table.damaged(at: place, "it is no share")
    }
  }

  static func budget(step: Int, rows: Int) -> Double { Double(rows) * pow(2, -Double(step) / 2) }

  /// Rows to look at for `recall` of the `k` nearest of `rows`; between what was measured by the
  /// logarithm of both.
  func budget(recall: Double, k: Double, rows: Int) -> Int {
    guard table.count > 0, recall < 1 else { return rows }
    let place = log10(max(k, Double(Self.depths[0]))) - log10(Double(Self.depths[0]))
    let lower = Int(place)
    guard lower + 1 < Self.depths.count else {
      // Deeper than was measured: as deep as it goes, in proportion.
      let deepest = budget(recall, depth: Self.depths.count - 1, rows: rows)
      let last = Double(Self.depths[Self.depths.count - 1])
      return min(rows, Int((deepest * max(1, k / last)).rounded(.up)))
    }
    let share = place - Double(lower)
    let (near, far) = (
      budget(recall, depth: lower, rows: rows), budget(recall, depth: lower + 1, rows: rows)
    )
    return min(rows, Int(exp(log(near) * (1 - share) + log(far) * share).rounded(.up)))
  }

  private func budget(_ recall: Double, depth: Int, rows: Int) -> Double {
    func reached(_ step: Int) -> Double { Double(table[depth * Self.steps + step]) }
    var step = 0
    while step + 1 < Self.steps, reached(step + 1) >= recall { step += 1 }
    let enough = Self.budget(step: step, rows: rows)
    guard step + 1 < Self.steps else { return max(1, enough) }
    // Between two measured budgets the recall is taken to be straight in the logarithm.
    let (above, below) = (reached(step), reached(step + 1))
    let share = above > below ? max(0, min(1, (above - recall) / (above - below))) : 0
    let less = Self.budget(step: step + 1, rows: rows)
    return max(1, exp(log(enough) * (1 - share) + log(less) * share))
  }
}
