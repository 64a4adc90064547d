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
    let listOfRow = lists.starts.values.indices.dropLast().flatMap { list in
      repeatElement(Int32(list), count: Int(lists.starts[list + 1] - lists.starts[list]))
    }
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
          before[place][Int(listOfRow[row])]
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
      var before = [Int32](repeating: 0, count: lists.count)
      var total: Int32 = 0
      for list in Self.ranked(own) {
        before[list] = total
        total += lists.starts[list + 1] - lists.starts[list]
      }
      return before
    }
  }

  /// The nearest of a query by codes, best first, without the row that plays it.
  private func neighbours(_ block: ProbeBlock, _ query: Int, without own: Int32) -> [Int] {
    let (rows, scores) = block.kept(query)
    return Self.ranked(scores).map { Int(rows[$0]) }.filter { order[$0] != own }
  }

  /// The places of scores, best first: sorted as numbers, which costs a fraction of comparing by a
  /// closure.
  private static func ranked(_ scores: some Collection<Float>) -> [Int] {
    scores.enumerated().map { place, score in
      let bits = score.bitPattern
      // Ascending with the score, then turned round.
      let ascending = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
      return UInt64(~ascending) << 32 | UInt64(place)
    }
    .sorted().map { Int($0 & 0xFFFF_FFFF) }
  }
}

extension [Int32] {
  fileprivate func prefixes(_ lengths: [Int]) -> [[Int32]] { lengths.map { Array(prefix($0)) } }
}
