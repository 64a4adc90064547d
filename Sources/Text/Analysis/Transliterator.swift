internal import CICU

/// A transliteration of ICU. One thread at a time may use one.
final class Transliterator {
  private let handle: OpaquePointer

  /// - Parameter name: ICU's name, `Han-Latin; Latin-ASCII`.
  init(_ name: String) throws(AnalysisError) {
    guard let handle = cicu_transliterator_open(name) else { throw AnalysisError(library: "ICU") }
    self.handle = handle
  }

  deinit { cicu_transliterator_close(handle) }

  /// The transliteration of `text`; `text` itself where ICU refuses it.
  func transliterate(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      var out = [UInt8](repeating: 0, count: bytes.count * 8 + 64)
      let count = cicu_transliterate(handle, bytes.baseAddress, bytes.count, &out, out.count)
      guard count >= 0 else { return String(decoding: bytes, as: UTF8.self) }
      return String(decoding: out[..<count], as: UTF8.self)
    }
  }
}
