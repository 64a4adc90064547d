internal import CKernels

/// A few coded queries and the best rows that each has met; used by one thread.
final class ProbeBlock {
  let count: Int
  private let kernel: Kernel
  /// What the loops take: one pointer a query.
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<akin_probe>?>
  private let probes: UnsafeMutablePointer<akin_probe>
  private let codes: UnsafeMutablePointer<Int8>
  private let scores: UnsafeMutablePointer<Float>
  private let rows: UnsafeMutablePointer<Int32>
  /// The queries' lengths and the slack of their codes.
  private let bounds: UnsafeMutablePointer<akin_bound>
  private let sketchCodes: UnsafeMutablePointer<Int8>

  /// - Parameters:
  ///   - queries: `[count, dimension]`, finite.
  ///   - keep: how many rows of each query to keep at least.
  ///   - sketches: those of the rows to search, which then rule out rows.
  init(
    _ queries: UnsafePointer<Float>, count: Int, dimension: Int, keep: Int,
    sketches: ListedSketches?, kernel: Kernel
  ) {
    let stride = InvertedLists.stride(dimension)
    let capacity = 4 * keep + 64
    (self.count, self.kernel) = (count, kernel)
    codes = .allocate(capacity: count * stride)
    scores = .allocate(capacity: count * capacity)
    rows = .allocate(capacity: count * capacity)
    probes = .allocate(capacity: count)
    pointers = .allocate(capacity: count)
    bounds = .allocate(capacity: count)
    sketchCodes = .allocate(capacity: count * (sketches?.space.width ?? 0))
    sketchCodes.initialize(repeating: 0, count: count * (sketches?.space.width ?? 0))
    codes.initialize(repeating: 0, count: count * stride)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { largest in
      _ = akin_quantise(
        kernel.identifier, queries, count, dimension, stride, codes, largest.baseAddress, bounds)
      for query in 0..<count {
        bounds[query].norm *= largest[query]
        bounds[query].slack *= largest[query]
        probes[query] = akin_probe(
          query: akin_query(), sketch: akin_query(), margin: 0, threshold: -.infinity, keep: keep,
          filled: 0, capacity: capacity, scores: scores + query * capacity,
          rows: rows + query * capacity)
        akin_query_set(&probes[query].query, codes + query * stride, stride, largest[query])
        pointers[query] = probes + query
      }
    }
    if let sketches { sketch(queries, by: sketches, kernel: kernel) }
  }

  /// Makes the queries' sketches. O(count · d · width).
  private func sketch(_ queries: UnsafePointer<Float>, by sketches: ListedSketches, kernel: Kernel)
  {
    let (space, width) = (sketches.space, sketches.space.width)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count * (width + 1)) { scratch in
      withUnsafeTemporaryAllocation(of: akin_bound.self, capacity: count) { coarse in
        guard let values = scratch.baseAddress, let coarse = coarse.baseAddress else { return }
        let largest = values + count * width
        largest.update(repeating: 0, count: count)
        coarse.update(repeating: akin_bound(), count: count)
        // A query too long to have a sketch, and those after it, are compared with every row.
        let failed = space.code(
          queries, count: count, norms: bounds, into: values, codes: sketchCodes, largest: largest,
          bounds: coarse, kernel: kernel)
        for query in 0..<count {
          let (norm, slack) = (
            largest[query] * coarse[query].norm, largest[query] * coarse[query].slack
          )
          akin_query_set(&probes[query].sketch, sketchCodes + query * width, width, largest[query])
          let (rows, own) = (sketches.bounds, bounds[query])
          let margin =
            norm * rows.sketch.slack + slack * rows.sketch.norm + own.norm * rows.code.slack
            + own.slack * rows.code.norm
          let isSketched = failed < 0 || query < Int(failed)
          probes[query].margin = isSketched && margin.isFinite ? margin : .infinity
        }
      }
    }
  }

  deinit {
    codes.deallocate()
    scores.deallocate()
    rows.deallocate()
    bounds.deallocate()
    sketchCodes.deallocate()
    probes.deallocate()
    pointers.deallocate()
  }

  /// The rows a query has kept, and their scores by codes, in no order. Valid until the next use.
  func kept(_ query: Int) -> (
    rows: UnsafeBufferPointer<Int32>, scores: UnsafeBufferPointer<Float>
  ) {
    akin_probe_shrink(kernel.identifier, probes + query)
    let count = probes[query].filled
    return (
      UnsafeBufferPointer(start: probes[query].rows, count: count),
      UnsafeBufferPointer(start: probes[query].scores, count: count)
    )
  }
}
