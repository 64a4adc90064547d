internal import AkinCatalogue
internal import AkinEngine
internal import AkinRanking
internal import AkinSearch
internal import AkinStorage
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Which answer an error of the modules below becomes.
enum ProblemMapping {
  static func problem(_ error: any Error) -> Problem {
    switch error {
    case let problem as Problem: return problem
    case let error as EngineError where error.code == .unknownProduct:
      return .notFound("product")
    case let error as EngineError where error.code == .badArgument:
      return Problem(.unprocessableContent, "invalid-field", error.message)
    case let error as EngineError where error.code == .nothingToDo:
      return Problem(.conflict, "nothing-to-do", error.message)
    case let error as SearchError:
      switch error.code {
      case .emptyQuery: return .field("q", error.message)
      case .badFilter: return .field("filter", error.message)
      case .badCursor: return .field("cursor", error.message)
      case .badArgument: return .field("k", error.message)
      default:
        return Problem(
          .internalServerError, "internal", "the server failed; its log has the request's id")
      }
    case let error as ExperimentIssue:
      guard let field = error.field else { return Problem(.conflict, "state", error.message) }
      return .field(field, error.message)
    case let error as RuleIssue: return .field(error.field, error.message)
    case let error as StorageError where error.code == .diskFull:
      return Problem(
        .init(code: 507, reasonPhrase: "Insufficient Storage"), "disk-full",
        "the disk is full; nothing was changed")
    case let error as StorageError where error.code == .busy:
      return unavailable("the shop is being built; try again in a moment")
    case let error as StorageError where error.code == .unusableText:
      return Problem(
        .unprocessableContent, "unusable-text", "a text holds the character NUL; leave it out")
    case let error as StorageError where error.code == .unreachable:
      return unavailable("the database cannot be reached; nothing was changed, try again")
    case let error as HTTPError where error.status == .notFound:
      return .notFound("page; see /v1/openapi.json")
    case let error as any HTTPResponseError where error.status.code < 500:
      return Problem(error.status, "request", error.status.reasonPhrase)
    case is CancellationError: return unavailable("the server is stopping")
    default:
      return Problem(
        .internalServerError, "internal", "the server failed; its log has the request's id")
    }
  }

  /// An error as the log may hold it: our own are written without customers' data, of others the
  /// type alone.
  static func forLog(_ error: any Error) -> String {
    switch error {
    case is StorageError, is EngineError, is SearchError: "\(error)"
    default: "\(type(of: error))"
    }
  }

  private static func unavailable(_ detail: String) -> Problem {
    var problem = Problem(.serviceUnavailable, "unavailable", detail)
    problem.retryAfter = 1
    return problem
  }
}
