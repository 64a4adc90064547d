internal import AkinCatalogue
internal import CKernels

/// Rows against all vectors in float32: for what codes cannot decide.
struct Float32Scan {
  let layout: GraphLayout
  let kernel: Kernel
  let vectors: UnsafePointer<Float>
  let forget: () -> Void
  /// A power of two that queries are multiplied by, and scores divided by in the end.
  var unit: Float = 1

  /// Columns packed at a time, and rows that share them.
  private static let columns = 512
  static let rows = 96

  /// Replaces the lists of `rows`. O(rows · n · d).
  func fill(_ rows: [Int], of lists: akin_lists, progress: () throws -> Void) throws {
    try best(rows.map { $0 + lists.view.first }, progress: progress) { index, list in
      let row = rows[index]
      for (place, neighbour) in list.enumerated() {
        lists.candidates[row * layout.capacity + place] = akin_candidate(
          score: neighbour.score / unit, id: Int32(neighbour.item))
      }
      lists.filled[row] = Int32(list.count)
    }
  }

  /// Calls `body` with each index of `rows` and its best neighbours, in no particular order of
  /// groups, from one thread.
  func best(
    _ rows: [Int], progress: () throws -> Void, body: (Int, [Neighbour]) throws -> Void
  ) throws {
    let workers = Workers(count: layout.threads)
    let share = max(1, min(Self.rows, (rows.count + layout.threads - 1) / layout.threads))
    let turn = share * layout.threads
    for first in stride(from: 0, to: rows.count, by: turn) {
      let range = first..<min(first + turn, rows.count)
      let groups = (range.count + share - 1) / share
      let results = Slots<[BestList]>(count: groups)
      workers.run(range, by: share) { piece, _ in
        results[(piece.lowerBound - first) / share] = scan(rows[piece])
      }
      for (offset, list) in results.values.compactMap(\.self).joined().enumerated() {
        try body(first + offset, list.sorted())
      }
      if layout.isBounded { forget() }
      try progress()
    }
  }

  private func scan(_ rows: ArraySlice<Int>) -> [BestList] {
    let dimension = layout.dimension
    var best = rows.map { _ in BestList(capacity: layout.neighbours) }
    var queries: [Float] = []
    queries.reserveCapacity(rows.count * dimension)
    for row in rows {
      let values = UnsafeBufferPointer(start: vectors + row * dimension, count: dimension)
      queries.append(contentsOf: values.lazy.map { $0 * unit })
    }
    var packed = [Float](repeating: 0, count: akin_packed_size(Self.columns, dimension))
    var scores = [Float](repeating: 0, count: rows.count * Self.columns)
    var offsets = [Int32](repeating: 0, count: Self.columns)
    let panelRows = Int(AKIN_PANEL_ROWS)
    let window = max(layout.windowRows / layout.threads, Self.columns)
    for first in stride(from: 0, to: layout.count, by: Self.columns) {
      let live = min(Self.columns, layout.count - first)
      if layout.isBounded, first / window != (first + Self.columns) / window { forget() }
      akin_pack_panels(vectors + first * dimension, live, dimension, &packed)
      akin_score_panels(
        kernel.identifier, queries, rows.count, packed, (live + panelRows - 1) / panelRows,
        dimension, &scores, Self.columns)
      for (index, row) in rows.enumerated() {
        let line = index * Self.columns
        let found = withUnsafePointer(to: &scores[line]) {
          akin_select_above(kernel.identifier, $0, live, best[index].threshold, &offsets)
        }
        for offset in offsets[..<found] where first + Int(offset) != row {
          best[index].offer(
            Neighbour(item: first + Int(offset), score: scores[line + Int(offset)]))
        }
      }
    }
    return best
  }
}
