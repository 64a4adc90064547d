internal import COpenCC

/// Converts between Chinese scripts and their regional words with OpenCC.
///
/// One thread at a time may use one.
package final class ChineseConverter {
  private let handle: OpaquePointer

  /// Opens a conversion of OpenCC: `t2s` (traditional to simplified, character by character) or
  /// `tw2sp` (with Taiwan's words: 滑鼠 becomes 鼠标).
  package init(_ name: String) throws(AnalysisError) {
    guard let handle = copencc_open(name + ".json") else { throw AnalysisError(library: "OpenCC") }
    self.handle = handle
  }

  deinit { copencc_close(handle) }

  /// The conversion of `text`; `text` itself where OpenCC refuses it.
  package func convert(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      var out = [UInt8](repeating: 0, count: bytes.count * 2 + 16)
      var count = copencc_convert(handle, bytes.baseAddress, bytes.count, &out, out.count)
      if count > out.count {
        out = [UInt8](repeating: 0, count: count)
        count = copencc_convert(handle, bytes.baseAddress, bytes.count, &out, out.count)
      }
      guard count >= 0 else { return String(decoding: bytes, as: UTF8.self) }
      return String(decoding: out[..<count], as: UTF8.self)
    }
  }
}
