internal import CKernels

/// Measures a ``RecallCurve``: rows of the segment play queries, their nearest by codes are found
/// among all rows, and the lists say how early each would have been met.
struct RecallMeasurement {
  private static let sampleRows = 256

  let lists: InvertedLists
  let kernel: Kernel
  let workers: Workers
  let dimension: Int
  /// The number each row had before it was moved into its list.
  let order: [Int32]

  /// Rows that play queries, ascending.
  static func sample(of count: Int) -> [Int32] {
    let wanted = min(sampleRows, count / 4)
    return (0..<wanted).map { Int32($0 * count / wanted + count / wanted / 2) }
  }

  /// `[depth][step]`; see ``RecallCurve/table``.
  func table(_ vectors: UnsafePointer<Float>, sample: [Int32]) -> [Float] {
    let met = Slots<[[Int32]]>(count: sample.count)
    workers.run(0..<sample.count, by: Int(AKIN_PROBES)) { range, _ in
      let queries = UnsafeMutablePointer<Float>.allocate(capacity: range.count * dimension)
      defer { queries.deallocate() }
      for (place, query) in range.enumerated() {
        (queries + place * dimension).update(
          from: vectors + Int(sample[query]) * dimension, count: dimension)
      }
      let deepest = RecallCurve.depths.max() ?? 0
      let block = ProbeBlock(
        queries, count: range.count, dimension: dimension, keep: deepest + 1,
        sketches: nil, kernel: kernel)
      let before = rowsBefore(block)
      let everything = ListBudget(
        rows: .max, passing: order.count, allowed: nil, weights: lists.sizes)
      lists.search(block, everything, kernel: kernel)
      for (place, query) in range.enumerated() {
        met[query] = neighbours(block, place, without: sample[query]).map { row in
          before[place][list(of: row)]
        }.prefixes(RecallCurve.depths)
      }
    }
    return RecallCurve.depths.indices.flatMap { depth in
      let places = met.values.compactMap(\.self).flatMap { $0[depth] }
      return (0..<RecallCurve.steps).map { step in
        let budget = RecallCurve.budget(step: step, rows: order.count)
        let found = places.count { Double($0) < budget }
        return places.isEmpty ? 1 : Float(found) / Float(places.count)
      }
    }
  }

  /// For each query and list, the rows of the lists that are better.
  private func rowsBefore(_ block: ProbeBlock) -> [[Int32]] {
    let line = InvertedLists.Coded.padded(lists.count)
    var scores = [Float](repeating: 0, count: block.count * line)
    var centroids = lists.centroids.view(stride: lists.stride)
    akin_index_scores(
      kernel.identifier, &centroids, lists.count, block.pointers, block.count, &scores, line)
    return (0..<block.count).map { query in
      let own = scores[query * line..<query * line + lists.count]
      let ranked = own.indices.sorted { own[$0] > own[$1] }
      var before = [Int32](repeating: 0, count: lists.count)
      var total: Int32 = 0
      for place in ranked {
        let list = place - query * line
        before[list] = total
        total += lists.starts[list + 1] - lists.starts[list]
      }
      return before
    }
  }

  /// The nearest of a query by codes, best first, without the row that plays it.
  private func neighbours(_ block: ProbeBlock, _ query: Int, without own: Int32) -> [Int] {
    let (rows, scores) = block.kept(query)
    return rows.indices.filter { order[Int(rows[$0])] != own }
      .sorted { scores[$0] > scores[$1] }
      .map { Int(rows[$0]) }
  }

  private func list(of row: Int) -> Int {
    var (lower, upper) = (0, lists.count)
    while upper - lower > 1 {
      let middle = (lower + upper) / 2
      if Int(lists.starts[middle]) <= row { lower = middle } else { upper = middle }
    }
    return lower
  }
}

extension [Int32] {
  fileprivate func prefixes(_ lengths: [Int]) -> [[Int32]] { lengths.map { Array(prefix($0)) } }
}
