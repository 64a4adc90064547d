/// One value a row, written without locks.
///
/// `@unchecked Sendable`: every row is written by one task of a parallel loop, and read after it.
package final class RowSlots<Value>: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<Value>

  package init(count: Int, empty: Value) {
    storage = .allocate(capacity: count)
    storage.initialize(repeating: empty)
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }

  package subscript(row: Int) -> Value {
    get { storage[row] }
    set { storage[row] = newValue }
  }
}
