/// One result slot a thread, written without locks.
///
/// `@unchecked Sendable`: every slot is written by exactly one task of a parallel loop, and
/// read after that returned.
package final class Slots<Value>: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<Value?>

  package init(count: Int) {
    storage = .allocate(capacity: count)
    storage.initialize(repeating: nil)
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }

  package var values: [Value?] { Array(storage) }

  package subscript(index: Int) -> Value? {
    get { storage[index] }
    set { storage[index] = newValue }
  }
}
