import AkinCatalogue
import Foundation
import Testing

@testable import AkinSimilarity

/// The graph against brute force in float32 and double precision, on data that no assumption
/// about data survives.
@Suite struct SimilarityGraphTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var dimension: Int
    var values: [Float]
    var testDescription: String { name }
    var count: Int { values.count / dimension }
  }

  static func normal(_ random: inout SplitMix64) -> Float {
    let (u, v) = (
      Float.random(in: .ulpOfOne...1, using: &random), Float.random(in: 0...1, using: &random)
    )
    return (-2 * Foundation.log(u)).squareRoot() * Foundation.cos(2 * .pi * v)
  }

  static let cases: [Case] = {
    var random = SplitMix64(seed: 3)
    func gaussian(_ count: Int, _ dimension: Int, row: (Int) -> Float = { _ in 1 }) -> [Float] {
      (0..<count).flatMap { index in
        let factor = row(index)
        return (0..<dimension).map { _ in factor * normal(&random) }
      }
    }
    let tails = (0..<1_200).map { _ in
      Foundation.exp(3 * normal(&random))
    }
    let centres = gaussian(40, 48)
    let clustered = (0..<1_600).flatMap { row in
      (0..<48).map { centres[row / 40 * 48 + $0] + 0.05 * normal(&random) }
    }
    let line = gaussian(1, 96)
    let twoClusters: [Float] = (0..<1_100 * 33).map { place in
      let own = (place / 33 < 550) == (place % 33 < 16)
      return own ? 1 + 1e-3 * normal(&random) : 0
    }
    let pattern: [Float] = [0.3, 0.77, -0.2]
    let equal: [Float] = (0..<700 * 7).map { pattern[$0 % 7 % 3] }
    let oneHot: [Float] = (0..<800 * 50).map { $0 % 50 == $0 / 50 * 7 % 50 ? 1 : 0 }
    let along: [Float] = (0..<900 * 96).map { line[$0 % 96] + 1e-4 * normal(&random) }
    let duplicates: [Float] = (0..<1_000 * 130).map { place in
      let (group, component) = (place / 130 / 9 + 1, place % 130 + 1)
      return Foundation.sin(Float(group * component))
    }
    return [
      Case(name: "gaussian", dimension: 100, values: gaussian(1_300, 100)),
      Case(name: "one component", dimension: 1, values: gaussian(900, 1)),
      Case(name: "two components", dimension: 2, values: gaussian(900, 2)),
      Case(name: "heavy-tailed norms", dimension: 64, values: gaussian(1_200, 64) { tails[$0] }),
      Case(name: "sorted clusters", dimension: 48, values: clustered),
      Case(name: "two clusters", dimension: 33, values: twoClusters),
      Case(name: "all equal", dimension: 7, values: equal),
      Case(name: "one-hot", dimension: 50, values: oneHot),
      Case(name: "huge", dimension: 40, values: gaussian(700, 40) { _ in 1e24 }),
      Case(name: "tiny", dimension: 40, values: gaussian(700, 40) { _ in 1e-30 }),
      Case(name: "nearly the same direction", dimension: 96, values: along),
      Case(
        name: "zeros between", dimension: 20,
        values: gaussian(600, 20) { $0 % 5 == 0 ? 0 : 1 }),
      Case(name: "duplicates", dimension: 130, values: duplicates),
    ]
  }()

  /// Lengths, and every product in double precision.
  struct Truth {
    var norms: [Double]
    var scores: [Double]

    init(_ data: Case) {
      let (count, dimension) = (data.count, data.dimension)
      var scores = [Double](repeating: 0, count: count * count)
      data.values.withUnsafeBufferPointer { values in
        scores.withUnsafeMutableBufferPointer { scores in
          for row in 0..<count {
            for other in row..<count {
              var sum = 0.0
              for c in 0..<dimension {
                sum += Double(values[row * dimension + c]) * Double(values[other * dimension + c])
              }
              scores[row * count + other] = sum
              scores[other * count + row] = sum
            }
          }
        }
      }
      norms = (0..<count).map { scores[$0 * count + $0].squareRoot() }
      self.scores = scores
    }
  }

  static func graph(
    _ data: Case, k: Int, kernel: Kernel? = nil, memory: Int? = nil,
    sketches: SketchPolicy = .chosen()
  ) throws -> (ids: [Int32], scores: [Float]) {
    var result: (ids: [Int32], scores: [Float]) = ([], [])
    try data.values.withUnsafeBufferPointer { values in
      var graph = try SimilarityGraph(k: k, memory: memory, kernel: kernel)
      graph.sketches = sketches
      try graph.build(values: values, dimension: data.dimension) {
        result.ids += $0
        result.scores += $1
      }
    }
    return result
  }

  /// Checks every row: the scores are right, in order, and no row left out has a score larger than
  /// float32 rounding explains; where scores are equal to the bit, ordinals ascend.
  static func check(
    _ data: Case, _ truth: Truth, k: Int, _ result: (ids: [Int32], scores: [Float])
  ) {
    let (norms, all) = (truth.norms, truth.scores)
    #expect(result.ids.count == data.count * k)
    for row in 0..<data.count {
      let exact = all[row * data.count..<(row + 1) * data.count].map(\.self)
      let wanted = min(k, data.count - 1)
      let ids = result.ids[row * k..<row * k + k].map(Int.init)
      let scores = Array(result.scores[row * k..<row * k + k])
      func fail(_ reason: String) { Issue.record("\(data.name), k \(k), row \(row): \(reason)") }
      guard ids[..<wanted].allSatisfy({ $0 >= 0 && $0 < data.count && $0 != row }),
        Set(ids[..<wanted]).count == wanted, ids[wanted...].allSatisfy({ $0 == -1 })
      else { return fail("not \(wanted) others: \(ids)") }
      func rounding(_ other: Int) -> Double { 2e-6 * norms[row] * norms[other] + 1e-38 }
      for place in 0..<wanted {
        if exact[ids[place]].magnitude < 3e38,
          abs(exact[ids[place]] - Double(scores[place])) > rounding(ids[place])
        {
          return fail("score \(scores[place]), not \(exact[ids[place]])")
        }
        if place > 0,
          scores[place - 1] < scores[place]
            || scores[place - 1] == scores[place] && scores[place].isFinite
              && scores[place].magnitude > 1e-30 && ids[place - 1] > ids[place]
        {
          return fail("out of order at \(place)")
        }
      }
      let last = wanted > 0 ? exact[ids[wanted - 1]] : .infinity
      let listed = Set(ids)
      for other in 0..<data.count where other != row && !listed.contains(other) {
        if exact[other] > last + rounding(other) + (wanted > 0 ? rounding(ids[wanted - 1]) : 0) {
          return fail("left out \(other), \(exact[other]) > \(last)")
        }
      }
    }
  }

  @Test(arguments: cases)
  func isBruteForce(data: Case) throws {
    let truth = Truth(data)
    for k in [1, 10, 64] { Self.check(data, truth, k: k, try Self.graph(data, k: k)) }
  }

  @Test(arguments: Kernel.available)
  func isBruteForceWithEveryKernel(kernel: Kernel) throws {
    for name in ["gaussian", "heavy-tailed norms", "duplicates", "two components"] {
      let data = try #require(Self.cases.first { $0.name == name })
      Self.check(data, Truth(data), k: 20, try Self.graph(data, k: 20, kernel: kernel))
    }
  }

  @Test(arguments: [0, 1, 2, 31, 32, 33, 65])
  func anyNumberOfRows(count: Int) throws {
    let data = Case(
      name: "\(count) rows", dimension: 100, values: Array(Self.cases[0].values.prefix(count * 100))
    )
    let truth = Truth(data)
    for k in [0, 1, 5, 40, 100] { Self.check(data, truth, k: k, try Self.graph(data, k: k)) }
  }

  @Test func equalRowsAndZerosComeInOrder() throws {
    let equal = try #require(Self.cases.first { $0.name == "all equal" })
    let ids = try Self.graph(equal, k: 12).ids
    for row in 0..<equal.count {
      let expected = (0..<13).filter { $0 != row }.prefix(12).map(Int32.init)
      #expect(Array(ids[row * 12..<row * 12 + 12]) == expected)
    }
  }

  @Test func boundedMemoryChangesNothing() throws {
    // 16,000 rows of 96 components: several blocks, several windows.
    var random = SplitMix64(seed: 8)
    let data = Case(
      name: "bounded", dimension: 96,
      values: (0..<16_000 * 96).map { _ in Float.random(in: -1...1, using: &random) })
    let whole = try Self.graph(data, k: 200)
    // The smallest memory that is accepted.
    let memory = try #require(
      stride(from: 40 << 20, to: 100 << 20, by: 1 << 18).first {
        (try? SimilarityGraph(k: 200, memory: $0).layout(count: 16_000, dimension: 96)) != nil
      })
    let layout = try SimilarityGraph(k: 200, memory: memory).layout(count: 16_000, dimension: 96)
    #expect(layout.blocks > 1)
    #expect(layout.isBounded)
    #expect(layout.predictedMemory <= memory)
    let bounded = try Self.graph(data, k: 200, memory: memory)
    #expect(bounded.ids == whole.ids)
    #expect(bounded.scores == whole.scores)
  }

  @Test func refusesWhatDoesNotFit() throws {
    let graph = try SimilarityGraph(k: 100, memory: 64 << 20)
    let error = #expect(throws: GraphError.self) {
      try graph.predictedMemory(count: 1_000_000, dimension: 384)
    }
    guard case .memoryTooSmall(let limit, let needed)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(limit == 64 << 20)
    // What it asks for is enough.
    let enough = try SimilarityGraph(k: 100, memory: needed)
    #expect(try enough.predictedMemory(count: 1_000_000, dimension: 384) <= needed)
  }

  @Test(arguments: [Float.nan, .infinity])
  func namesTheRowThatIsNotFinite(value: Float) throws {
    var data = Self.cases[0]
    data.values[1_134 * 100 + 99] = value
    #expect(throws: GraphError.notFinite(row: 1_134)) { try Self.graph(data, k: 3) }
  }

  @Test func listsLongerThanCodesAreWorth() throws {
    var random = SplitMix64(seed: 6)
    let count = GraphLayout.longestList + 2
    let data = Case(
      name: "long", dimension: 2,
      values: (0..<count * 2).map { _ in Float.random(in: -1...1, using: &random) })
    // One pass over the first rows is enough to see order, and stops.
    struct Enough: Error {}
    var rows: [[Int32]] = []
    data.values.withUnsafeBufferPointer { values in
      _ = #expect(throws: Enough.self) {
        try SimilarityGraph(k: count - 1).build(values: values, dimension: 2) { ids, _ in
          rows.append(Array(ids))
          if rows.count == 3 { throw Enough() }
        }
      }
    }
    for (row, ids) in rows.enumerated() {
      #expect(Set(ids) == Set((0..<Int32(count)).filter { $0 != row }))
    }
  }
}
