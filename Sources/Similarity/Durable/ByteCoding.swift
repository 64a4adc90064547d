/// Little-endian values, one after the other.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ value: Float) { put(value.bitPattern) }
  mutating func put(_ value: Double) { put(value.bitPattern) }
  mutating func put(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

  mutating func put(_ values: [Float]) {
    #if _endian(little)
      values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    #else
      for value in values { put(value) }
    #endif
  }

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// The length in UTF-8 as 32 bits, then the text.
  mutating func put(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      put(UInt32(utf8.count))
      bytes.append(contentsOf: utf8)
    }
  }

  /// Zeros up to a multiple of `alignment`.
  mutating func pad(to alignment: Int) {
    bytes.append(
      contentsOf: repeatElement(0, count: bytes.count.rounded(upTo: alignment) - bytes.count))
  }
}

/// Reads what ``ByteWriter`` wrote and believes none of it: every length is checked against what
/// is left before it is used.
struct ByteReader {
  /// The bytes end too early, or hold a value that cannot be.
  struct Malformed: Error {
    var offset: Int
    var reason: String
    /// The flipped bit that explains it.
    var bit: Int?
  }

  private let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  /// `bytes` must outlive the reader.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }
  var remaining: Int { bytes.count - offset }

  func malformed(_ reason: String) -> Malformed { Malformed(offset: offset, reason: reason) }

  mutating func take(_ count: Int) throws(Malformed) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= remaining else { throw malformed("it ends too early") }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  mutating func take<Value: FixedWidthInteger & BitwiseCopyable>(
    _: Value.Type = Value.self
  ) throws(Malformed) -> Value {
    Value(littleEndian: try take(MemoryLayout<Value>.size).loadUnaligned(as: Value.self))
  }

  mutating func takeFloat() throws(Malformed) -> Float { Float(bitPattern: try take()) }
  mutating func takeDouble() throws(Malformed) -> Double { Double(bitPattern: try take()) }

  mutating func takeFloats(_ count: Int) throws(Malformed) -> [Float] {
    let raw = try take(count * MemoryLayout<Float>.size)
    return (0..<count).map {
      Float(
        bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
      )
    }
  }

  mutating func takeText() throws(Malformed) -> String {
    let length: UInt32 = try take()
    let start = offset
    let utf8 = try take(Int(length))
    guard let text = String(validating: utf8, as: UTF8.self) else {
      throw Malformed(offset: start, reason: "a text is not UTF-8")
    }
    return text
  }

  /// A 64-bit length or offset.
  mutating func takeCount() throws(Malformed) -> Int {
    let start = offset
    guard let count = Int(exactly: try take(UInt64.self)) else {
      throw Malformed(offset: start, reason: "a length is beyond measure")
    }
    return count
  }

  /// A 32-bit number of elements that take at least `size` bytes each.
  mutating func takeCount(ofSize size: Int) throws(Malformed) -> Int {
    let start = offset
    let count = Int(try take(UInt32.self))
    guard count <= remaining / max(1, size) else {
      throw Malformed(offset: start, reason: "\(count) elements are announced, fewer can follow")
    }
    return count
  }
}

extension Int {
  /// The next multiple of `step` that is not below.
  func rounded(upTo step: Int) -> Int { (self + step - 1) / step * step }
}
