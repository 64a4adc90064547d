import AkinCatalogue
import AkinEncoders
import AkinEngine
import AkinStorage
import ArgumentParser

/// How the process ends after an error of ours, after `sysexits.h`.
struct ExitStatus {
  /// The input cannot be used.
  static let unusableInput: Int32 = 65
  /// A model or a library is missing.
  static let unavailable: Int32 = 69
  /// A defect of ours.
  static let defect: Int32 = 70
  /// The output cannot be written.
  static let cannotWrite: Int32 = 73
  /// Busy; try again.
  static let busy: Int32 = 75
  /// Stopped by Ctrl-C or SIGTERM.
  static let interrupted: Int32 = 130

  var code: Int32
  var message: String

  /// `nil` for errors of the argument parser, which ends the process itself.
  init?(_ error: any Error) {
    guard let code = Self.code(for: error) else { return nil }
    self.code = code
    message = error is CancellationError ? "stopped" : "\(error)"
    if (error as? EncoderError)?.code == .unknownModel { message += " See: akin model list" }
  }

  private static func code(for error: any Error) -> Int32? {
    switch error {
    case is FeedError, is MappingError: unusableInput
    case let error as ImportError:
      error.code == .rejectsNotWritable ? cannotWrite : unusableInput
    case let error as EncoderError: code(for: error)
    case let error as StorageError: code(for: error)
    case let error as EngineError: error.code == .cannotWrite ? cannotWrite : unusableInput
    case is CancellationError: interrupted
    case is ValidationError, is ExitCode, is CleanExit: nil
    // The parser's own errors are of types that it keeps to itself.
    default: String(reflecting: type(of: error)).hasPrefix("ArgumentParser.") ? nil : defect
    }
  }

  private static func code(for error: EncoderError) -> Int32 {
    switch error.code {
    case .unknownModel: unavailable
    case .writeFailed: cannotWrite
    case .computation: defect
    default: unusableInput
    }
  }

  private static func code(for error: StorageError) -> Int32 {
    switch error.code {
    case .noShop, .tooNew, .damaged: unusableInput
    case .busy: busy
    case .diskFull, .notWritable: cannotWrite
    case .database: defect
    }
  }
}
