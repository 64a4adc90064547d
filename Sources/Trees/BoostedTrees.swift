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
    /// The answer; of a question what it would be if the tree ended here.
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
  public func callAsFunction(_ row: some Collection<Float>) -> Float {
    row.withContiguousStorageIfAvailable { answer($0) }
      ?? Array(row).withUnsafeBufferPointer { answer($0) }
  }

  /// The same of numbers in memory.
  func answer(_ row: UnsafeBufferPointer<Float>) -> Float {
    precondition(row.count == featureCount, "as many numbers as columns")
    return trees.reduce(base) { $0 + Self.answer($1, row) }
  }

  /// The answers for many rows, each as ``callAsFunction(_:)`` gives it: tree after tree, so that a
  /// tree stays in the processor's nearest cache. O(rows · trees · depth).
  ///
  /// - Parameter rows: `[count, featureCount]`, row-major.
  public func answers(_ rows: [Float]) -> [Float] {
    let count = featureCount == 0 ? 0 : rows.count / featureCount
    var sums = [Float](repeating: base, count: count)
    rows.withUnsafeBufferPointer { rows in
      sums.withUnsafeMutableBufferPointer { sums in
        for tree in trees {
          for row in 0..<count {
            let numbers = rows[row * featureCount..<(row + 1) * featureCount]
            sums[row] += Self.answer(tree, UnsafeBufferPointer(rebasing: numbers))
          }
        }
      }
    }
    return sums
  }

  /// One tree's answer.
  static func answer(_ tree: [Node], _ row: UnsafeBufferPointer<Float>) -> Float {
    tree.withUnsafeBufferPointer { tree in
      var place = 0
      while tree[place].feature >= 0 {
        place =
          row[tree[place].feature] > tree[place].threshold ? tree[place].right : tree[place].left
      }
      return tree[place].value
    }
  }

  /// What each column adds to the answer for a row, and what there is without any: together
  /// ``callAsFunction(_:)``, up to rounding.
  ///
  /// A step from a question to the next node changes what the tree would say; the change belongs to
  /// the column that was asked about (Saabas, *Interpreting random forests*, 2014).
  /// O(trees · depth).
  public func parts(of row: some Collection<Float>) -> (base: Float, parts: [Float]) {
    let row = Array(row)
    var sum = base
    var parts = [Float](repeating: 0, count: featureCount)
    for tree in trees {
      sum += tree[0].value
      var place = 0
      while tree[place].feature >= 0 {
        let node = tree[place]
        place = row[node.feature] > node.threshold ? node.right : node.left
        parts[node.feature] += tree[place].value - node.value
      }
    }
    return (sum, parts)
  }

  /// The mean of several ensembles over the same columns, of which there is at least one.
  package init(meanOf parts: [BoostedTrees]) {
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
  package var isConsistent: Bool {
    base.isFinite
      && trees.allSatisfy { tree in
        !tree.isEmpty
          && tree.indices.allSatisfy { place in
            let node = tree[place]
            guard node.value.isFinite else { return false }
            return node.feature < 0
              || node.feature < featureCount && node.left > place && node.right > place
                && node.left < tree.count && node.right < tree.count
          }
      }
  }
}
