internal import AkinCatalogue
internal import CKernels

/// Whether pairs are ruled out by sketches.
package enum SketchPolicy: Sendable {
  case never
  /// Where that is cheaper, for so many rows or more: a scan of fewer is over before the choice.
  case chosen(from: Int = 20_000)
  /// The widest there is room for, wherever they can be made.
  case always

  func applies(to count: Int) -> Bool {
    switch self {
    case .never: false
    case .chosen(let rows): count >= rows
    case .always: true
    }
  }
}

/// Which sketches, if any, spare a scan more than they cost.
///
/// A pair costs its product and a comparison and, where its sketch does not rule it out, its full
/// product as well. How often that is depends on the data and on the length of lists: it is counted
/// on some rows of the sample, against the others.
struct SketchChoice {
  /// What the parts of a scan cost, in products of 64 components within a tile: fitted to the seconds
  /// of `akin-bench-graph` with sketches of either width and without, 100,000 rows, k = 20 and 100.
  struct Costs {
    /// To compare a score with its thresholds.
    var comparison: Double
    /// To multiply 64 components of a single pair.
    var single: Double

    init(_ kernel: Kernel) {
      switch Int(kernel.identifier) {
      case Int(AKIN_KERNEL_AMX.rawValue): (comparison, single) = (5, 40)
      case Int(AKIN_KERNEL_AVX512.rawValue): (comparison, single) = (0.8, 4)
      default: (comparison, single) = (1.4, 1.9)
      }
    }
  }

  private let layout: GraphLayout
  private let kernel: Kernel
  private let sample: Sample
  /// The sample's vectors, and their lengths.
  private let rows: DenseRows
  private let norms: [akin_bound]
  /// The rows of the sample whose pairs are counted.
  private let probes: [Int]

  private let policy: SketchPolicy

  /// - Returns: `nil` where sketches are not wanted or cannot help: thresholds of a sample are not
  ///   used, the layout has no room, or vectors are too long or short for their own units.
  init?(
    _ policy: SketchPolicy, _ sample: Sample, of coded: CodedRows, vectors: UnsafePointer<Float>,
    layout: GraphLayout, kernel: Kernel
  ) {
    guard policy.applies(to: layout.count), sample.rank > 0, layout.sketchWidth > 0,
      coded.unit == 1
    else { return nil }
    self.policy = policy
    self.layout = layout
    self.kernel = kernel
    self.sample = sample
    rows = sample.vectors(vectors, dimension: layout.dimension)
    norms = (0..<sample.count).map { coded.full.bounds.start[Int(sample.identity.start[$0])] }
    let count = min(128, sample.count)
    probes = (0..<count).map { $0 * sample.count / count }
  }

  /// The space of the sketches to make. O(sample · d²).
  ///
  /// - Returns: `nil` where scanning full codes is about as cheap.
  func space() -> SketchSpace? {
    let principal = PrincipalDirections(of: rows, count: layout.sketchWidth - 1)
    if case .always = policy {
      return SketchSpace(principal, dimension: layout.dimension, width: layout.sketchWidth)
    }
    return cheapest(principal)
  }

  /// The width of the least cost for a pair.
  private func cheapest(_ principal: PrincipalDirections) -> SketchSpace? {
    let costs = Costs(kernel)
    let full = Double(layout.stride / 64)
    let thresholds = self.thresholds()
    // A tenth must be gained: making sketches costs, too.
    var best: (space: SketchSpace?, cost: Double) = (nil, 0.9 * (full + costs.comparison))
    for width in stride(from: 64, through: layout.sketchWidth, by: 64) {
      let space = SketchSpace(principal, dimension: layout.dimension, width: width)
      // A pair is looked at for its row's sake or for its column's.
      let looks = min(1, 2 * share(space, reaching: thresholds))
      let cost = Double(width / 64) + costs.comparison + looks * full * costs.single
      if cost < best.cost { best = (space, cost) }
    }
    return best.space
  }

  /// What the probes' neighbours must score: between what the sample sets before the scan and what
  /// lists arrive at.
  private func thresholds() -> [Float] {
    let expected = Double(layout.neighbours * sample.count) / Double(layout.count)
    let rank = max(1, (Int(expected.rounded()) + sample.rank) / 2)
    return zip(probes, products(rows)).map { probe, scores in
      var list = BestList(capacity: rank)
      for (row, score) in scores.enumerated() where row != probe {
        list.offer(Neighbour(item: row, score: score))
      }
      return list.threshold
    }
  }

  /// Each probe's products with all rows of the sample.
  private func products(_ rows: DenseRows) -> [ArraySlice<Float>] {
    let queries = DenseRows(
      count: probes.count, padded: rows.dimension, values: probes.flatMap { rows[$0] })
    let scores = queries.projected(on: rows)
    return probes.indices.map { scores[$0].prefix(rows.count) }
  }

  /// The share of pairs whose sketches reach their probe's threshold.
  private func share(_ space: SketchSpace, reaching thresholds: [Float]) -> Double {
    let codes = Codes(padded: rows.count, stride: space.width)
    var sketches = DenseRows(count: rows.count, padded: space.width)
    // Where rows are padded, one at a time.
    let together = rows.dimension == layout.dimension ? rows.count : 1
    rows.values.withUnsafeBufferPointer { rows in
      sketches.values.withUnsafeMutableBufferPointer { sketches in
        guard let rows = rows.baseAddress, let sketches = sketches.baseAddress else { return }
        for first in stride(from: 0, to: self.rows.count, by: together) {
          norms.withUnsafeBufferPointer {
            guard let norms = $0.baseAddress else { return }
            _ = space.code(
              rows + first * self.rows.dimension, count: together, norms: norms + first,
              into: sketches + first * space.width,
              codes: codes.codes.start + first * space.width, largest: codes.scale.start + first,
              bounds: codes.bounds.start + first, kernel: kernel)
          }
        }
      }
    }
    codes.scaleRows(rows.count, unit: 1)
    let bounds = codes.bounds.start
    var reached = 0
    for (place, scores) in products(sketches).enumerated() {
      let own = bounds[probes[place]]
      scores.withUnsafeBufferPointer { scores in
        for row in 0..<rows.count {
          let bound = own.norm * bounds[row].slack + own.slack * bounds[row].norm
          if scores[row] + bound >= thresholds[place] { reached += 1 }
        }
      }
    }
    return Double(reached) / Double(probes.count * rows.count)
  }
}
