internal import CKernels

/// The candidate lists of a block of rows: memory for ``akin_lists``, used again for each block.
struct CandidateLists {
  private let layout: GraphLayout
  private let threshold: Memory<Float>
  private let filled: Memory<Int32>
  private let state: Memory<UInt8>
  private let deviation: Memory<Float>
  private let candidates: Memory<akin_candidate>
  /// The best sample row of each row: rows with the same one have much in common.
  let nearest: Memory<Int32>
  /// Lists in the order they are re-ranked.
  let order: Memory<Int32>

  init(_ layout: GraphLayout) {
    let rows = GraphLayout.padded(layout.blockRows)
    self.layout = layout
    threshold = Memory(rows)
    filled = Memory(rows)
    state = Memory(rows)
    deviation = Memory(2 * rows)
    candidates = Memory(rows * layout.capacity)
    nearest = Memory(rows)
    order = Memory(rows)
  }

  /// Empty lists for `rows`.
  func begin(
    _ rows: Range<Int>, of coded: CodedRows, vectors: UnsafePointer<Float>
  ) -> akin_lists {
    threshold.start.update(repeating: -.infinity, count: rows.count)
    (threshold.start + rows.count)
      .update(repeating: .infinity, count: GraphLayout.padded(rows.count) - rows.count)
    filled.start.update(repeating: 0, count: rows.count)
    state.start.update(repeating: UInt8(AKIN_LIST_CODED.rawValue), count: rows.count)
    deviation.start.update(repeating: 0, count: 2 * rows.count)
    nearest.start.update(repeating: 0, count: rows.count)
    return akin_lists(
      view: coded.view(rows), vectors: vectors, dimension: layout.dimension, unit: coded.unit,
      bounds: coded.full.bounds.start, k: layout.neighbours, capacity: layout.capacity,
      threshold: threshold.start, filled: filled.start, state: state.start,
      deviation: deviation.start, candidates: candidates.start)
  }

  /// Sets ``order`` for `window` of the lists: those near the same sample row stand together, so
  /// that the vectors they share are still in the cache. A counting sort, O(window + sample).
  func arrange(_ window: Range<Int>, buckets: [Int]) {
    var starts = [Int](repeating: 0, count: buckets.count + 2)
    func bucket(_ row: Int) -> Int { buckets.isEmpty ? 0 : buckets[Int(nearest.start[row])] }
    for row in window { starts[bucket(row) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    for row in window {
      let bucket = bucket(row)
      order.start[window.lowerBound + starts[bucket]] = Int32(row)
      starts[bucket] += 1
    }
  }

  /// A place for each sample row, such that those of one cluster are neighbours: each points to
  /// the sample row nearest to it, and those that lead to the same mutual pair go together.
  func buckets(_ sample: Sample, first: Int, count: Int) -> [Int] {
    let next = (0..<sample.count).map { index in
      let row = Int(sample.identity.start[index]) - first
      return (0..<count).contains(row) ? Int(nearest.start[row]) : index
    }
    let roots = next.indices.map { index in
      var (one, other) = (index, next[index])
      // Scores grow along the way, so it ends in a pair; ties might make a ring.
      for _ in 0..<64 where next[other] != one { (one, other) = (other, next[other]) }
      return min(one, other)
    }
    var places = [Int](repeating: 0, count: sample.count)
    for (place, index) in next.indices.sorted(by: { (roots[$0], $0) < (roots[$1], $1) })
      .enumerated()
    {
      places[index] = place
    }
    return places
  }
}
