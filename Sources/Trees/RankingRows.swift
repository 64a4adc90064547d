/// Rows to learn from.
public struct RankingRows: Sendable {
  /// Columns of a row.
  public let featureCount: Int
  /// `count * featureCount` numbers, row after row.
  public private(set) var features: [Float] = []
  /// How relevant each row's product is; larger is better.
  public private(set) var targets: [Float] = []
  /// What is known of each row before any tree, in the trees' units; 0 unless told.
  public private(set) var starts: [Float] = []
  /// The rows of each query.
  public private(set) var groups: [Range<Int>] = []

  /// No rows yet.
  public init(featureCount: Int) { self.featureCount = featureCount }

  /// The number of rows.
  public var count: Int { targets.count }

  /// Adds the products of one query.
  ///
  /// - Throws: ``TreeError`` where a row has another number of columns, or a value
  ///   is not finite.
  public mutating func append(_ rows: [[Float]], targets: [Float]) throws(TreeError) {
    guard rows.count == targets.count, rows.allSatisfy({ $0.count == featureCount }) else {
      throw TreeError("every product needs \(featureCount) numbers and a target")
    }
    try append(flat: Array(rows.joined()), targets: targets)
  }

  /// Adds the products of one query, their numbers laid end to end.
  ///
  /// - Parameter starts: what the trees are to correct, one a product; 0 where left out.
  /// - Throws: ``TreeError`` where numbers and products do not fit together, or a target or a start
  ///   is not finite.
  public mutating func append(flat rows: [Float], targets: [Float], starts: [Float]? = nil)
    throws(TreeError)
  {
    guard rows.count == targets.count * featureCount,
      starts?.count ?? targets.count == targets.count
    else { throw TreeError("every product needs \(featureCount) numbers and a target") }
    guard targets.allSatisfy(\.isFinite), starts?.allSatisfy(\.isFinite) ?? true else {
      throw TreeError("a target is not a finite number")
    }
    let start = count
    features.append(contentsOf: rows)
    self.targets.append(contentsOf: targets)
    self.starts.append(contentsOf: starts ?? [Float](repeating: 0, count: targets.count))
    groups.append(start..<count)
  }

  /// Row `index`.
  public func row(_ index: Int) -> ArraySlice<Float> {
    features[index * featureCount..<(index + 1) * featureCount]
  }
}
