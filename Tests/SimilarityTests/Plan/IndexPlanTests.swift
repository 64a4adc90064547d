import Foundation
import Testing

@testable import AkinSimilarity

@Suite struct IndexPlanTests {
  static let speed = MachineSpeed(
    dimension: 384, secondsPerChange: 1e-5, secondsPerRewrite: 0, secondsPerRow: 1e-5,
    secondsPerProduct: 1e-12,
    graph: GraphSpeed(
      perSketchedPair: [1e-10, 2e-10], perPair: 4e-10, perTightPair: 6e-10, perCandidate: 1e-7))

  @Test(arguments: IndexPrecision.allCases)
  func sizesAreThoseOfARealIndex(_ precision: IndexPrecision) throws {
    let (rows, dimension) = (5_000, 96)
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "akin-plan-test-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let plan = try IndexPlan(
      items: rows, dimension: dimension, precision: precision, speed: Self.speed)
    let index = try DurableIndex.create(
      at: folder, dimension: dimension, precision: precision,
      policy: IndexPlan.policy(dimension: dimension, memory: nil))
    var random = SplitMix64(seed: 1)
    try index.apply(
      (0..<rows).map { row in
        .put(
          IndexItem(
            id: String(row),
            vector: (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }))
      })
    try index.maintain()
    try index.flush()
    #expect(index.statistics.segments.map(\.rows) == plan.segments)
    let bytes = Double(index.statistics.bytes)
    #expect(abs(Double(plan.diskBytes) - bytes) < 0.1 * bytes)
  }

  @Test func aLimitBoundsTheSegments() throws {
    let free = try IndexPlan(items: 1_000_000, dimension: 384, speed: Self.speed)
    let bounded = try IndexPlan(
      items: 1_000_000, dimension: 384, memory: 512 << 20, speed: Self.speed)
    #expect(free.segments.reduce(0, +) == 1_000_000)
    #expect(bounded.segments.reduce(0, +) == 1_000_000)
    #expect(bounded.buildBytes <= 512 << 20)
    #expect(free.buildBytes > 512 << 20)
    #expect((bounded.segments.max() ?? 0) < (free.segments.max() ?? 0))
    #expect(throws: GraphError.self) {
      try IndexPlan(items: 10, dimension: 384, memory: 61 << 20, speed: Self.speed)
    }
  }

  @Test func theGraphGrowsWithTheSquare() throws {
    func seconds(_ rows: Int, k: Int = 10, memory: Int = 8 << 30) throws -> Double {
      Self.speed.seconds(
        ofGraph: try GraphLayout(
          count: rows, dimension: 384, k: k, memory: memory, threads: 2))
    }
    let once = try seconds(100_000)
    let twice = try seconds(200_000)
    #expect(twice > 3.5 * once && twice < 4.01 * once)
    // Longer lists need more of a pair, little memory has no room for sketches and few lists.
    #expect(try seconds(1_000_000, k: 1_000) > 2 * seconds(1_000_000, k: 100))
    let least = try GraphLayout.leastMemory(count: 1_000_000, dimension: 384, k: 100)
    #expect(try seconds(1_000_000, k: 100, memory: least) > 10 * seconds(1_000_000, k: 100))
    #expect(throws: GraphError.self) { try seconds(1_000_000, k: 100, memory: least - 1) }
  }

  @Test func thisMachineHasASpeed() throws {
    let speed = try MachineSpeed.measure(dimension: 64)
    #expect(speed.secondsPerChange > 0)
    #expect(speed.secondsPerProduct > 0)
    #expect(speed.seconds(rewriting: 100_000, dimension: 64) > 0)
  }
}
