internal import Synchronization

extension ComputeThreads {
  /// Results of `body` for `0 ..< count`, each on a thread of its own with serial operators; a
  /// single one on the calling thread, with operators that share their work out themselves.
  ///
  /// - Throws: what the first of the bodies that failed threw.
  static func sideBySide<Result>(
    _ count: Int, _ body: (Int) throws -> Result
  ) throws -> [Result] {
    guard count > 1 else { return try (0..<count).map(body) }
    let results = Mutex<[Swift.Result<Unshared<Result>, any Error>?]>(
      Array(repeating: nil, count: count))
    try withoutActuallyEscaping(body) { body in
      // Safe: `concurrently` returns when all calls have; callers only read what calls share.
      nonisolated(unsafe) let body = body
      try concurrently(count) { index, _ in
        let result = Swift.Result { Unshared(value: try body(index)) }
        results.withLock { $0[index] = result }
      }
    }
    return try results.withLock { results in
      try results.compactMap { try $0?.get().value }
    }
  }
}

/// A result that one thread made and hands over for good.
private struct Unshared<Value>: @unchecked Sendable {
  // Safe: the maker keeps no reference to it.
  let value: Value
}
