internal import Foundation

/// Lets writers take turns, and those who wait together be served together: the first to come
/// commits for all who came while the last commit was on its way, with one sync.
///
/// `@unchecked Sendable`: `waiting` and `isBusy` are read and written under `condition`; a
/// request's result is set before it is marked done under `condition`.
final class CommitQueue: @unchecked Sendable {
  final class Request {
    let changes: [IndexChange]
    let payload: [UInt8]
    var result: (any Error)?
    fileprivate var isDone = false

    init(_ changes: [IndexChange], payload: [UInt8]) {
      (self.changes, self.payload) = (changes, payload)
    }
  }

  private let condition = NSCondition()
  private var waiting: [Request] = []
  private var isBusy = false

  /// Waits until `commit` has been called with the request, in a list of all that waited; here or
  /// on the thread of another one of them. Calls of `commit` and ``alone(_:)`` never overlap.
  func submit(_ request: Request, commit: ([Request]) -> Void) throws {
    condition.lock()
    waiting.append(request)
    while isBusy && !request.isDone { condition.wait() }
    if !request.isDone {
      isBusy = true
      let group = waiting
      waiting = []
      condition.unlock()
      commit(group)
      condition.lock()
      for request in group { request.isDone = true }
      isBusy = false
      condition.broadcast()
    }
    condition.unlock()
    if let error = request.result { throw error }
  }

  /// Calls `body` while nobody commits.
  func alone<Value>(_ body: () throws -> Value) rethrows -> Value {
    condition.lock()
    while isBusy { condition.wait() }
    isBusy = true
    condition.unlock()
    defer {
      condition.lock()
      isBusy = false
      condition.broadcast()
      condition.unlock()
    }
    return try body()
  }
}
