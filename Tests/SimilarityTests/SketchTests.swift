import CKernels
import Testing

@testable import AkinSimilarity

/// Sketches rule out nothing that matters, on data of few directions as of many.
@Suite struct SketchTests {
  typealias Case = SimilarityGraphTests.Case

  /// Enough rows for a sample to set thresholds, and more components than a sketch has.
  static let cases: [Case] = {
    var random = SplitMix64(seed: 17)
    func normal() -> Float { SimilarityGraphTests.normal(&random) }
    func rows(_ count: Int, _ dimension: Int, _ value: (Int, Int) -> Float) -> [Float] {
      (0..<count).flatMap { row in (0..<dimension).map { value(row, $0) } }
    }
    let few = (0..<5 * 200).map { _ in normal() }
    let weights = (0..<1_100 * 5).map { _ in normal() }
    let tails = (0..<1_200).map { _ in SimilarityGraphTests.normal(&random).magnitude * 20 }
    return [
      Case(name: "gaussian", dimension: 100, values: rows(1_300, 100) { _, _ in normal() }),
      Case(
        name: "falling directions", dimension: 210,
        values: rows(1_400, 210) { _, component in normal() / Float(1 + component) }),
      Case(
        name: "five directions", dimension: 200,
        values: rows(1_100, 200) { row, component in
          (0..<5).reduce(0) { $0 + weights[row * 5 + $1] * few[$1 * 200 + component] }
        }),
      Case(
        name: "two axes", dimension: 130,
        values: rows(1_100, 130) { _, component in component < 2 ? normal() : 0 }),
      Case(
        name: "one axis and noise", dimension: 130,
        values: rows(1_100, 130) { _, component in component == 7 ? 9 : 0.1 * normal() }),
      Case(
        name: "lengths of all sizes", dimension: 96,
        values: rows(1_200, 96) { row, component in tails[row] * normal() / Float(1 + component) }),
      Case(
        name: "some rows of hardly any length", dimension: 100,
        values: rows(1_200, 100) { row, component in
          normal() / Float(1 + component) * (row % 6 == 0 ? 1e-25 : 1)
        }),
      Case(
        name: "nearly one direction", dimension: 130,
        values: rows(1_300, 130) { _, component in few[component] + 1e-4 * normal() }),
      Case(
        name: "equal rows by tens", dimension: 150,
        values: rows(1_280, 150) { row, component in
          Float((row / 10 * 7_919 + component * 104_729) % 1_009) / 1_009 - 0.5
        }),
    ]
  }()

  @Test(arguments: cases) func isBruteForce(data: Case) throws {
    let truth = SimilarityGraphTests.Truth(data)
    for k in [1, 20] {
      let result = try SimilarityGraphTests.graph(data, k: k, sketches: .always)
      SimilarityGraphTests.check(data, truth, k: k, result)
    }
  }

  @Test(arguments: Kernel.available) func isBruteForceWithEveryKernel(kernel: Kernel) throws {
    for data in Self.cases.prefix(3) {
      let result = try SimilarityGraphTests.graph(data, k: 20, kernel: kernel, sketches: .always)
      SimilarityGraphTests.check(data, SimilarityGraphTests.Truth(data), k: 20, result)
    }
  }

  /// Several teams and panels, whose tiles wait for each other.
  @Test func sketchesChangeNothing() throws {
    var random = SplitMix64(seed: 21)
    let data = Case(
      name: "many", dimension: 130,
      values: (0..<9_500 * 130).map { place in
        SimilarityGraphTests.normal(&random) / Float(1 + place % 130)
      })
    let without = try SimilarityGraphTests.graph(data, k: 30, sketches: .never)
    for policy in [SketchPolicy.chosen(from: 0), .always] {
      let with = try SimilarityGraphTests.graph(data, k: 30, sketches: policy)
      #expect(with.ids == without.ids)
      #expect(with.scores == without.scores)
    }
    // In blocks, whose rows are also compared with all others.
    let memory = try #require(
      stride(from: 40 << 20, to: 100 << 20, by: 1 << 18).first {
        guard let graph = try? SimilarityGraph(k: 30, memory: $0) else { return false }
        return ((try? graph.layout(count: 9_500, dimension: 130))?.sketchWidth ?? 0) > 0
      })
    let bounded = try SimilarityGraphTests.graph(data, k: 30, memory: memory, sketches: .always)
    #expect(bounded.ids == without.ids)
  }

  /// ⟨z_x, z_y⟩ + r_x r_y, before it is coded, is never below ⟨x, y⟩.
  @Test(arguments: cases) func productsAreUpperBounds(data: Case) throws {
    let (count, dimension) = (data.count, data.dimension)
    var rows = DenseRows(count: count, dimension: dimension)
    var norms = [akin_bound](repeating: akin_bound(), count: count)
    for row in 0..<count {
      let values = data.values[row * dimension..<(row + 1) * dimension]
      rows.values.replaceSubrange(
        row * rows.dimension..<row * rows.dimension + dimension, with: values)
      norms[row].norm = Float(values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
    }
    let principal = PrincipalDirections(of: rows, count: 63)
    let space = SketchSpace(principal, dimension: dimension, width: 64)
    var sketches = [Float](repeating: 0, count: count * 64)
    space.sketch(data.values, count: count, norms: norms, into: &sketches)
    let truth = SimilarityGraphTests.Truth(data)
    var below = 0
    for row in stride(from: 0, to: count, by: 16) {
      for other in 0..<count {
        var product = 0.0
        for k in 0..<64 {
          product += Double(sketches[row * 64 + k]) * Double(sketches[other * 64 + k])
        }
        let rounding = 1e-6 * truth.norms[row] * truth.norms[other]
        if product + rounding < truth.scores[row * count + other] { below += 1 }
      }
    }
    #expect(below == 0)
  }

  /// Vectors with no directions of their own are scanned as they are.
  @Test func theChoiceDependsOnTheData() throws {
    var random = SplitMix64(seed: 4)
    for (isFalling, expected) in [(false, false), (true, true)] {
      let values = (0..<4_000 * 384).map { place in
        SimilarityGraphTests.normal(&random) / (isFalling ? Float(1 + place % 384) : 1)
      }
      let layout = try SimilarityGraph(k: 20).layout(count: 4_000, dimension: 384)
      let kernel = try Kernel.preferred()
      let coded = try CodedRows(
        values, layout: layout, kernel: kernel, workers: Workers(count: 1), forget: {})
      func space(_ policy: SketchPolicy) -> SketchSpace? {
        SketchChoice(
          policy, Sample(layout), of: coded, vectors: values, layout: layout, kernel: kernel
        )?.space()
      }
      #expect((space(.chosen(from: 0)) != nil) == expected)
      // Few rows are compared before the choice is made.
      #expect(space(.chosen()) == nil)
    }
  }
}
