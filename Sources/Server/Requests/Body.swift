internal import Foundation
internal import Hummingbird
internal import NIOCore

/// Bodies, read whole within limits of size and time.
enum Body {
  /// The bytes of a body.
  ///
  /// - Throws: ``Problem`` 413 beyond `limit` bytes, 408 where the client is too slow.
  static func collect(_ request: Request, upTo limit: Int, seconds: Double) async throws
    -> ByteBuffer
  {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw tooLarge(limit)
    }
    return try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
      group.addTask {
        do {
          return try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
          throw tooLarge(limit)
        }
      }
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        throw Problem(.requestTimeout, "slow-body", "the body did not arrive in time")
      }
      defer { group.cancelAll() }
      return try await group.next() ?? ByteBuffer()
    }
  }

  private static func tooLarge(_ limit: Int) -> Problem {
    Problem(
      .contentTooLarge, "too-large", "the body is larger than \(limit) bytes; send it in parts")
  }
}

/// Work that waits for a disk or keeps a core busy, away from the threads that answer requests.
enum Offload {
  private static let queue = DispatchQueue(label: "akin.server.work", attributes: .concurrent)

  static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
    -> Value
  {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try body() }) }
    }
  }
}
