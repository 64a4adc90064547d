internal import AkinNeural
internal import Foundation

extension GradientBoostedTrees {
  /// Grows trees on labelled rows; their number is the best on the validation rows.
  ///
  /// - Parameters:
  ///   - weights: what each row weighs; 1 where `nil`.
  ///   - validation: rows that training does not see; without them all trees are kept.
  /// - Complexity: O(trees · leaves' depth · rows · features).
  public init(
    _ rows: FeatureRows, _ labels: [Bool], weights: [Float]? = nil,
    validation: (rows: FeatureRows, labels: [Bool])? = nil, settings: Settings = Settings()
  ) {
    precondition(rows.count == labels.count && rows.count > 0, "one label a row")
    features = rows.width
    let positives = Double(labels.count { $0 }) + 0.5
    base = Float(log(positives / (Double(labels.count) + 1 - positives)))
    trees = []
    let binned = BinnedRows(rows)
    var grower = TreeGrower(binned, settings)
    var scores = [Float](repeating: base, count: rows.count)
    var heldOut = [Float](repeating: base, count: validation?.rows.count ?? 0)
    var best = (loss: Double.infinity, trees: 0)
    for index in 0..<settings.trees {
      var generator = SeededGenerator(seed: settings.seed, index)
      let slopes = zip(scores, labels).map { 1 / (1 + exp(-$0)) - ($1 ? 1 : 0) }
      let curves = scores.map { score in
        let p = 1 / (1 + exp(-score))
        return max(p * (1 - p), 1e-6)
      }
      let tree = grower.grow(slopes, curves, weights, &generator)
      trees.append(tree)
      Self.add(tree, rows, to: &scores)
      guard let validation else { continue }
      Self.add(tree, validation.rows, to: &heldOut)
      let loss = Self.logLoss(heldOut, validation.labels)
      if loss < best.loss { best = (loss, index + 1) }
      if index + 1 - best.trees >= settings.patience { break }
    }
    if validation != nil { trees.removeLast(trees.count - max(1, best.trees)) }
  }

  private static func add(_ tree: Tree, _ rows: FeatureRows, to scores: inout [Float]) {
    rows.values.withUnsafeBufferPointer { values in
      for row in scores.indices {
        scores[row] += tree.output(
          UnsafeBufferPointer(rebasing: values[row * rows.width..<(row + 1) * rows.width]))
      }
    }
  }

  private static func logLoss(_ scores: [Float], _ labels: [Bool]) -> Double {
    zip(scores, labels).reduce(0.0) { sum, row in
      sum + log1p(exp(Double(row.1 ? -row.0 : row.0)))
    } / Double(max(1, labels.count))
  }
}

/// Numbers that follow from a seed and a place.
struct SeededGenerator: RandomNumberGenerator {
  private var generator: SplitMix

  init(seed: UInt64, _ index: Int) {
    generator = SplitMix(
      seed &* 0xD134_2543_DE82_EF95 &+ UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9)
    _ = next()
  }

  mutating func next() -> UInt64 { generator.next() }
}

/// Numbers sorted into at most ``BinnedRows/most`` bins a feature, so that a split is found by
/// adding up bins.
private struct BinnedRows {
  static let most = 64

  let count: Int
  let width: Int
  /// Upper ends of each feature's bins, ascending; the last end is above all numbers, so that a
  /// split there tells missing numbers from the others.
  let edges: [[Float]]
  /// Column after column; the last bin, ``most``, is for missing numbers.
  let bins: [UInt8]

  init(_ rows: FeatureRows) {
    count = rows.count
    width = rows.width
    var edges: [[Float]] = []
    var bins = [UInt8](repeating: UInt8(Self.most), count: rows.count * rows.width)
    for feature in 0..<rows.width {
      let column = (0..<rows.count).map { rows.values[$0 * rows.width + feature] }
      let ends = Self.edges(of: column)
      for (row, value) in column.enumerated() where !value.isNaN {
        bins[feature * rows.count + row] = UInt8(Self.bin(value, ends))
      }
      edges.append(ends)
    }
    (self.edges, self.bins) = (edges, bins)
  }

  /// The first bin whose end is not below the value.
  private static func bin(_ value: Float, _ ends: [Float]) -> Int {
    var (low, high) = (0, ends.count)
    while low < high {
      let middle = (low + high) / 2
      if value <= ends[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Ends between different values: all, or about equally full bins.
  private static func edges(of column: [Float]) -> [Float] {
    let sorted = column.filter { !$0.isNaN }.sorted()
    guard let first = sorted.first else { return [] }
    var distinct = [first]
    for value in sorted where value != distinct[distinct.count - 1] { distinct.append(value) }
    let top = Float.greatestFiniteMagnitude
    if distinct.count < most {
      return zip(distinct, distinct.dropFirst()).map { $0 + ($1 - $0) / 2 } + [top]
    }
    var ends: [Float] = []
    for part in 1..<(most - 1) {
      let value = sorted[sorted.count * part / (most - 1)]
      if value < distinct[distinct.count - 1], ends.last.map({ $0 < value }) ?? true {
        ends.append(value)
      }
    }
    return ends + [top]
  }
}

/// Grows one tree after another over the same rows.
private struct TreeGrower {
  private struct Bin { var slope: Double = 0, curve: Double = 0, rows: Int32 = 0 }

  private struct Split {
    var gain: Double, feature: Int, bin: Int
    var missingLeft: Bool
  }

  private struct Leaf {
    var node: Int32
    var rows: [Int32]
    var slope: Double, curve: Double
    var split: Split?
  }

  private let data: BinnedRows
  private let settings: GradientBoostedTrees.Settings
  private var histogram: [Bin]

  init(_ data: BinnedRows, _ settings: GradientBoostedTrees.Settings) {
    (self.data, self.settings) = (data, settings)
    histogram = [Bin](repeating: Bin(), count: BinnedRows.most + 1)
  }

  mutating func grow(
    _ slopes: [Float], _ curves: [Float], _ weights: [Float]?,
    _ generator: inout SeededGenerator
  ) -> GradientBoostedTrees.Tree {
    var slopes = slopes, curves = curves
    if let weights {
      for row in slopes.indices {
        slopes[row] *= weights[row]
        curves[row] *= weights[row]
      }
    }
    let rows = (0..<Int32(data.count)).filter { _ in
      Double.random(in: 0..<1, using: &generator) < settings.rowShare
    }
    let kept = max(1, Int((Double(data.width) * settings.featureShare).rounded()))
    let features = Array(0..<data.width).shuffled(using: &generator).prefix(kept).sorted()
    var tree = GradientBoostedTrees.Tree()
    var leaves = [leaf(rows, tree.addLeaf(0), slopes, curves, features)]
    while leaves.count < settings.leaves,
      let index = leaves.indices.filter({ leaves[$0].split != nil })
        .max(by: { (leaves[$0].split?.gain ?? 0) < (leaves[$1].split?.gain ?? 0) }),
      let split = leaves[index].split
    {
      let parent = leaves.remove(at: index)
      let (left, right) = divide(parent.rows, split)
      let node = Int(parent.node)
      tree.feature[node] = Int32(split.feature)
      tree.threshold[node] = data.edges[split.feature][split.bin]
      tree.missingLeft[node] = split.missingLeft
      tree.left[node] = tree.addLeaf(0)
      tree.right[node] = tree.addLeaf(0)
      leaves.append(leaf(left, tree.left[node], slopes, curves, features))
      leaves.append(leaf(right, tree.right[node], slopes, curves, features))
    }
    for leaf in leaves {
      tree.value[Int(leaf.node)] = Float(
        -settings.rate * leaf.slope / (leaf.curve + settings.l2))
    }
    return tree
  }

  private mutating func leaf(
    _ rows: [Int32], _ node: Int32, _ slopes: [Float], _ curves: [Float], _ features: [Int]
  ) -> Leaf {
    var leaf = Leaf(node: node, rows: rows, slope: 0, curve: 0)
    for row in rows {
      leaf.slope += Double(slopes[Int(row)])
      leaf.curve += Double(curves[Int(row)])
    }
    guard rows.count >= 2 * settings.minimumRows else { return leaf }
    for feature in features where !data.edges[feature].isEmpty {
      fill(feature, rows, slopes, curves)
      if let split = best(feature, leaf), split.gain > leaf.split?.gain ?? 1e-9 {
        leaf.split = split
      }
    }
    return leaf
  }

  private mutating func fill(
    _ feature: Int, _ rows: [Int32], _ slopes: [Float], _ curves: [Float]
  ) {
    let offset = feature * data.count
    histogram.withUnsafeMutableBufferPointer { bins in
      for index in bins.indices { bins[index] = Bin() }
      data.bins.withUnsafeBufferPointer { codes in
        for row in rows {
          let bin = Int(codes[offset + Int(row)])
          bins[bin].slope += Double(slopes[Int(row)])
          bins[bin].curve += Double(curves[Int(row)])
          bins[bin].rows += 1
        }
      }
    }
  }

  /// The best cut of a feature, missing numbers on either side.
  private func best(_ feature: Int, _ leaf: Leaf) -> Split? {
    let missing = histogram[BinnedRows.most]
    let whole = score(leaf.slope, leaf.curve)
    var found: Split?
    for missingLeft in missing.rows > 0 ? [true, false] : [true] {
      var left = missingLeft ? missing : Bin()
      for bin in data.edges[feature].indices {
        left.slope += histogram[bin].slope
        left.curve += histogram[bin].curve
        left.rows += histogram[bin].rows
        let right = leaf.rows.count - Int(left.rows)
        guard Int(left.rows) >= settings.minimumRows, right >= settings.minimumRows else {
          continue
        }
        let gain =
          score(left.slope, left.curve)
          + score(leaf.slope - left.slope, leaf.curve - left.curve) - whole
        if gain > found?.gain ?? 1e-9 {
          found = Split(gain: gain, feature: feature, bin: bin, missingLeft: missingLeft)
        }
      }
    }
    return found
  }

  private func score(_ slope: Double, _ curve: Double) -> Double {
    slope * slope / (curve + settings.l2)
  }

  private func divide(_ rows: [Int32], _ split: Split) -> (left: [Int32], right: [Int32]) {
    let offset = split.feature * data.count
    var (left, right): ([Int32], [Int32]) = ([], [])
    for row in rows {
      let bin = Int(data.bins[offset + Int(row)])
      if bin == BinnedRows.most ? split.missingLeft : bin <= split.bin {
        left.append(row)
      } else {
        right.append(row)
      }
    }
    return (left, right)
  }
}
