internal import CICU

/// Word ends by ICU's dictionaries: Chinese, Japanese, Korean, Thai. One thread at a time.
final class HanSegmenter {
  private let handle: OpaquePointer
  private var ends: [Int32] = []

  init() throws(AnalysisError) {
    guard let handle = cicu_words_open() else { throw AnalysisError(library: "ICU") }
    self.handle = handle
  }

  deinit { cicu_words_close(handle) }

  /// The ends of the words in `units`, UTF-16, ascending; one word where ICU refuses the text.
  func wordEnds(in units: [UInt16]) -> ArraySlice<Int32> {
    if ends.count < units.count + 1 {
      ends = Array(repeating: 0, count: max(64, units.count * 2))
    }
    let count = cicu_words_split(handle, units, Int32(units.count), &ends, Int32(ends.count))
    guard count > 0 else {
      ends[0] = Int32(units.count)
      return ends[..<1]
    }
    return ends[..<Int(count)]
  }
}
