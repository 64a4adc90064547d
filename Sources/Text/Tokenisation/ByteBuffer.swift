/// A growing run of bytes without checks in its hot path; a class so that nothing is ever copied.
package final class ByteBuffer {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 256) {
    self.capacity = max(capacity, 16)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  @inline(__always)
  func removeAll() { count = 0 }

  @inline(__always)
  func append(_ byte: UInt8) {
    if count == capacity { grow(by: 1) }
    base[count] = byte
    count &+= 1
  }

  @inline(__always)
  func append(_ source: UnsafePointer<UInt8>, count added: Int) {
    if capacity &- count < added { grow(by: added) }
    (base + count).update(from: source, count: added)
    count &+= added
  }

  func append(_ source: [UInt8]) {
    source.withUnsafeBufferPointer {
      if let start = $0.baseAddress { append(start, count: $0.count) }
    }
  }

  /// Appends a scalar as UTF-8.
  @inline(__always)
  func append(scalar: UInt32) {
    if scalar < 0x80 {
      append(UInt8(truncatingIfNeeded: scalar))
    } else if scalar < 0x800 {
      append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
      append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
    } else if scalar < 0x10000 {
      append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
      append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
      append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
    } else {
      append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
      append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
      append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
      append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
    }
  }

  private func grow(by added: Int) {
    let larger = max(capacity * 2, count + added)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: base, count: count)
    base.deallocate()
    base = moved
    capacity = larger
  }
}

/// Decoding of UTF-8 that never reads past the end, whatever the bytes are.
enum UTF8Decoding {
  /// The scalar value at `position`, and its length in bytes (at least 1, never past the end).
  /// What is no UTF-8 comes back as U+FFFD of one byte.
  @inline(__always)
  static func scalar(
    in text: UnsafeBufferPointer<UInt8>, at position: Int
  ) -> (value: UInt32, length: Int) {
    let base = text.baseAddress! + position
    let rest = text.count &- position
    let first = UInt32(base[0])
    if first < 0x80 { return (first, 1) }
    if first >= 0xC2, first < 0xE0, rest >= 2 {
      return ((first & 0x1F) << 6 | UInt32(base[1] & 0x3F), 2)
    }
    if first >= 0xE0, first < 0xF0, rest >= 3 {
      let value = (first & 0xF) << 12 | UInt32(base[1] & 0x3F) << 6 | UInt32(base[2] & 0x3F)
      return (value & 0xF800 == 0xD800 ? 0xFFFD : value, 3)
    }
    if first >= 0xF0, first < 0xF5, rest >= 4 {
      let value =
        (first & 0x7) << 18 | UInt32(base[1] & 0x3F) << 12 | UInt32(base[2] & 0x3F) << 6
        | UInt32(base[3] & 0x3F)
      return (value > 0x10FFFF ? 0xFFFD : value, 4)
    }
    return (0xFFFD, 1)
  }

  /// The length of the scalar that starts with `byte`.
  @inline(__always)
  static func length(startingWith byte: UInt8) -> Int {
    byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
  }
}
