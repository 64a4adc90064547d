import AkinNeural
import Foundation
import Testing

/// Every handle is given back, on all paths.
///
/// Each test warms up, so that allocators and caches reach their size, then takes the resident
/// memory's growth over each of five rounds and judges the median. It does so in a process of its
/// own, because other tests that run at the same time allocate too. One leaked tensor object an
/// operation, some 300 bytes, would add 12 MB a round of 40,000; one in twelve would still show.
@Suite(.serialized) struct MemoryTests {
  static let operations = 200_000
  static let tolerance = 1 << 20

  /// Resident memory in bytes.
  private static func resident() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = text.split(separator: " ")[1]
    return try #require(Int(pages)) * sysconf(Int32(_SC_PAGESIZE))
  }

  private static func expectFlat(_ count: Int, _ body: () throws -> Void) throws {
    for _ in 0..<count / 10 { try body() }
    var growths: [Int] = []
    for _ in 0..<5 {
      let before = try resident()
      for _ in 0..<count / 5 { try body() }
      growths.append(try resident() - before)
    }
    try #require(growths.sorted()[2] < tolerance, "grew by \(growths) bytes in \(count) calls")
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/statm"), "no /proc"))
  func operatorsLeaveMemoryFlat() async {
    await #expect(processExitsWith: .success) {
      let a = try Tensor((0..<64).map(Float.init), shape: [8, 8])
      // Ten operators a round: results, views, lists, scalars, conversions.
      try MemoryTests.expectFlat(MemoryTests.operations / 10) {
        let b = try (a + a) * 0.5
        let parts = try Tensor.concatenated(b.split(2), dimension: 1)
        let sorted = try parts.sorted().values.transpose(0, 1).to(.bfloat16)
        _ = try sorted.sum().item()
        _ = try sorted.contiguous().floats()
      }
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/statm"), "no /proc"))
  func failuresLeaveMemoryFlat() async {
    await #expect(processExitsWith: .success) {
      let a = try Tensor.zeros([2, 3])
      var owner: Owner? = Owner()
      weak let witness = owner
      var failures = 0
      try MemoryTests.expectFlat(MemoryTests.operations / 10) {
        do { _ = try a.matmul(a) } catch { failures += 1 }
        do { _ = try a.select(dimension: 5, index: 0) } catch { failures += 1 }
        // The owner is given back although the shape does not fit.
        let bytes = try #require(owner)
        do {
          _ = try bytes.bytes.withUnsafeBytes {
            try Tensor(borrowing: $0, ownedBy: bytes, dtype: .uint8, shape: [3])
          }
        } catch { failures += 1 }
      }
      #expect(failures == 3 * (MemoryTests.operations / 10 + MemoryTests.operations / 100))
      owner = nil
      #expect(witness == nil)
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/statm"), "no /proc"))
  func gradientsLeaveMemoryFlat() async {
    await #expect(processExitsWith: .success) {
      let weight = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]).requiringGrad()
      try MemoryTests.expectFlat(MemoryTests.operations / 10) {
        let loss = try (weight.matmul(weight).tanh() * weight).sum()
        try loss.backward()
        _ = try weight.grad()
        try weight.setGrad(nil)
        _ = try (weight * weight).sum().gradients(by: [weight])
        try withoutGradient { _ = try weight * 2 }
        try withInferenceMode { () throws(NeuralError) in _ = try weight * 2 }
      }
    }
  }
}

private final class Owner {
  let bytes: [UInt8] = [1, 2]
}
