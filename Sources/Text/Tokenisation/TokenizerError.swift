/// Why a tokeniser could not be made from its files.
public struct TokenizerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// No tokeniser file is in the folder.
    case missingFile = "missing_file"
    /// The operating system refused to read the file.
    case unreadableFile = "unreadable_file"
    /// The file ends before what it announces.
    case truncated
    /// The file breaks its own format.
    case malformed
    /// The file is sound, but asks for something that Akin does not do.
    case unsupported
    /// The vocabulary contradicts itself or lacks what encoding needs.
    case badVocabulary = "bad_vocabulary"
  }

  /// The kind of failure.
  public var code: Code
  /// The file's path, or what stands for it where the bytes came from memory.
  public var file: String
  /// Where in the file: a key path (`model.vocab[17]`), a line or a byte offset.
  public var location: String?
  /// What is wrong, in a sentence.
  public var message: String
  /// What to do about it, in a sentence.
  public var advice: String

  /// Creates an error.
  public init(
    _ code: Code, file: String, location: String? = nil, message: String, advice: String
  ) {
    self.code = code
    self.file = file
    self.location = location
    self.message = message
    self.advice = advice
  }

  /// The whole error in one line.
  public var description: String {
    "\(file)\(location.map { " (\($0))" } ?? ""): \(message) \(advice)"
  }
}
