/// The directory of a safetensors file, checked against every rule of the format
/// (huggingface/safetensors, version 0.x, "Format" in its README).
struct SafetensorsHeader {
  /// The format's limit for the JSON.
  static let maximumLength = 100_000_000

  var metadata: [String: String] = [:]
  /// In the order of their data.
  var entries: [SafetensorsFile.Entry] = []
  /// Where the data starts in the file.
  var dataOffset = 0

  /// Reads and checks the header of a whole file.
  init(file: UnsafeRawBufferPointer) throws(Failure) {
    guard file.count >= 8 else { throw Failure(.fileTooShort(bytes: file.count)) }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length <= Self.maximumLength else { throw Failure(.headerTooLong(bytes: length)) }
    guard length <= file.count - 8 else {
      throw Failure(.headerBeyondEnd(bytes: length, available: file.count - 8))
    }
    dataOffset = 8 + Int(length)
    let json = UnsafeRawBufferPointer(rebasing: file[8..<dataOffset])
    guard json.first == UInt8(ascii: "{") else { throw Failure(.headerNotAnObject) }
    guard String(validating: json, as: UTF8.self) != nil else { throw Failure(.headerNotUTF8) }
    try read(json, available: file.count - dataOffset)
    try checkLayout(available: file.count - dataOffset)
  }

  /// Carries a reason up to where the path is known.
  struct Failure: Error {
    let reason: SafetensorsError.Reason
    init(_ reason: SafetensorsError.Reason) { self.reason = reason }
    init(_ failure: JSONScanner.Failure) {
      reason = .malformedHeader(offset: failure.offset, expected: failure.expected)
    }
  }

  private mutating func read(
    _ json: UnsafeRawBufferPointer, available: Int
  ) throws(Failure) {
    var scanner = JSONScanner(json)
    var names: Set<String> = []
    var metadata: [String: String] = [:]
    var entries: [SafetensorsFile.Entry] = []
    try scanner.object(Failure.init) { scanner, name throws(Failure) in
      guard names.insert(name).inserted else { throw Failure(.duplicateName(name)) }
      if name == "__metadata__" {
        metadata = try Self.readMetadata(&scanner)
      } else {
        entries.append(try Fields(&scanner, of: name).entry(named: name, available: available))
      }
    }
    guard scanner.peek() == nil else { throw Failure(scanner.failure("the end")) }
    self.metadata = metadata
    self.entries = entries.sorted {
      ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name)
        < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name)
    }
  }

  private static func readMetadata(
    _ scanner: inout JSONScanner
  ) throws(Failure) -> [String: String] {
    var metadata: [String: String] = [:]
    try scanner.object(Failure.init) { scanner, key throws(Failure) in
      let value: String
      do throws(JSONScanner.Failure) { value = try scanner.string() } catch { throw Failure(error) }
      guard metadata.updateValue(value, forKey: key) == nil else {
        throw Failure(.duplicateName(key))
      }
    }
    return metadata
  }

  /// Every byte of the data belongs to exactly one tensor.
  private func checkLayout(available: Int) throws(Failure) {
    var end = 0
    var previous = ""
    for entry in entries {
      if entry.bytes.lowerBound < end {
        throw Failure(.overlap(tensor: previous, other: entry.name))
      }
      if entry.bytes.lowerBound > end {
        throw Failure(
          .gap(before: entry.name, bytes: UInt64(entry.bytes.lowerBound - end)))
      }
      end = entry.bytes.upperBound
      previous = entry.name
    }
    if end < available { throw Failure(.trailingBytes(available - end)) }
  }
}

/// The fields of one tensor, as they stand in the header.
private struct Fields {
  private var type: String?
  private var shape: [UInt64]?
  private var offsets: [UInt64]?

  init(_ scanner: inout JSONScanner, of tensor: String) throws(SafetensorsHeader.Failure) {
    typealias Failure = SafetensorsHeader.Failure
    var (type, shape, offsets): (String?, [UInt64]?, [UInt64]?) = (nil, nil, nil)
    try scanner.object(Failure.init) { scanner, field throws(Failure) in
      let isRepeated: Bool
      switch field {
      case "dtype":
        isRepeated = type != nil
        do throws(JSONScanner.Failure) { type = try scanner.string() } catch {
          throw Failure(error)
        }
      case "shape":
        isRepeated = shape != nil
        shape = try Self.naturals(&scanner, tensor, field)
      case "data_offsets":
        isRepeated = offsets != nil
        offsets = try Self.naturals(&scanner, tensor, field)
      default: throw Failure(.unknownField(tensor: tensor, field: field))
      }
      if isRepeated { throw Failure(.duplicateField(tensor: tensor, field: field)) }
    }
    (self.type, self.shape, self.offsets) = (type, shape, offsets)
  }

  private static func naturals(
    _ scanner: inout JSONScanner, _ tensor: String, _ field: String
  ) throws(SafetensorsHeader.Failure) -> [UInt64] {
    let numbers: [UInt64]?
    do throws(JSONScanner.Failure) { numbers = try scanner.naturals() } catch {
      throw SafetensorsHeader.Failure(error)
    }
    guard let numbers else {
      throw SafetensorsHeader.Failure(
        .malformedNumber(tensor: tensor, field: field, offset: scanner.offset))
    }
    return numbers
  }

  func entry(
    named name: String, available: Int
  ) throws(SafetensorsHeader.Failure) -> SafetensorsFile.Entry {
    typealias Failure = SafetensorsHeader.Failure
    guard let type else { throw Failure(.missingField(tensor: name, field: "dtype")) }
    guard let shape else { throw Failure(.missingField(tensor: name, field: "shape")) }
    guard let offsets else { throw Failure(.missingField(tensor: name, field: "data_offsets")) }
    guard let dtype = DType(safetensors: type) else {
      throw Failure(
        DType.unsupportedInSafetensors.contains(type)
          ? .unsupportedType(tensor: name, type: type) : .unknownType(tensor: name, type: type))
    }
    guard offsets.count == 2 else { throw Failure(.offsetsNotAPair(tensor: name)) }
    guard offsets[0] <= offsets[1] else { throw Failure(.offsetsReversed(tensor: name)) }
    guard offsets[1] <= available else {
      throw Failure(.dataBeyondEnd(tensor: name, end: offsets[1], available: available))
    }
    var size = UInt64(dtype.byteCount)
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= Int.max, extent <= Int.max else {
        throw Failure(.shapeTooLarge(tensor: name))
      }
      size = product
    }
    guard size == offsets[1] - offsets[0] else {
      throw Failure(
        .sizeMismatch(tensor: name, shape: size, offsets: offsets[1] - offsets[0]))
    }
    return SafetensorsFile.Entry(
      name: name, dtype: dtype, shape: shape.map { Int($0) },
      bytes: Int(offsets[0])..<Int(offsets[1]))
  }
}

extension DType {
  /// The format's types that have no counterpart here.
  static let unsupportedInSafetensors: Set<String> = [
    "U16", "U32", "U64", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F4", "F6_E2M3", "F6_E3M2", "C64",
  ]

  /// The type of this name in the format.
  init?(safetensors name: String) {
    guard let match = DType.allCases.first(where: { $0.safetensorsName == name }) else {
      return nil
    }
    self = match
  }

  var safetensorsName: String {
    switch self {
    case .uint8: "U8"
    case .int8: "I8"
    case .int16: "I16"
    case .int32: "I32"
    case .int64: "I64"
    case .float16: "F16"
    case .float32: "F32"
    case .float64: "F64"
    case .bool: "BOOL"
    case .bfloat16: "BF16"
    }
  }
}
