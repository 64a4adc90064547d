import Foundation
import Testing

@testable import AkinSimilarity

/// Vectors from files, and builds that are stopped and go on.
@Suite struct GraphFilesTests {
  static func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "akin-graph-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  static let count = 9_000, dimension = 64, k = 30

  static func values() -> [Float] {
    var random = SplitMix64(seed: 21)
    return (0..<count * dimension).map { _ in Float.random(in: -1...1, using: &random) }
  }

  /// A memory limit that allows about half of the rows' lists.
  static func tightMemory() throws -> Int {
    try #require(
      stride(from: 40 << 20, to: 100 << 20, by: 1 << 17).first {
        (try? SimilarityGraph(k: k, memory: $0).layout(count: count, dimension: dimension)) != nil
      })
  }

  @Test func readsAMappedFile() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "vectors")
    let values = Self.values()
    try (Data(count: 128) + values.withUnsafeBytes { Data($0) }).write(to: file)
    let mapped = try MappedVectors(
      file: file, offset: 128, count: Self.count, dimension: Self.dimension)
    #expect(mapped.values.elementsEqual(values))
    mapped.forget()
    #expect(mapped.values.elementsEqual(values))
    for (offset, count) in [(128, Self.count + 1), (132, Self.count), (2, 1), (0, .max / 8)] {
      #expect(throws: GraphError.self) {
        try MappedVectors(file: file, offset: offset, count: count, dimension: Self.dimension)
      }
    }
    #expect(throws: GraphError.self) {
      try MappedVectors(
        file: folder.appending(path: "missing"), offset: 0, count: 1, dimension: 1)
    }
  }

  /// Builds until `stop` says so, then again from what was kept, damaged by `damage` in between.
  static func resumed(
    identity: String = "same", damage: (URL) throws -> Void
  ) throws -> (ids: [Int32], pairsOfSecondRun: Int, whole: [Int32]) {
    struct Killed: Error {}
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let checkpoint = folder.appending(path: "graph.partial")
    let values = Self.values()
    let graph = try SimilarityGraph(k: k, memory: tightMemory())
    let layout = try graph.layout(count: count, dimension: dimension)
    try #require(layout.blocks > 1)
    var whole: [Int32] = []
    var ids: [Int32] = []
    var work = 0
    try values.withUnsafeBufferPointer { values in
      try SimilarityGraph(k: k).build(values: values, dimension: dimension) { ids, _ in
        whole += ids
      }
      let first = GraphBuilder.pairs(in: 0..<layout.blockRows, of: count)
      #expect(throws: Killed.self) {
        try graph.build(
          values: values, dimension: dimension, checkpoint: checkpoint, identity: "same",
          progress: { done, _ in if done > first { throw Killed() } }, emit: { _, _ in })
      }
      try damage(checkpoint)
      var begun: Int?
      try graph.build(
        values: values, dimension: dimension, checkpoint: checkpoint, identity: identity,
        progress: { done, total in
          if begun == nil { begun = done }
          work = total - (begun ?? 0)
        },
        emit: { piece, _ in ids += piece })
    }
    return (ids, work, whole)
  }

  @Test func goesOnAfterAStop() throws {
    let result = try Self.resumed { _ in }
    #expect(result.ids == result.whole)
    let all = try Self.resumed(identity: "other") { _ in }
    #expect(all.ids == all.whole)
    // Other vectors' rows are not used.
    #expect(result.pairsOfSecondRun < all.pairsOfSecondRun)
  }

  @Test func computesDamagedRowsAgain() throws {
    for place in [0.0, 0.001, 0.3, 0.7, 0.999] {
      let flipped = try Self.resumed { file in
        var bytes = try Data(contentsOf: file)
        bytes[Int(Double(bytes.count) * place)] ^= 4
        try bytes.write(to: file)
      }
      #expect(flipped.ids == flipped.whole, "a bit at \(place)")
      let cut = try Self.resumed { file in
        let bytes = try Data(contentsOf: file)
        try bytes.prefix(Int(Double(bytes.count) * place)).write(to: file)
      }
      #expect(cut.ids == cut.whole, "cut at \(place)")
    }
  }

  @Test func saysThatAFolderIsMissing() throws {
    let graph = try SimilarityGraph(k: Self.k, memory: Self.tightMemory())
    #expect(throws: GraphError.self) {
      try Self.values().withUnsafeBufferPointer { values in
        try graph.build(
          values: values, dimension: Self.dimension,
          checkpoint: URL(filePath: "/nowhere/at/all"), emit: { _, _ in })
      }
    }
  }
}
