internal import Foundation

/// Zeroed memory in large pages where the system has them, freed with its owner.
///
/// `@unchecked Sendable`: it only owns the address; who may touch which part when is arranged by
/// ``GraphBuilder``.
final class Memory<Element: BitwiseCopyable>: @unchecked Sendable {
  let start: UnsafeMutablePointer<Element>
  private let length: Int

  init(_ count: Int) {
    length = max(1, count * MemoryLayout<Element>.stride)
    guard
      let address = mmap(
        nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      address != MAP_FAILED
    else { preconditionFailure("the system has no \(length) bytes of address space") }
    #if os(Linux)
      madvise(address, length, Int32(MADV_HUGEPAGE))
    #endif
    start = address.bindMemory(to: Element.self, capacity: max(1, count))
  }

  deinit { munmap(start, length) }
}
