internal import CKernels

/// The finished lists of a block of rows.
struct FinishedLists {
  let lists: akin_lists
  let layout: GraphLayout

  /// Hands on all rows in order, some thousands at a time, `width` columns each; where fewer rows
  /// exist, -1 with a score of -infinity fills the rest.
  func forEachPiece(
    width: Int,
    _ body: (UnsafeBufferPointer<Int32>, UnsafeBufferPointer<Float>) throws -> Void
  ) rethrows {
    let tile = Int(AKIN_TILE)
    let piece = max(1, (1 << 20) / max(1, width) / tile) * tile
    var ids = [Int32](repeating: -1, count: min(piece, lists.view.count) * width)
    var scores = [Float](repeating: -.infinity, count: ids.count)
    for first in stride(from: 0, to: lists.view.count, by: piece) {
      let rows = first..<min(first + piece, lists.view.count)
      ids.withUnsafeMutableBufferPointer { ids in
        scores.withUnsafeMutableBufferPointer { scores in
          fill(ids, scores, with: rows, width: width)
        }
      }
      try ids.withUnsafeBufferPointer { ids in
        try scores.withUnsafeBufferPointer { scores in
          try body(
            UnsafeBufferPointer(rebasing: ids[..<(rows.count * width)]),
            UnsafeBufferPointer(rebasing: scores[..<(rows.count * width)]))
        }
      }
    }
  }

  private func fill(
    _ ids: UnsafeMutableBufferPointer<Int32>, _ scores: UnsafeMutableBufferPointer<Float>,
    with rows: Range<Int>, width: Int
  ) {
    // Safe: every piece writes its own rows.
    nonisolated(unsafe) let (lists, ids, scores) = (lists, ids, scores)
    Workers(count: layout.threads).run(rows, by: 256) { piece, _ in
      for row in piece {
        let from = lists.candidates + row * layout.capacity
        let start = (row - rows.lowerBound) * width
        for place in 0..<min(width, Int(lists.filled[row])) {
          ids[start + place] = from[place].id
          scores[start + place] = from[place].score
        }
      }
    }
  }
}
