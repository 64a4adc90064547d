/// The sum of many small decision trees, each grown on what the former ones got wrong, as the
/// logarithm of the odds of "yes".
///
/// Friedman, *Greedy function approximation: a gradient boosting machine*, 2001, with the second
/// derivatives and penalties of Chen & Guestrin, *XGBoost*, 2016, and the histograms and
/// best-leaf-first growth of Ke et al., *LightGBM*, 2017. A missing number (`nan`) goes where
/// training found it best.
public struct GradientBoostedTrees: Sendable, Codable, Equatable {
  /// A tree as parallel arrays, one element a node; the root is node 0.
  struct Tree: Sendable, Codable, Equatable {
    /// The number that is looked at; −1 in a leaf.
    var feature: [Int32] = []
    /// Values up to it go left.
    var threshold: [Float] = []
    /// Whether a missing value goes left.
    var missingLeft: [Bool] = []
    var left: [Int32] = []
    var right: [Int32] = []
    /// What a leaf adds.
    var value: [Float] = []

    mutating func addLeaf(_ output: Float) -> Int32 {
      feature.append(-1)
      threshold.append(0)
      missingLeft.append(true)
      left.append(-1)
      right.append(-1)
      value.append(output)
      return Int32(feature.count - 1)
    }

    func output(_ row: UnsafeBufferPointer<Float>) -> Float {
      var node = 0
      while feature[node] >= 0 {
        let x = row[Int(feature[node])]
        let goesLeft = x.isNaN ? missingLeft[node] : x <= threshold[node]
        node = Int(goesLeft ? left[node] : right[node])
      }
      return value[node]
    }

    /// Whether every node's children and feature exist and lie behind it, so that a walk ends.
    func isSound(features: Int) -> Bool {
      let count = feature.count
      guard count > 0, [threshold.count, value.count].allSatisfy({ $0 == count }),
        [left.count, right.count].allSatisfy({ $0 == count }), missingLeft.count == count
      else { return false }
      return (0..<count).allSatisfy { node in
        feature[node] < 0
          || Int(feature[node]) < features && (node + 1..<count).contains(Int(left[node]))
            && (node + 1..<count).contains(Int(right[node]))
      }
    }
  }

  /// How trees are grown.
  public struct Settings: Sendable, Codable, Equatable {
    /// Trees at most.
    public var trees = 600
    /// Leaves of a tree at most.
    public var leaves = 16
    /// What share of a tree's answer is taken.
    public var rate = 0.05
    /// The share of rows, and of features, that a tree sees.
    public var rowShare = 0.8, featureShare = 0.5
    /// Rows of a leaf at least.
    public var minimumRows = 8
    /// The penalty on leaves' squared outputs.
    public var l2 = 2.0
    /// Trees without a better validation loss after which growth ends.
    public var patience = 60
    /// What all random choices follow from.
    public var seed: UInt64 = 0

    /// The usual settings.
    public init() {}
  }

  /// Numbers in a row.
  public let features: Int
  /// The log-odds before any tree.
  let base: Float
  var trees: [Tree]

  /// The log-odds for each row of `[rows, features]`. O(rows · trees · depth).
  public func logits(_ rows: FeatureRows) -> [Double] {
    precondition(rows.width == features, "as many numbers a row as in training")
    return rows.values.withUnsafeBufferPointer { values in
      (0..<rows.count).map { row in
        let part = UnsafeBufferPointer(rebasing: values[row * features..<(row + 1) * features])
        return trees.reduce(Double(base)) { $0 + Double($1.output(part)) }
      }
    }
  }

  /// Whether the trees can be walked without harm: for what comes from a file.
  var isSound: Bool { features > 0 && trees.allSatisfy { $0.isSound(features: features) } }
}

/// Rows of numbers, one after another; `nan` where a number is missing.
public struct FeatureRows: Sendable, Equatable {
  /// Numbers in a row.
  public let width: Int
  /// All numbers: `count × width`.
  public private(set) var values: [Float]

  /// No rows yet.
  public init(width: Int) { (self.width, values) = (width, []) }

  /// The rows.
  public init(width: Int, values: [Float]) {
    precondition(width > 0 && values.count % width == 0, "whole rows only")
    (self.width, self.values) = (width, values)
  }

  /// The number of rows.
  public var count: Int { width > 0 ? values.count / width : 0 }

  /// Adds a row.
  public mutating func append(_ row: [Float]) {
    precondition(row.count == width, "as many numbers as in the other rows")
    values.append(contentsOf: row)
  }

  /// A row.
  public subscript(row: Int) -> ArraySlice<Float> { values[row * width..<(row + 1) * width] }
}
