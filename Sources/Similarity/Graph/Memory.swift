internal import Foundation

/// Zeroed memory at an address that is a multiple of 64, freed with its owner: in large pages where
/// the system has them, or, where it would not fill one, from the heap, which keeps it for the
/// next.
///
/// `@unchecked Sendable`: it only owns the address. Whoever shares it sees to it that no two tasks
/// touch one element at a time: the tasks of ``Workers/run(_:_:)`` write rows of their own, which
/// are read when all are done.
final class Memory<Element: BitwiseCopyable>: @unchecked Sendable {
  let start: UnsafeMutablePointer<Element>
  private let length: Int
  private var isMapped: Bool { Self.fillsLargePage(length) }

  init(_ count: Int) {
    length = max(1, count * MemoryLayout<Element>.stride)
    guard let address = Self.fillsLargePage(length) ? Self.mapped(length) : Self.allocated(length)
    else {
      preconditionFailure("the system has no \(length) bytes of address space")
    }
    start = address.bindMemory(to: Element.self, capacity: max(1, count))
  }

  private static func fillsLargePage(_ length: Int) -> Bool { length >= 2 << 20 }

  private static func mapped(_ length: Int) -> UnsafeMutableRawPointer? {
    let address = mmap(
      nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let address, address != MAP_FAILED else { return nil }
    #if os(Linux)
      madvise(address, length, Int32(MADV_HUGEPAGE))
    #endif
    return address
  }

  private static func allocated(_ length: Int) -> UnsafeMutableRawPointer? {
    var address: UnsafeMutableRawPointer?
    guard posix_memalign(&address, 64, length) == 0 else { return nil }
    address?.initializeMemory(as: UInt8.self, repeating: 0, count: length)
    return address
  }

  deinit {
    if isMapped { munmap(start, length) } else { free(start) }
  }
}
