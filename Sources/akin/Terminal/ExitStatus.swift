import AkinCatalogue
import AkinEncoders
import AkinEngine
import AkinRecommenders
import AkinSearch
import AkinServer
import AkinSimilarity
import AkinStorage
import AkinTrees
import ArgumentParser

/// How the process ends after an error of ours, after `sysexits.h`.
struct ExitStatus {
  /// Wrong arguments.
  static let usage: Int32 = 64
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
    case is FeedError, is MappingError, is BehaviourError, is TreeError: unusableInput
    case let error as RecommenderError: error.code == .badSetting ? usage : unusableInput
    case let error as ImportError:
      error.code == .rejectsNotWritable ? cannotWrite : unusableInput
    case let error as EncoderError: encoderCode(error.code)
    case let error as TaggerError: error.code == .notWritable ? cannotWrite : unusableInput
    case let error as MatchError: error.code == .notWritable ? cannotWrite : unusableInput
    case let error as StorageError: storageCode(error.code)
    case let error as EngineError: engineCode(error.code)
    case let error as SearchError: searchCode(error.code)
    case let error as SimilarityError:
      if case .unknownKernel = error { usage } else { unusableInput }
    case let error as GraphError:
      switch error {
      case .memoryTooSmall: usage
      case .checkpoint: cannotWrite
      default: unusableInput
      }
    case let error as IndexStoreError: storeCode(error.code)
    case is IndexError: unusableInput
    case is ConfigurationError: usage
    case is CancellationError: interrupted
    case is ValidationError, is ExitCode, is CleanExit: nil
    // The parser's own errors are of types that it keeps to itself.
    default: String(reflecting: type(of: error)).hasPrefix("ArgumentParser.") ? nil : defect
    }
  }

  private static func engineCode(_ code: EngineError.Code) -> Int32 {
    switch code {
    case .cannotWrite: cannotWrite
    case .badArgument: usage
    default: unusableInput
    }
  }

  private static func searchCode(_ code: SearchError.Code) -> Int32 {
    switch code {
    case .emptyQuery, .badFilter, .badCursor, .badArgument: usage
    case .badLexicon, .damaged, .tooNew, .noIndex, .unreadable, .badModel: unusableInput
    case .notWritable: cannotWrite
    case .unavailable: unavailable
    }
  }

  private static func encoderCode(_ code: EncoderError.Code) -> Int32 {
    switch code {
    case .unknownModel: unavailable
    case .writeFailed: cannotWrite
    case .computation: defect
    default: unusableInput
    }
  }

  private static func storeCode(_ code: IndexStoreError.Code) -> Int32 {
    switch code {
    case .noIndex, .damaged, .tooNew, .unreadable, .refused: unusableInput
    case .busy: busy
    case .exists, .diskFull, .notWritable, .uncertain: cannotWrite
    case .closed: defect
    }
  }

  private static func storageCode(_ code: StorageError.Code) -> Int32 {
    switch code {
    case .noShop, .tooNew, .damaged, .unusableText: unusableInput
    case .busy: busy
    case .diskFull, .notWritable: cannotWrite
    case .unreachable: unavailable
    case .database: defect
    }
  }
}
