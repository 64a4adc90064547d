import AkinNeural
import Testing

/// One malformed file and the error that it must give.
struct MalformedFile: CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  let reason: SafetensorsError.Reason

  var testDescription: String { name }

  init(_ name: String, bytes: [UInt8], _ reason: SafetensorsError.Reason) {
    self.name = name
    self.bytes = bytes
    self.reason = reason
  }

  /// A file with this JSON, a correct length and this many bytes of data.
  init(_ name: String, _ json: String, data: Int = 0, _ reason: SafetensorsError.Reason) {
    self.init(name, bytes: Self.bytes(json, data: data), reason)
  }

  static func bytes(_ json: String, data: Int) -> [UInt8] {
    length(UInt64(json.utf8.count)) + json.utf8 + [UInt8](repeating: 0, count: data)
  }

  static func length(_ count: UInt64) -> [UInt8] {
    withUnsafeBytes(of: count.littleEndian, Array.init)
  }

  /// A tensor's entry.
  static func entry(
    _ name: String, _ type: String = "F32", shape: String = "[2]", _ offsets: String = "[0,8]"
  ) -> String {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  static let layout: [MalformedFile] = [
    .init("empty file", bytes: [], .fileTooShort(bytes: 0)),
    .init("seven bytes", bytes: .init(repeating: 0, count: 7), .fileTooShort(bytes: 7)),
    .init("no header", bytes: length(0), .headerNotAnObject),
    .init(
      "huge length", bytes: length(100_000_001) + Array("{}".utf8),
      .headerTooLong(bytes: 100_000_001)),
    .init(
      "length with the sign bit", bytes: length(.max) + Array("{}".utf8),
      .headerTooLong(bytes: .max)),
    .init(
      "file ends in the header", bytes: length(3) + Array("{}".utf8),
      .headerBeyondEnd(bytes: 3, available: 2)),
    .init(
      "not UTF-8", bytes: length(5) + [0x7B, 0x22, 0xFF, 0x22, 0x7D], .headerNotUTF8),
    .init("trailing bytes", "{}", data: 3, .trailingBytes(3)),
    .init("trailing bytes after a tensor", "{\(entry("a"))}", data: 9, .trailingBytes(1)),
    .init(
      "data beyond the end", "{\(entry("a"))}", data: 7,
      .dataBeyondEnd(tensor: "a", end: 8, available: 7)),
    .init(
      "overlap", "{\(entry("a")),\(entry("b", "F32", shape: "[2]", "[4,12]"))}", data: 12,
      .overlap(tensor: "a", other: "b")),
    .init(
      "same bytes twice", "{\(entry("a")),\(entry("b"))}", data: 8,
      .overlap(tensor: "a", other: "b")),
    .init(
      "gap at the start", "{\(entry("a", "F32", shape: "[2]", "[4,12]"))}", data: 12,
      .gap(before: "a", bytes: 4)),
    .init(
      "gap between", "{\(entry("a")),\(entry("b", "F32", shape: "[2]", "[12,20]"))}", data: 20,
      .gap(before: "b", bytes: 4)),
    .init(
      "reversed offsets", "{\(entry("a", "F32", shape: "[2]", "[8,0]"))}", data: 8,
      .offsetsReversed(tensor: "a")),
    .init(
      "size differs", "{\(entry("a", "F32", shape: "[3]"))}", data: 8,
      .sizeMismatch(tensor: "a", shape: 12, offsets: 8)),
    .init(
      "half an element", "{\(entry("a", "F32", shape: "[2]", "[0,7]"))}", data: 7,
      .sizeMismatch(tensor: "a", shape: 8, offsets: 7)),
    .init(
      "overflowing shape", "{\(entry("a", shape: "[4294967296,4294967296]"))}", data: 8,
      .shapeTooLarge(tensor: "a")),
    .init(
      "overflow hidden by a zero", "{\(entry("a", shape: "[9223372036854775808,0]", "[0,0]"))}",
      .shapeTooLarge(tensor: "a")),
  ]

  static let fields: [MalformedFile] = [
    .init("not an object", "[1]", .headerNotAnObject),
    .init("leading space", " {}", .headerNotAnObject),
    .init(
      "no closing brace", "{\(entry("a"))", data: 8, .malformedHeader(offset: 53, expected: "'}'")),
    .init("text after the object", "{}x", .malformedHeader(offset: 2, expected: "the end")),
    .init(
      "trailing comma", "{\(entry("a")),}", data: 8,
      .malformedHeader(offset: 54, expected: "a string")),
    .init("tensor is a number", "{\"a\":1}", .malformedHeader(offset: 5, expected: "'{'")),
    .init(
      "unfinished string", "{\"a", .malformedHeader(offset: 3, expected: "the end of a string")),
    .init(
      "control character", "{\"a\n\":1}",
      .malformedHeader(offset: 3, expected: "no control character")),
    .init("bad escape", "{\"\\x\":1}", .malformedHeader(offset: 4, expected: "an escape")),
    .init(
      "half a surrogate pair", "{\"\\uD83D\":1}",
      .malformedHeader(offset: 8, expected: "the second half of a surrogate pair")),
    .init("duplicate name", "{\(entry("a")),\(entry("a"))}", data: 8, .duplicateName("a")),
    .init(
      "duplicate name by an escape", "{\(entry("a")),\(entry("\\u0061"))}", data: 8,
      .duplicateName("a")),
    .init(
      "duplicate metadata", "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", .duplicateName("k")),
    .init(
      "metadata that is no text", "{\"__metadata__\":{\"k\":1}}",
      .malformedHeader(offset: 21, expected: "a string")),
    .init(
      "missing type", "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", data: 8,
      .missingField(tensor: "a", field: "dtype")),
    .init(
      "missing shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", data: 8,
      .missingField(tensor: "a", field: "shape")),
    .init(
      "missing offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", data: 8,
      .missingField(tensor: "a", field: "data_offsets")),
    .init(
      "unknown field", "{\"a\":{\"dtype\":\"F32\",\"strides\":[1]}}",
      .unknownField(tensor: "a", field: "strides")),
    .init(
      "field twice", "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}",
      .duplicateField(tensor: "a", field: "dtype")),
    .init(
      "unknown type", "{\(entry("a", "FLOAT"))}", data: 8,
      .unknownType(tensor: "a", type: "FLOAT")),
    .init(
      "unsupported type", "{\(entry("a", "F8_E4M3"))}", data: 8,
      .unsupportedType(tensor: "a", type: "F8_E4M3")),
    .init(
      "negative size", "{\(entry("a", shape: "[-2]"))}", data: 8,
      .malformedNumber(tensor: "a", field: "shape", offset: 29)),
    .init(
      "fractional size", "{\(entry("a", shape: "[2.0]"))}", data: 8,
      .malformedNumber(tensor: "a", field: "shape", offset: 30)),
    .init(
      "size beyond 64 bits", "{\(entry("a", shape: "[18446744073709551616]"))}", data: 8,
      .malformedNumber(tensor: "a", field: "shape", offset: 48)),
    .init(
      "leading zero", "{\(entry("a", shape: "[02]"))}", data: 8,
      .malformedHeader(offset: 31, expected: "no leading zero")),
    .init(
      "shape is text", "{\(entry("a", shape: "\"2\""))}", data: 8,
      .malformedHeader(offset: 28, expected: "'['")),
    .init(
      "one offset", "{\(entry("a", "F32", shape: "[2]", "[8]"))}", data: 8,
      .offsetsNotAPair(tensor: "a")),
    .init(
      "three offsets", "{\(entry("a", "F32", shape: "[2]", "[0,4,8]"))}", data: 8,
      .offsetsNotAPair(tensor: "a")),
  ]
}

@Suite struct SafetensorsMalformedTests {
  @Test(arguments: MalformedFile.layout + MalformedFile.fields)
  func givesItsOwnError(_ file: MalformedFile) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(file.bytes, to: "malformed.safetensors")
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
    #expect(error?.reason == file.reason)
    #expect(error?.path == path)
    #expect(error?.description.contains("Fetch or export it again") == true)
  }

  /// Whatever byte of a good file is changed or wherever it is cut: an error or a file whose
  /// tensors can all be read, never a crash.
  @Test func survivesDamageAnywhere() throws {
    let folder = try TemporaryFolder()
    let good: [UInt8] = MalformedFile.bytes(
      "{\"__metadata__\":{\"k\":\"v\"},\(MalformedFile.entry("a"))}", data: 8)
    var refused = 0
    for position in good.indices {
      for change in [UInt8(1), 0x20, 0x80] {
        var bytes = good
        bytes[position] ^= change
        refused += try isRefused(bytes, in: folder) ? 1 : 0
      }
      refused += try isRefused(Array(good[..<position]), in: folder) ? 1 : 0
    }
    #expect(try !isRefused(good, in: folder))
    // Every cut and most changes of the header are noticed.
    #expect(refused > good.count * 2)
  }

  private func isRefused(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> Bool {
    let path = try folder.write(bytes, to: "damaged.safetensors")
    do {
      let file = try SafetensorsFile(path: path)
      for entry in file.entries { _ = try file.tensor(entry.name).floats() }
      return false
    } catch is SafetensorsError {
      return true
    }
  }

  @Test func namesWhatIsMissing() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: SafetensorsError.self) {
      try SafetensorsFile(path: folder.file("absent"))
    }
    #expect(error?.reason == .cannotOpen("No such file or directory"))
    let directory = #expect(throws: SafetensorsError.self) {
      try SafetensorsFile(path: folder.path)
    }
    #expect(directory?.reason == .cannotOpen("it is not a regular file"))
    let path = folder.file("empty")
    try SafetensorsFile.write([:], to: path)
    let missing = #expect(throws: SafetensorsError.self) {
      try SafetensorsFile(path: path).tensor("a")
    }
    #expect(missing?.reason == .notFound("a"))
  }
}
