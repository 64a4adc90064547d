/// An ensemble of regression trees: the sum of what each says of a row of numbers.
///
/// J. Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", 2001.
public struct BoostedTrees: Sendable, Hashable, Codable {
  /// A question about one number, or an answer.
  struct Node: Sendable, Hashable, Codable {
    /// The column asked about; -1 for an answer.
    var feature: Int
    /// Rows with at most this go left; not a number goes left too.
    var threshold: Float
    var left: Int
    var right: Int
    /// The answer.
    var value: Float
  }

  /// What a row is worth before any tree.
  var base: Float
  var trees: [[Node]]
  /// Columns of a row.
  public let featureCount: Int

  /// The number of trees.
  public var treeCount: Int { trees.count }

  /// The sum of the trees' answers. O(trees · depth).
  ///
  /// - Parameter row: `featureCount` numbers.
  public func callAsFunction(_ row: some RandomAccessCollection<Float>) -> Float {
    var sum = base
    for tree in trees {
      var place = 0
      while tree[place].feature >= 0 {
        let node = tree[place]
        let value = row[row.index(row.startIndex, offsetBy: node.feature)]
        place = value > node.threshold ? node.right : node.left
      }
      sum += tree[place].value
    }
    return sum
  }

  /// The mean of several ensembles over the same columns, of which there is at least one.
  init(meanOf parts: [BoostedTrees]) {
    let share = 1 / Float(parts.count)
    base = parts.reduce(0) { $0 + $1.base } * share
    featureCount = parts[0].featureCount
    trees = parts.flatMap(\.trees).map { tree in
      tree.map { node in
        var node = node
        node.value *= share
        return node
      }
    }
  }

  init(base: Float, trees: [[Node]], featureCount: Int) {
    (self.base, self.trees, self.featureCount) = (base, trees, featureCount)
  }

  /// Whether every node leads on to later ones and asks about a column that there is.
  var isConsistent: Bool {
    base.isFinite
      && trees.allSatisfy { tree in
        !tree.isEmpty
          && tree.indices.allSatisfy { place in
            let node = tree[place]
            guard node.feature >= 0 else { return node.value.isFinite }
            return node.feature < featureCount && node.left > place && node.right > place
              && node.left < tree.count && node.right < tree.count
          }
      }
  }
}

/// Rows to learn from.
public struct RankingRows: Sendable {
  /// Columns of a row.
  public let featureCount: Int
  /// `count * featureCount` numbers, row after row.
  public private(set) var features: [Float] = []
  /// How relevant each row's product is; larger is better.
  public private(set) var targets: [Float] = []
  /// The rows of each query.
  public private(set) var groups: [Range<Int>] = []

  /// No rows yet.
  public init(featureCount: Int) { self.featureCount = featureCount }

  /// The number of rows.
  public var count: Int { targets.count }

  /// Adds the products of one query.
  ///
  /// - Throws: ``SearchError`` `badArgument` where a row has another number of columns, or a value
  ///   is not finite.
  public mutating func append(_ rows: [[Float]], targets: [Float]) throws(SearchError) {
    guard rows.count == targets.count, rows.allSatisfy({ $0.count == featureCount }) else {
      throw SearchError(.badArgument, "every product needs \(featureCount) numbers and a target")
    }
    guard targets.allSatisfy(\.isFinite) else {
      throw SearchError(.badArgument, "a target is not a finite number")
    }
    let start = count
    for row in rows { features.append(contentsOf: row) }
    self.targets.append(contentsOf: targets)
    groups.append(start..<count)
  }

  /// Row `index`.
  public func row(_ index: Int) -> ArraySlice<Float> {
    features[index * featureCount..<(index + 1) * featureCount]
  }
}
