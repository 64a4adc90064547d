import AkinNeural
import Foundation
import Testing

@testable import AkinEncoders

/// Every family, activation and pooling against Hugging Face's own implementations.
@Suite struct TinyModelTests {
  static let families = ["bert", "bert-relu", "bert-gelu-new", "xlm-roberta", "distilbert"]

  private func model(_ name: String) throws -> (TinyModels.Model, TinyModels) {
    let all = try Fixture.read("tiny.json", as: TinyModels.self)
    return (try #require(all.models[name]), all)
  }

  private func encode(
    _ folder: URL, _ texts: [[Int32]], _ pooling: Pooling, _ precision: NumericPrecision = .float32
  ) throws -> [[Float]] {
    let directory = try ModelDirectory(folder)
    let weights = try SafetensorsWeights(directory.weights, directory.configuration)
    let model = try TransformerModel(
      directory.configuration, weights: weights, precision: precision)
    var batch = PackedBatch()
    // Reversed, so that a mix-up of rows shows.
    for (row, ids) in texts.enumerated().reversed() { batch.append(ids, row: row) }
    let width = directory.configuration.hidden
    var out = [Float](repeating: .nan, count: texts.count * width)
    try out.withUnsafeMutableBufferPointer { buffer in
      try model.encode(
        batch, pooling: pooling, normalises: false, into: #require(buffer.baseAddress))
    }
    return texts.indices.map { Array(out[$0 * width..<($0 + 1) * width]) }
  }

  private func largestDifference(_ first: [[Float]], _ second: [[Float]]) -> Float {
    zip(first.joined(), second.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test(arguments: families) func statesAreHuggingFaces(_ family: String) throws {
    let (model, all) = try model(family)
    let folder = try TemporaryFolder()
    try writeTinyModel(model, to: folder.url)
    for (pooling, expected) in [
      (Pooling.mean, model.mean), (.first, model.first), (.maximum, model.maximum),
    ] {
      let found = try encode(folder.url, all.ids, pooling)
      #expect(largestDifference(found, expected) < 2e-5, "\(family) \(pooling)")
    }
    let halved = try encode(folder.url, all.ids, .mean, .bfloat16)
    for (found, expected) in zip(halved, model.mean) { #expect(cosine(found, expected) > 0.999) }
  }

  @Test func meanOverTheSquareRootOfTheLengthIsScaledMean() throws {
    let (model, all) = try model("bert")
    let folder = try TemporaryFolder()
    try writeTinyModel(model, to: folder.url)
    let found = try encode(folder.url, all.ids, .meanSquareRoot)
    let expected = zip(model.mean, all.ids).map { mean, ids in
      mean.map { $0 * Float(ids.count).squareRoot() }
    }
    #expect(largestDifference(found, expected) < 1e-4)
  }

  @Test(arguments: ["", "bert.", "model.encoder."])
  func prefixesOfTensorNamesAreFound(_ prefix: String) throws {
    let (model, all) = try model("bert")
    let folder = try TemporaryFolder()
    try writeTinyModel(model, to: folder.url, prefix: prefix)
    #expect(largestDifference(try encode(folder.url, all.ids, .mean), model.mean) < 2e-5)
  }

  @Test(arguments: NumericPrecision.allCases)
  func aTextsVectorDoesNotDependOnItsCompany(_ precision: NumericPrecision) throws {
    let (model, _) = try model("bert")
    let folder = try TemporaryFolder()
    try writeTinyModel(model, to: folder.url, normalises: true)
    let encoder = try TransformerEncoder(directory: folder.url, precision: precision)
    let texts = (0..<700).map { row in
      (0..<row % 19).map { "w\(5 + (row * 7 + $0 * 3) % 35)" }.joined(separator: " ")
    }
    let together = try encoder.encode(texts)
    for row in stride(from: 0, to: texts.count, by: 13) {
      let alone = try encoder.encode([texts[row]])
      #expect(cosine(alone[0], together[row]) > 0.99999, "text \(row)")
      #expect(abs(cosine(alone[0], alone[0]) - 1) < 1e-6)
    }
  }

  @Test func longTextsAreCutAndEmptyOnesHaveVectors() throws {
    let (model, _) = try model("bert")
    let folder = try TemporaryFolder()
    try writeTinyModel(model, to: folder.url)
    let encoder = try TransformerEncoder(directory: folder.url, precision: .float32)
    #expect(encoder.maximumTokens == 24)
    let long = String(repeating: "w9 ", count: 3400)
    let cut = String(repeating: "w9 ", count: 22)
    let rows = try encoder.encode([long, "", cut])
    #expect(cosine(rows[0], rows[2]) > 0.999999)
    #expect(rows[1].allSatisfy(\.isFinite) && !rows[1].allSatisfy { $0 == 0 })
    #expect(try encoder.encode([]).count == 0)
  }

  @Test func streamsGiveTheSameRowsInChunks() throws {
    let (model, _) = try model("bert")
    let folder = try TemporaryFolder()
    try writeTinyModel(model, to: folder.url)
    let encoder = try TransformerEncoder(directory: folder.url, precision: .float32)
    let texts = (0..<25).map { "w\(5 + $0) w7" }
    var values: [Float] = []
    var chunks: [Int] = []
    let count = try encoder.encode(stream: texts, chunk: 10) {
      values += $0.values
      chunks.append($0.count)
    }
    let whole = try encoder.encode(texts)
    #expect(count == 25 && chunks == [10, 10, 5])
    #expect(zip(values, whole.values).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func progressEndsAtTheTotalAndStopsWorkByThrowing() throws {
    struct Stopped: Error {}
    let (model, _) = try model("bert")
    let folder = try TemporaryFolder()
    try writeTinyModel(model, to: folder.url)
    let encoder = try TransformerEncoder(directory: folder.url, precision: .float32)
    let texts = [String](repeating: "w6 w7 w8", count: 3000)
    var last = (0, 0)
    _ = try encoder.encode(texts, as: .passage) { last = ($0, $1) }
    #expect(last == (3000, 3000))
    #expect(throws: Stopped.self) {
      try encoder.encode(texts, as: .passage) { _, _ in throw Stopped() }
    }
  }

  @Test func aCancelledTaskStops() async throws {
    let (model, _) = try model("bert")
    let folder = try TemporaryFolder()
    try writeTinyModel(model, to: folder.url)
    let encoder = try TransformerEncoder(directory: folder.url, precision: .float32)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try encoder.encode(["w6"])
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

@Suite struct PackedAttentionTests {
  @Test(arguments: [DType.float32, .bfloat16], [4, 6, 8, 16, 20, 32, 64])
  func kernelsAgreeWithPlainLoops(_ type: DType, _ dimension: Int) throws {
    let heads = 3
    let starts: [Int32] = [0, 1, 3, 8, 24, 41, 141]
    let generator = try Generator(seed: 7)
    let qkv = try Tensor.randomNormal([144, 3 * heads * dimension], using: generator).to(type)
    let sequences = PackedSequences(starts: starts)
    let found = try sequences.attention(qkv, heads: heads).floats()
    let expected = try sequences.attention(qkv, heads: heads, plainly: true).floats()
    // bfloat16 results are rounded to 8 bits: one unit in the last place of values up to 4.
    let tolerance: Float = type == .float32 ? 1e-5 : 0.032
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance })
    #expect(found.suffix(3 * heads * dimension).allSatisfy { $0 == 0 })
  }

  @Test(arguments: [[0], [0, 0], [2, 1], [0, 9], [-1, 3]] as [[Int32]])
  func startsThatDoNotFitAreRefused(_ starts: [Int32]) throws {
    let qkv = try Tensor.zeros([8, 24])
    #expect(throws: NeuralError.self) {
      try PackedSequences(starts: starts).attention(qkv, heads: 2)
    }
  }
}

@Suite struct BatchPlanTests {
  @Test(arguments: [0, 1, 2, 17, 500], [1, 2, 5])
  func everyTextIsInOneBatchWithinTheBudget(_ count: Int, _ workers: Int) {
    let lengths = (0..<count).map { 2 + ($0 * 37) % 90 }
    let plan = BatchPlan(lengths: lengths, budget: 300, workers: workers)
    #expect(plan.order.sorted() == Array(0..<count))
    #expect(plan.batches.flatMap { Array($0) } == Array(0..<count))
    for batch in plan.batches {
      #expect(batch.map { lengths[plan.order[$0]] }.reduce(0, +) <= 300)
    }
    let sorted = plan.order.map { lengths[$0] }
    #expect(sorted == sorted.sorted(by: >))
  }
}
