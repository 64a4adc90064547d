internal import Foundation
internal import Synchronization

/// Hands numbered tasks to one thread per core, whoever is free taking the next.
package struct Workers: Sendable {
  package let count: Int

  package init(count: Int) { self.count = count }

  private final class Counter: Sendable {
    private let next = Atomic<Int>(0)
    func take() -> Int { next.wrappingAdd(1, ordering: .relaxed).oldValue }
  }

  /// Calls `body(task, worker)` for every task; no two calls with the same worker overlap.
  package func run(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    let counter = Counter()
    withoutActuallyEscaping(body) { body in
      // Safe: all calls end before this returns, and what `body` shares between tasks is either
      // read only or disjoint memory, which is every caller's duty.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: min(count, tasks)) { worker in
        while true {
          let task = counter.take()
          guard task < tasks else { return }
          body(task, worker)
        }
      }
    }
  }

  /// Cuts `range` into pieces of `size`.
  package func run(
    _ range: Range<Int>, by size: Int, _ body: (_ piece: Range<Int>, _ worker: Int) -> Void
  ) {
    run((range.count + size - 1) / size) { task, worker in
      let lower = range.lowerBound + task * size
      body(lower..<min(lower + size, range.upperBound), worker)
    }
  }
}
