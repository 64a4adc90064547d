/// The element types that Akin reads and writes in NumPy files, always little endian.
public enum NumPyElement: String, Hashable, Sendable {
  /// 32-bit IEEE 754 floating point.
  case float32 = "<f4"
  /// 32-bit signed integer.
  case int32 = "<i4"

  /// Bytes an element takes.
  public var size: Int { 4 }
}

/// The header of a `.npy` file: type and shape of a row-major array.
///
/// Format: NumPy Enhancement Proposal 1, versions 1.0 to 3.0.
public struct NumPyHeader: Hashable, Sendable {
  /// The type of the elements.
  public var element: NumPyElement
  /// One or two extents: `[count]` or `[rows, columns]`.
  public var shape: [Int]
  /// Bytes before the first element.
  public var dataOffset: Int

  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  /// A header longer than this is not one of ours or NumPy's: about 200 bytes are usual.
  static let longestHeader = 65_536

  /// The header as bytes, padded with spaces to `length` where given (a writer that learns the
  /// number of rows last reserves the space first), else to the next multiple of 64.
  func encoded(length: Int? = nil) -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let dictionary =
      "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(extents)), }"
    let fixed = Self.magic.count + 4
    let total = length ?? (fixed + dictionary.utf8.count + 1 + 63) / 64 * 64
    let text = total - fixed
    var bytes = Self.magic + [1, 0, UInt8(text & 0xFF), UInt8(text >> 8)]
    bytes += dictionary.utf8
    bytes += [UInt8](repeating: 0x20, count: total - bytes.count - 1)
    bytes.append(0x0A)
    return bytes
  }

}

extension NumPyHeader {
  /// Reads the header at the start of `bytes`.
  ///
  /// - Throws: ``EncoderError`` with ``EncoderError/Code/malformedFile``, naming the field.
  init(parsing bytes: UnsafeRawBufferPointer, path: String) throws(EncoderError) {
    func malformed(_ message: String, _ field: String? = nil) -> EncoderError {
      EncoderError(.malformedFile, message, path: path, field: field)
    }
    guard bytes.count >= 10, bytes.prefix(6).elementsEqual(Self.magic) else {
      throw malformed("This is not a NumPy file: it does not start with the .npy signature.")
    }
    let major = bytes[6]
    guard (1...3).contains(major), bytes[7] == 0 else {
      throw malformed("NumPy format version \(major).\(bytes[7]) is not known.", "version")
    }
    let start = major == 1 ? 10 : 12
    guard bytes.count >= start else { throw malformed("The header is cut off.", "header length") }
    var length = Int(bytes[8]) | Int(bytes[9]) << 8
    if major > 1 { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
    guard length <= Self.longestHeader else {
      throw malformed("A header of \(length) bytes is not plausible.", "header length")
    }
    guard bytes.count >= start + length else {
      throw malformed("The header is cut off: \(length) bytes announced.", "header length")
    }
    var parser = NumPyDictionaryParser(Array(bytes[start..<start + length]), path: path)
    let fields = try parser.parse()
    guard let element = NumPyElement(rawValue: fields.type) else {
      throw malformed("Elements must be '<f4' or '<i4'.", "descr")
    }
    guard !fields.columnMajor else {
      throw malformed("Column-major arrays are not read: save a C-ordered copy.", "fortran_order")
    }
    guard (1...2).contains(fields.shape.count) else {
      throw malformed("The array must have one or two dimensions.", "shape")
    }
    var size = element.size
    for extent in fields.shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw malformed("The shape overflows.", "shape") }
      size = product
    }
    self.element = element
    self.shape = fields.shape
    self.dataOffset = start + length
  }
}

/// Reads the Python dictionary literal of a `.npy` header; nothing else of Python.
struct NumPyDictionaryParser {
  private let bytes: [UInt8]
  private let path: String
  private var position = 0

  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  mutating func parse() throws(EncoderError) -> (type: String, columnMajor: Bool, shape: [Int]) {
    var type: String?
    var columnMajor: Bool?
    var shape: [Int]?
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where type == nil: type = try string()
      case "fortran_order" where columnMajor == nil: columnMajor = try boolean()
      case "shape" where shape == nil: shape = try tuple()
      default: throw malformed("Unexpected or repeated key in the header.")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == bytes.count else { throw malformed("Text after the header's dictionary.") }
    guard let type else { throw malformed("The header lacks 'descr'.") }
    guard let columnMajor else { throw malformed("The header lacks 'fortran_order'.") }
    guard let shape else { throw malformed("The header lacks 'shape'.") }
    return (type, columnMajor, shape)
  }

  private func malformed(_ message: String) -> EncoderError {
    EncoderError(.malformedFile, message, path: path, field: "header byte \(position)")
  }

  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0A {
      position += 1
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(EncoderError) {
    guard take(character) else { throw malformed("'\(character)' expected in the header.") }
  }

  private mutating func string() throws(EncoderError) -> String {
    skipSpace()
    guard position < bytes.count, bytes[position] == 0x27 || bytes[position] == 0x22 else {
      throw malformed("A quoted string expected in the header.")
    }
    let quote = bytes[position]
    guard let end = bytes[(position + 1)...].firstIndex(of: quote) else {
      throw malformed("A quoted string of the header does not end.")
    }
    defer { position = end + 1 }
    return String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
  }

  private mutating func boolean() throws(EncoderError) -> Bool {
    skipSpace()
    for (word, value) in [("False", false), ("True", true)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw malformed("True or False expected in the header.")
  }

  private mutating func tuple() throws(EncoderError) -> [Int] {
    var extents: [Int] = []
    try expect("(")
    while !take(")") {
      skipSpace()
      let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
      guard let extent = Int(String(decoding: digits, as: UTF8.self)) else {
        throw malformed("A shape must hold whole numbers that fit 64 bits.")
      }
      position = digits.endIndex
      extents.append(extent)
      if !take(",") {
        try expect(")")
        break
      }
    }
    return extents
  }
}
