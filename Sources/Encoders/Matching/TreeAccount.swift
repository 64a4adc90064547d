/// Takes the log-odds of ``GradientBoostedTrees`` apart: what each number of a row added.
///
/// A walk from a tree's root to a leaf changes the expected answer at every node; the change belongs
/// to the number that the node looks at (Saabas, *Interpreting random forests*, 2014). The parts and
/// the base add up to the log-odds exactly.
public struct TreeAccount: Sendable, Codable, Equatable {
  /// For each tree and node the mean answer of the rows that came by.
  private let means: [[Float]]

  /// Expected answers over `rows`, best those of training. O(rows · trees · depth).
  public init(_ model: GradientBoostedTrees, over rows: FeatureRows) {
    precondition(rows.width == model.features, "as many numbers a row as in training")
    means = model.trees.map { tree in
      var sums = [Float](repeating: 0, count: tree.feature.count)
      var counts = sums
      rows.values.withUnsafeBufferPointer { values in
        for row in 0..<rows.count {
          let start = row * rows.width
          let path = tree.path(
            UnsafeBufferPointer(rebasing: values[start..<start + rows.width]))
          let answer = tree.value[path[path.count - 1]]
          for node in path {
            sums[node] += answer
            counts[node] += 1
          }
        }
      }
      return tree.feature.indices.map { counts[$0] > 0 ? sums[$0] / counts[$0] : tree.value[$0] }
    }
  }

  /// The base and what each number of `row` adds to it: together the log-odds.
  /// O(trees · depth).
  public func parts(of row: [Float], by model: GradientBoostedTrees) -> (
    base: Double, parts: [Double]
  ) {
    var base = Double(model.base)
    var parts = [Double](repeating: 0, count: model.features)
    row.withUnsafeBufferPointer { row in
      for (tree, means) in zip(model.trees, means) {
        let path = tree.path(row)
        base += Double(means[0])
        for (node, next) in zip(path, path.dropFirst()) {
          let isLeaf = tree.feature[next] < 0
          let reached = isLeaf ? tree.value[next] : means[next]
          parts[Int(tree.feature[node])] += Double(reached - means[node])
        }
        if path.count == 1 { base += Double(tree.value[0] - means[0]) }
      }
    }
    return (base, parts)
  }

  /// Whether the account fits the trees: for what comes from a file.
  func fits(_ model: GradientBoostedTrees) -> Bool {
    means.count == model.trees.count
      && zip(means, model.trees).allSatisfy { $0.count == $1.feature.count }
  }
}

extension GradientBoostedTrees.Tree {
  /// The nodes from the root to the leaf of a row.
  fileprivate func path(_ row: UnsafeBufferPointer<Float>) -> [Int] {
    var node = 0
    var path = [0]
    while feature[node] >= 0 {
      let x = row[Int(feature[node])]
      node = Int((x.isNaN ? missingLeft[node] : x <= threshold[node]) ? left[node] : right[node])
      path.append(node)
    }
    return path
  }
}

extension GradientBoostedTrees {
  /// Whether the trees and their account can be walked without harm: for what comes from a file.
  public func isSound(features: Int, account: TreeAccount) -> Bool {
    self.features == features && isSound && account.fits(self)
  }

  /// The log-odds of one row. O(trees · depth).
  public func logit(_ row: [Float]) -> Double {
    precondition(row.count == features, "as many numbers a row as in training")
    return row.withUnsafeBufferPointer { row in
      trees.reduce(Double(base)) { $0 + Double($1.output(row)) }
    }
  }
}
