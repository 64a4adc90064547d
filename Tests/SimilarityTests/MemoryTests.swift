import Testing

@testable import AkinSimilarity

/// Memory is what its users take for granted, from the heap as from large pages.
@Suite struct MemoryTests {
  @Test(arguments: [0, 1, 63, 4_096, 2 << 20 - 1, 2 << 20, 2 << 20 + 1, 5 << 20])
  func isZeroedAndAligned(count: Int) {
    // What the heap hands out again is not zero by itself.
    for _ in 0..<3 {
      let memory = Memory<UInt8>(count)
      #expect(Int(bitPattern: memory.start) % 64 == 0)
      #expect(UnsafeBufferPointer(start: memory.start, count: count).allSatisfy { $0 == 0 })
      memory.start.update(repeating: 0xFF, count: count)
    }
  }
}
