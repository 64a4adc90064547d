internal import AkinSimilarity

/// Columns cut into at most 64 bins with about equally many rows.
struct FeatureBins {
  static let most = 64
  /// Upper bounds of the bins of each column, ascending; the last bin is open.
  let bounds: [[Float]]
  /// Column after column, a bin for each row.
  let bins: [[UInt8]]

  init(_ rows: RankingRows) {
    var (bounds, bins): ([[Float]], [[UInt8]]) = ([], [])
    for column in 0..<rows.featureCount {
      let values = (0..<rows.count).map { rows.features[$0 * rows.featureCount + column] }
      let edges = Self.edges(values)
      bounds.append(edges)
      bins.append(values.map { UInt8(Self.bin(of: $0, edges)) })
    }
    (self.bounds, self.bins) = (bounds, bins)
  }

  private static func edges(_ values: [Float]) -> [Float] {
    let sorted = values.filter { !$0.isNaN }.sorted()
    guard let first = sorted.first, let last = sorted.last, first < last else { return [] }
    var edges: [Float] = []
    var step = 1
    while step < most {
      let edge = sorted[min(sorted.count - 1, step * sorted.count / most)]
      if edge < last, edge > edges.last ?? -.infinity { edges.append(edge) }
      step += 1
    }
    if edges.isEmpty { edges = [first] }
    return edges
  }

  /// The first bin whose bound is not below `value`; the first of all for what is no number.
  private static func bin(of value: Float, _ edges: [Float]) -> Int {
    guard !value.isNaN else { return 0 }
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Grows one tree, always splitting the leaf that gains most.
struct TreeGrower {
  private struct Bin {
    var gradient: Float = 0
    var curvature: Float = 0
    var count: Int32 = 0
  }

  private struct Split {
    var gain: Float
    var column: Int
    var bin: Int
  }

  private struct Leaf {
    var node: Int
    var rows: Range<Int>
    var histogram: [Bin]
    var split: Split?
  }

  private let bins: FeatureBins
  private let gradients: [Float]
  private let curvatures: [Float]
  private let options: TreeOptions
  private let columns: [Int]
  private var rows: [Int32]
  private var nodes: [BoostedTrees.Node] = []

  init(
    bins: FeatureBins, gradients: [Float], curvatures: [Float], options: TreeOptions,
    columns: [Int], rows: [Int32]
  ) {
    self.bins = bins
    self.gradients = gradients
    self.curvatures = curvatures
    self.options = options
    self.columns = columns
    self.rows = rows
  }

  mutating func grow() -> [BoostedTrees.Node] {
    var leaves = [leaf(0..<rows.count, histogram: histogram(0..<rows.count))]
    while leaves.count < options.leaves {
      guard
        let place = leaves.indices.filter({ leaves[$0].split != nil }).max(by: {
          (leaves[$0].split?.gain ?? 0) < (leaves[$1].split?.gain ?? 0)
        }), let split = leaves[place].split
      else { break }
      let parent = leaves.remove(at: place)
      let middle = partition(parent.rows, by: split)
      let (left, right) = (parent.rows.lowerBound..<middle, middle..<parent.rows.upperBound)
      // The larger child's histogram is what the smaller one's leaves of the parent's.
      let small = histogram(left.count < right.count ? left : right)
      let large = zip(parent.histogram, small).map {
        Bin(
          gradient: $0.gradient - $1.gradient, curvature: $0.curvature - $1.curvature,
          count: $0.count - $1.count)
      }
      let leftLeaf = leaf(left, histogram: left.count < right.count ? small : large)
      let rightLeaf = leaf(right, histogram: left.count < right.count ? large : small)
      nodes[parent.node] = BoostedTrees.Node(
        feature: split.column, threshold: bins.bounds[split.column][split.bin],
        left: leftLeaf.node, right: rightLeaf.node, value: nodes[parent.node].value)
      leaves += [leftLeaf, rightLeaf]
    }
    return nodes
  }

  private mutating func leaf(_ range: Range<Int>, histogram: [Bin]) -> Leaf {
    var (gradient, curvature): (Float, Float) = (0, 0)
    for row in rows[range] {
      gradient += gradients[Int(row)]
      curvature += curvatures[Int(row)]
    }
    nodes.append(
      BoostedTrees.Node(
        feature: -1, threshold: 0, left: 0, right: 0,
        value: -gradient / (curvature + options.regularisation) * options.learningRate))
    return Leaf(
      node: nodes.count - 1, rows: range, histogram: histogram,
      split: bestSplit(histogram, gradient, curvature, count: range.count))
  }

  private func histogram(_ range: Range<Int>) -> [Bin] {
    var result = [Bin](repeating: Bin(), count: columns.count * FeatureBins.most)
    result.withUnsafeMutableBufferPointer { result in
      // Safe: every column writes its own bins.
      nonisolated(unsafe) let result = result
      let workers = range.count > 8_192 ? Workers.all : Workers(count: 1)
      workers.run(columns.count) { index, _ in
        let base = index * FeatureBins.most
        bins.bins[columns[index]].withUnsafeBufferPointer { bins in
          for row in rows[range] {
            let place = base + Int(bins[Int(row)])
            result[place].gradient += gradients[Int(row)]
            result[place].curvature += curvatures[Int(row)]
            result[place].count += 1
          }
        }
      }
    }
    return result
  }

  private func bestSplit(
    _ histogram: [Bin], _ gradient: Float, _ curvature: Float, count: Int
  ) -> Split? {
    guard count >= 2 * options.smallestLeaf else { return nil }
    func worth(_ gradient: Float, _ curvature: Float) -> Float {
      gradient * gradient / (curvature + options.regularisation)
    }
    let whole = worth(gradient, curvature)
    var best: Split?
    for (index, column) in columns.enumerated() {
      var left = Bin()
      for bin in 0..<bins.bounds[column].count {
        let entry = histogram[index * FeatureBins.most + bin]
        left.gradient += entry.gradient
        left.curvature += entry.curvature
        left.count += entry.count
        guard Int(left.count) >= options.smallestLeaf else { continue }
        guard count - Int(left.count) >= options.smallestLeaf else { break }
        let gain =
          worth(left.gradient, left.curvature)
          + worth(gradient - left.gradient, curvature - left.curvature) - whole
        if gain > best?.gain ?? 1e-6 { best = Split(gain: gain, column: column, bin: bin) }
      }
    }
    return best
  }

  /// Puts the rows of the left child first; returns where the right one's begin.
  private mutating func partition(_ range: Range<Int>, by split: Split) -> Int {
    let bins = bins.bins[split.column]
    var right: [Int32] = []
    var place = range.lowerBound
    for index in range {
      let row = rows[index]
      if Int(bins[Int(row)]) <= split.bin {
        rows[place] = row
        place += 1
      } else {
        right.append(row)
      }
    }
    rows.replaceSubrange(place..<range.upperBound, with: right)
    return place
  }
}
