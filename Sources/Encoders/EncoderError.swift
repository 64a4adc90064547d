/// What went wrong while a model was read, imported or run, or a vector file read or written.
///
/// Messages name files, tensors and fields, never the texts that were encoded.
public struct EncoderError: Error, Hashable, Sendable {
  /// The kind of failure, for programs to branch on.
  public enum Code: String, Hashable, Sendable {
    /// A file that the model needs is not there.
    case missingFile = "missing_file"
    /// A file is there but cannot be read.
    case unreadableFile = "unreadable_file"
    /// A file can be read but its content breaks its format.
    case malformedFile = "malformed_file"
    /// The directory holds a model of a family that is not read here.
    case unsupportedArchitecture = "unsupported_architecture"
    /// The architecture is known, one of its settings is not supported.
    case unsupportedSetting = "unsupported_setting"
    /// A tensor that the architecture needs is not in the weights file.
    case missingTensor = "missing_tensor"
    /// A tensor has another shape than the configuration says.
    case shapeMismatch = "shape_mismatch"
    /// No model of that name or at that path.
    case unknownModel = "unknown_model"
    /// A model name that cannot be used as a folder name.
    case invalidName = "invalid_name"
    /// A model of that name is already imported, or the name belongs to a built-in model.
    case nameTaken = "name_taken"
    /// A file could not be written.
    case writeFailed = "write_failed"
    /// There is not enough to learn from.
    case tooFew = "too_few"
    /// The numeric library refused an operation.
    case computation = "computation"
  }

  /// The kind of failure.
  public var code: Code
  /// What happened and what to do about it, as one or two sentences.
  public var message: String
  /// The file or folder concerned.
  public var path: String?
  /// The field, tensor or setting concerned.
  public var field: String?

  /// Creates an error.
  public init(_ code: Code, _ message: String, path: String? = nil, field: String? = nil) {
    self.code = code
    self.message = message
    self.path = path
    self.field = field
  }
}

extension EncoderError: CustomStringConvertible {
  /// The message, preceded by the file and the field.
  public var description: String {
    let place = [path, field].compactMap { $0 }.joined(separator: ", ")
    return (place.isEmpty ? "" : place + ": ") + message
  }
}
