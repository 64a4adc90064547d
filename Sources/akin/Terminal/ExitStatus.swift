import AkinCatalogue
import AkinEncoders
import AkinEngine
import AkinStorage
import Foundation

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
    switch error {
    case let error as FeedError: (code, message) = (Self.unusableInput, error.description)
    case let error as ImportError:
      code = error.code == .rejectsNotWritable ? Self.cannotWrite : Self.unusableInput
      message = error.description
    case let error as MappingError: (code, message) = (Self.unusableInput, error.description)
    case let error as EncoderError: self.init(error)
    case let error as StorageError: self.init(error)
    case let error as EngineError:
      code = error.code == .cannotWrite ? Self.cannotWrite : Self.unusableInput
      message = error.description
    case is CancellationError: (code, message) = (Self.interrupted, "stopped")
    case let error where "\(type(of: error))".hasSuffix("Error") && !Self.isArgument(error):
      (code, message) = (Self.defect, "\(error)")
    default: return nil
    }
  }

  private init(_ error: EncoderError) {
    message = error.description
    code =
      switch error.code {
      case .unknownModel: Self.unavailable
      case .writeFailed: Self.cannotWrite
      case .computation: Self.defect
      default: Self.unusableInput
      }
    if error.code == .unknownModel { message += " See: akin model list" }
  }

  private init(_ error: StorageError) {
    message = error.description
    code =
      switch error.code {
      case .noShop, .tooNew, .damaged: Self.unusableInput
      case .busy: Self.busy
      case .diskFull, .notWritable: Self.cannotWrite
      case .database: Self.defect
      }
  }

  private static func isArgument(_ error: any Error) -> Bool {
    ["CommandError", "ValidationError", "ParserError"].contains("\(type(of: error))")
  }
}
