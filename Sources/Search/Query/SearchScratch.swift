internal import AkinText
internal import CKernels

/// The working memory of one query at a time, used again for the next one.
///
/// `@unchecked Sendable`: it goes from thread to thread with ``ScratchPool``, which lends it to one
/// at a time.
final class SearchScratch: @unchecked Sendable {
  let reader: QueryReader
  let matches: UnsafeMutableBufferPointer<akin_match>
  /// What a concept is worth so far, by product; zero between concepts.
  let best: UnsafeMutableBufferPointer<Float>
  /// The same by place in ``selected``.
  let raised: UnsafeMutableBufferPointer<Float>
  let selected: UnsafeMutableBufferPointer<UInt16>
  var allowed: [UInt64] = []

  init() throws(AnalysisError) {
    reader = try QueryReader()
    matches = .allocate(capacity: Segment.capacity)
    best = .allocate(capacity: Segment.capacity)
    raised = .allocate(capacity: Segment.capacity)
    selected = .allocate(capacity: Segment.capacity)
    matches.initialize(repeating: akin_match())
    best.initialize(repeating: 0)
    raised.initialize(repeating: 0)
    selected.initialize(repeating: 0)
  }

  deinit {
    matches.deallocate()
    best.deallocate()
    raised.deallocate()
    selected.deallocate()
  }
}
