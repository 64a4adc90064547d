/// Why a safetensors file could not be read or written.
public struct SafetensorsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The cause, with the tensor it concerns where there is one. Offsets are bytes from the start
  /// of the header's JSON or, for tensors, of the data.
  public enum Reason: Sendable, Equatable {
    /// The file cannot be opened or mapped; the system's words.
    case cannotOpen(String)
    /// Fewer than the 8 bytes of the header's length.
    case fileTooShort(bytes: Int)
    /// The header's length exceeds 100,000,000 bytes.
    case headerTooLong(bytes: UInt64)
    /// The file ends inside its header.
    case headerBeyondEnd(bytes: UInt64, available: Int)
    /// The header is not valid UTF-8.
    case headerNotUTF8
    /// The header does not start with `{`.
    case headerNotAnObject
    /// The header is not the JSON that the format prescribes.
    case malformedHeader(offset: Int, expected: String)
    /// Two tensors, or two entries of the metadata, have one name.
    case duplicateName(String)
    /// A tensor has a field twice.
    case duplicateField(tensor: String, field: String)
    /// A tensor lacks a field.
    case missingField(tensor: String, field: String)
    /// A tensor has a field that the format does not know.
    case unknownField(tensor: String, field: String)
    /// The element type is none of the format's.
    case unknownType(tensor: String, type: String)
    /// The element type is the format's, but not one of ``DType``.
    case unsupportedType(tensor: String, type: String)
    /// A size or offset is negative, fractional or beyond 64 bits.
    case malformedNumber(tensor: String, field: String, offset: Int)
    /// `data_offsets` are not two numbers.
    case offsetsNotAPair(tensor: String)
    /// The tensor ends before it begins.
    case offsetsReversed(tensor: String)
    /// The tensor ends after the file.
    case dataBeyondEnd(tensor: String, end: UInt64, available: Int)
    /// The product of the sizes overflows.
    case shapeTooLarge(tensor: String)
    /// The shape takes another number of bytes than the offsets enclose.
    case sizeMismatch(tensor: String, shape: UInt64, offsets: UInt64)
    /// Two tensors share bytes.
    case overlap(tensor: String, other: String)
    /// Bytes before a tensor belong to none.
    case gap(before: String, bytes: UInt64)
    /// Bytes after the last tensor belong to none.
    case trailingBytes(Int)
    /// The file has no tensor of this name.
    case notFound(String)
    /// The name means something else in the format.
    case reservedName(String)
    /// Memory for a tensor could not be had.
    case tensor(NeuralError)
    /// A step of writing failed; the system's words. The former file, if any, is unharmed.
    case cannotWrite(step: String, String)
  }

  /// The file.
  public let path: String
  /// The cause.
  public let reason: Reason

  init(_ path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// The path, what is wrong and what to do.
  public var description: String { "\(path): \(reason)" }
}

extension SafetensorsError.Reason: CustomStringConvertible {
  /// What is wrong and, where the file itself is, what to do.
  public var description: String {
    switch self {
    case .cannotOpen(let message): "cannot be opened: \(message)"
    case .notFound(let name): "has no tensor '\(name)'"
    case .reservedName(let name): "a tensor cannot be named '\(name)'"
    case .tensor(let error): "\(error)"
    case .cannotWrite(let step, let message): "cannot be written: \(step): \(message)"
    default: "is no valid safetensors file: \(defect). Fetch or export it again."
    }
  }

  private var defect: String {
    switch self {
    case .fileTooShort(let bytes): "it has \(bytes) bytes, fewer than 8"
    case .headerTooLong(let bytes): "its header claims \(bytes) bytes, more than 100,000,000"
    case .headerBeyondEnd(let bytes, let available):
      "its header claims \(bytes) bytes, but only \(available) follow"
    case .headerNotUTF8: "its header is not UTF-8"
    case .headerNotAnObject: "its header does not start with '{'"
    case .malformedHeader(let offset, let expected):
      "\(expected) expected at byte \(offset) of the header"
    case .duplicateName(let name): "the name '\(name)' occurs twice"
    case .duplicateField(let tensor, let field): "'\(tensor)' has '\(field)' twice"
    case .missingField(let tensor, let field): "'\(tensor)' lacks '\(field)'"
    case .unknownField(let tensor, let field): "'\(tensor)' has the unknown field '\(field)'"
    case .unknownType(let tensor, let type): "'\(tensor)' has the unknown type '\(type)'"
    case .unsupportedType(let tensor, let type):
      "'\(tensor)' has the type \(type), which is not supported here"
    case .malformedNumber(let tensor, let field, let offset):
      "'\(field)' of '\(tensor)' is no whole number in range at byte \(offset) of the header"
    case .offsetsNotAPair(let tensor): "'data_offsets' of '\(tensor)' are not two numbers"
    case .offsetsReversed(let tensor): "'\(tensor)' ends before it begins"
    case .dataBeyondEnd(let tensor, let end, let available):
      "'\(tensor)' ends at byte \(end) of \(available)"
    case .shapeTooLarge(let tensor): "the shape of '\(tensor)' is too large"
    case .sizeMismatch(let tensor, let shape, let offsets):
      "the shape of '\(tensor)' takes \(shape) bytes, its offsets enclose \(offsets)"
    case .overlap(let tensor, let other): "'\(tensor)' and '\(other)' share bytes"
    case .gap(let tensor, let bytes): "\(bytes) bytes before '\(tensor)' belong to no tensor"
    case .trailingBytes(let bytes): "\(bytes) bytes at the end belong to no tensor"
    default: "unknown defect"
    }
  }
}
