/// ``BoostedTrees`` as arrays, node after node and tree after tree, for files.
package struct FlatTrees: Sendable {
  package var base: Float
  /// Nodes of each tree.
  package var sizes: [Int32]
  /// The column asked about; -1 for an answer.
  package var features: [Int32]
  package var left: [Int32]
  package var right: [Int32]
  package var thresholds: [Float]
  package var values: [Float]

  package init(
    base: Float, sizes: [Int32], features: [Int32], left: [Int32], right: [Int32],
    thresholds: [Float], values: [Float]
  ) {
    (self.base, self.sizes, self.features) = (base, sizes, features)
    (self.left, self.right) = (left, right)
    (self.thresholds, self.values) = (thresholds, values)
  }
}

extension BoostedTrees {
  /// The trees as arrays.
  package var flattened: FlatTrees {
    let nodes = trees.joined()
    return FlatTrees(
      base: base, sizes: trees.map { Int32($0.count) }, features: nodes.map { Int32($0.feature) },
      left: nodes.map { Int32($0.left) }, right: nodes.map { Int32($0.right) },
      thresholds: nodes.map(\.threshold), values: nodes.map(\.value))
  }

  /// The trees of such arrays; `nil` where they do not fit together or a walk would not end.
  package init?(_ flat: FlatTrees, featureCount: Int) {
    let count = flat.features.count
    guard flat.sizes.allSatisfy({ $0 > 0 }), flat.sizes.reduce(0, { $0 + Int($1) }) == count,
      [flat.left.count, flat.right.count, flat.thresholds.count, flat.values.count]
        .allSatisfy({ $0 == count })
    else { return nil }
    var start = 0
    let trees = flat.sizes.map { size in
      defer { start += Int(size) }
      return (start..<start + Int(size)).map { place in
        Node(
          feature: Int(flat.features[place]), threshold: flat.thresholds[place],
          left: Int(flat.left[place]), right: Int(flat.right[place]), value: flat.values[place])
      }
    }
    self.init(base: flat.base, trees: trees, featureCount: featureCount)
    guard isConsistent else { return nil }
  }
}
