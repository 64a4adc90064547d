internal import CICU

/// Unicode normalisation (UAX #15) of UTF-8, by ICU.
///
/// ASCII and text that is in the form already cost one quick scan. Ill-formed UTF-8 comes out
/// with U+FFFD in place of each ill-formed sequence.
package enum UnicodeForm {
  /// Whether `bytes` are in NFC; `false` also where that is not quickly known.
  package static func isNFC(_ bytes: UnsafeRawBufferPointer) -> Bool { holds(CICU_NFC, bytes) }

  /// Whether `bytes` are in NFKC; `false` also where that is not quickly known.
  package static func isNFKC(_ bytes: UnsafeRawBufferPointer) -> Bool { holds(CICU_NFKC, bytes) }

  /// Appends the canonical composition of `bytes` to `output`. O(bytes).
  package static func nfc(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    append(CICU_NFC, bytes, &output)
  }

  /// Appends the compatibility composition of `bytes` to `output`: full-width forms become
  /// plain, ligatures come apart. O(bytes).
  package static func nfkc(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    append(CICU_NFKC, bytes, &output)
  }

  /// The canonical composition of a string.
  package static func nfc(_ text: String) -> String { convert(CICU_NFC, text) }

  /// The compatibility composition of a string.
  package static func nfkc(_ text: String) -> String { convert(CICU_NFKC, text) }

  private static func holds(_ form: cicu_form, _ bytes: UnsafeRawBufferPointer) -> Bool {
    cicu_is_normalised(form, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count) == 1
  }

  private static func append(
    _ form: cicu_form, _ bytes: UnsafeRawBufferPointer, _ output: inout [UInt8]
  ) {
    guard bytes.count > 0, let source = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
    let start = output.count
    var room = bytes.count + bytes.count / 2 + 16
    while true {
      output.append(contentsOf: repeatElement(0, count: room))
      let made = output.withUnsafeMutableBufferPointer {
        cicu_normalise(form, source, bytes.count, $0.baseAddress! + start, room)
      }
      if made >= 0 && made <= room {
        output.removeLast(room - made)
        return
      }
      output.removeLast(room)
      guard made > room else {
        // ICU fails here only for want of memory: the text stays as it was.
        output.append(contentsOf: bytes)
        return
      }
      room = made
    }
  }

  private static func convert(_ form: cicu_form, _ text: String) -> String {
    var text = text
    var output: [UInt8] = []
    let same = text.withUTF8 { bytes in
      let raw = UnsafeRawBufferPointer(bytes)
      if holds(form, raw) { return true }
      append(form, raw, &output)
      return false
    }
    return same ? text : String(decoding: output, as: UTF8.self)
  }
}
