internal import CKernels

/// A few coded queries and the best rows that each has met; used by one thread.
final class ProbeBlock {
  let count: Int
  /// What the loops take: one pointer a query.
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<akin_probe>?>
  private let probes: UnsafeMutablePointer<akin_probe>
  private let codes: UnsafeMutablePointer<Int8>
  private let scores: UnsafeMutablePointer<Float>
  private let rows: UnsafeMutablePointer<Int32>

  /// - Parameters:
  ///   - queries: `[count, dimension]`, finite.
  ///   - keep: how many rows of each query to keep at least.
  init(
    _ queries: UnsafePointer<Float>, count: Int, dimension: Int, keep: Int, kernel: Kernel
  ) {
    let stride = InvertedLists.stride(dimension)
    let capacity = 4 * keep + 64
    self.count = count
    codes = .allocate(capacity: count * stride)
    scores = .allocate(capacity: count * capacity)
    rows = .allocate(capacity: count * capacity)
    probes = .allocate(capacity: count)
    pointers = .allocate(capacity: count)
    codes.initialize(repeating: 0, count: count * stride)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { largest in
      withUnsafeTemporaryAllocation(of: akin_bound.self, capacity: count) { bounds in
        _ = akin_quantise(
          kernel.identifier, queries, count, dimension, stride, codes, largest.baseAddress,
          bounds.baseAddress)
        for query in 0..<count {
          probes[query] = akin_probe(
            codes: nil, scale: 0, offset: 0, threshold: -.infinity, keep: keep, filled: 0,
            capacity: capacity, scores: scores + query * capacity, rows: rows + query * capacity)
          akin_probe_set(probes + query, codes + query * stride, stride, largest[query])
          pointers[query] = probes + query
        }
      }
    }
  }

  deinit {
    codes.deallocate()
    scores.deallocate()
    rows.deallocate()
    probes.deallocate()
    pointers.deallocate()
  }

  /// The rows a query has kept, and their scores by codes, in no order. Valid until the next use.
  func kept(_ query: Int) -> (
    rows: UnsafeBufferPointer<Int32>, scores: UnsafeBufferPointer<Float>
  ) {
    akin_probe_shrink(probes + query)
    let count = probes[query].filled
    return (
      UnsafeBufferPointer(start: probes[query].rows, count: count),
      UnsafeBufferPointer(start: probes[query].scores, count: count)
    )
  }
}
