/// Bytes of one field, lent for the length of a call.
package typealias FieldBytes = UnsafeRawBufferPointer

extension UnsafeRawBufferPointer {
  /// The bytes of `range`, counted from the start of this buffer.
  @inline(__always)
  func part(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[start..<end])
  }

  /// Without ASCII white space at both ends.
  @inline(__always)
  func trimmed() -> UnsafeRawBufferPointer {
    var start = 0
    var end = count
    while start < end, self[start] <= 0x20 { start += 1 }
    while end > start, self[end - 1] <= 0x20 { end -= 1 }
    return start == 0 && end == count ? self : part(start, end)
  }

  /// The bytes as text; a byte that is no UTF-8 becomes U+FFFD.
  @inline(__always)
  var text: String { String(decoding: self, as: UTF8.self) }
}

extension String {
  /// Lends the text's UTF-8 bytes.
  package func withFieldBytes<R>(_ body: (FieldBytes) throws -> R) rethrows -> R {
    var copy = self
    return try copy.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
  }
}

/// Tests on single bytes.
extension UInt8 {
  @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }
  @inline(__always) var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
  @inline(__always) var lowered: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}
