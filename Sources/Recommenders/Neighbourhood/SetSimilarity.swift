internal import Foundation

/// How alike two rows of a matrix are: two items by who took them, two shoppers by what they took.
///
/// With n(a), n(b) the weights of both, n(ab) what they share and N the number of columns:
///
/// | | |
/// |---|---|
/// | `cosine` | n(ab) / √(n(a) · n(b)) |
/// | `jaccard` | n(ab) / (n(a) + n(b) − n(ab)) |
/// | `pearson` | the correlation of both rows over all N columns, what is absent counting 0 |
///
/// Cosine after Sarwar et al. (WWW 2001), Pearson after Resnick et al. (CSCW 1994). For weights
/// other than 1 the sums are of squares and products, and Jaccard becomes Tanimoto's coefficient.
public enum SetSimilarity: String, Sendable, CaseIterable, Codable {
  /// The cosine of the angle.
  case cosine
  /// What is shared, of all that is there.
  case jaccard
  /// The correlation.
  case pearson

  /// The sums of a row that a measure needs.
  struct Row {
    /// Σ x, and Σ x².
    var sum: Float
    var squares: Float
  }

  /// The measure, shrunk by `shared / (shared + shrinkage)`; `shared` counts the common columns.
  func value(
    product: Float, shared: Float, _ first: Row, _ second: Row, columns: Float, shrinkage: Float
  ) -> Float {
    let plain: Float
    switch self {
    case .cosine: plain = product / (first.squares * second.squares).squareRoot()
    case .jaccard: plain = product / (first.squares + second.squares - product)
    case .pearson:
      let covariance = product - first.sum * second.sum / columns
      let variances =
        (first.squares - first.sum * first.sum / columns)
        * (second.squares - second.sum * second.sum / columns)
      plain = variances > 0 ? covariance / variances.squareRoot() : 0
    }
    return shrinkage > 0 ? plain * shared / (shared + shrinkage) : plain
  }
}
