internal import CSnowball

/// Snowball's English stemmer (Porter 2): `headphones` and `headphone` become one term.
///
/// One thread at a time may use one.
final class EnglishStemmer {
  private let handle: OpaquePointer

  init() throws(AnalysisError) {
    guard let handle = sb_stemmer_new("english", "UTF_8") else {
      throw AnalysisError(library: "Snowball (libstemmer)")
    }
    self.handle = handle
  }

  deinit { sb_stemmer_delete(handle) }

  /// Lends the stem of `word`, lower-case ASCII letters.
  func withStem<Result>(
    of word: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    guard let stem = sb_stemmer_stem(handle, word.baseAddress, Int32(word.count)) else {
      return body(word)
    }
    return body(UnsafeBufferPointer(start: stem, count: Int(sb_stemmer_length(handle))))
  }
}
