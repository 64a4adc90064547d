internal import AkinCatalogue
internal import CKernels
public import Foundation

/// How fast this machine does what indexes and graphs are made of: a second or two of real work, from
/// which the time of more is foretold.
public struct MachineSpeed: Sendable, Hashable, Codable {
  /// Components that it was measured with.
  public let dimension: Int
  /// Seconds to put one change on disk and into memory, in batches.
  public let secondsPerChange: Double
  /// Seconds of a rewrite, and of each of its rows, apart from finding their lists.
  let secondsPerRewrite: Double
  let secondsPerRow: Double
  /// Seconds of comparing a row's codes with one centroid, per component.
  let secondsPerProduct: Double
  /// Seconds of the graph for a pair of rows, and for a candidate that is ranked in float32.
  let secondsPerPair: Double
  let secondsPerCandidate: Double

  private static let sampleRows = 16_384

  /// Measures with vectors of `dimension` components; index files are written to a new folder below
  /// `folder`, which is removed again.
  ///
  /// - Throws: ``IndexStoreError`` where the folder cannot be written; ``SimilarityError``.
  public static func measure(
    dimension: Int, folder: URL = FileManager.default.temporaryDirectory
  ) throws -> MachineSpeed {
    var random = SplitMix64(seed: 1)
    let rows = max(1_024, min(sampleRows, (32 << 20) / (4 * dimension)))
    let values = (0..<rows * dimension).map { _ in Float.random(in: -1...1, using: &random) }
    let home = folder.appending(path: "akin-plan-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: home) }
    let index = try DurableIndex.create(at: home, dimension: dimension)
    let changes = (0..<rows).map { row in
      IndexChange.put(
        IndexItem(
          id: "item \(row)", vector: Array(values[row * dimension..<(row + 1) * dimension])))
    }
    // A quarter of the rows, then the rest: what does not grow with the rows cancels.
    let first = rows / 4
    try index.apply(Array(changes[..<first]))
    let small = try seconds { try index.flush() }
    let change = try seconds { try index.apply(Array(changes[first...])) }
    let large = try seconds { try index.flush() }
    try index.close()
    let product = try productSeconds(dimension: dimension)
    let own = small - finding(first, dimension: dimension, secondsPerProduct: product)
    let other = large - finding(rows - first, dimension: dimension, secondsPerProduct: product)
    let perRow = max(0, other - own) / Double(rows - 2 * first)
    let fixed = max(0, own - perRow * Double(first))
    let (pair, candidate) = try graphSeconds(
      alike(3 * rows / 2, dimension: dimension, &random), dimension: dimension)
    return MachineSpeed(
      dimension: dimension, secondsPerChange: change / Double(rows - first),
      secondsPerRewrite: fixed, secondsPerRow: perRow, secondsPerProduct: product,
      secondsPerPair: pair, secondsPerCandidate: candidate)
  }

  /// Seconds of comparing rows with centroids while a segment is made.
  private static func finding(
    _ rows: Int, dimension: Int, secondsPerProduct: Double
  ) -> Double {
    guard rows >= InvertedLists.leastRows else { return 0 }
    return Double(rows) * Double(rows / InvertedLists.rowsPerList) * ListBuilder.passes
      * Double(InvertedLists.stride(dimension)) * secondsPerProduct
  }

  /// Seconds of writing a segment of `rows` anew.
  func seconds(rewriting rows: Int, dimension: Int) -> Double {
    secondsPerRewrite + Double(rows) * secondsPerRow
      + Self.finding(rows, dimension: dimension, secondsPerProduct: secondsPerProduct)
  }

  /// Seconds of the exact graph of `rows`, of `k` neighbours each, whose lists are made in so many
  /// blocks: pairs within a block are scored once, others twice.
  public func graphSeconds(rows: Int, k: Int, blocks: Int) -> Double {
    let (n, b) = (Double(rows), Double(max(1, blocks)))
    return n * n * (1 - 1 / (2 * b)) * secondsPerPair + n * Double(k) * secondsPerCandidate
  }

  private static func productSeconds(dimension: Int) throws -> Double {
    let (rows, columns) = (4_096, 1_024)
    let stride = InvertedLists.stride(dimension)
    let kernel = try Kernel.preferred()
    let (codes, packed) = (Memory<Int8>(rows * stride), Memory<Int8>(columns * stride))
    let scale = Memory<Float>(columns)
    let nearest = Memory<Int32>(rows)
    for place in 0..<rows * stride { codes.start[place] = Int8(truncatingIfNeeded: place) }
    let workers = Workers(count: Workers.processors)
    let time = seconds {
      workers.run(0..<rows, by: 512) { range, _ in
        akin_index_assign(
          kernel.identifier, codes.start + range.lowerBound * stride, range.count, stride,
          packed.start, scale.start, columns, nearest.start + range.lowerBound)
      }
    }
    return time / Double(rows * columns * stride)
  }

  /// Vectors of unit length with as much of it in their leading principal components as titles have
  /// (.93 in a third of them): what a graph of real vectors costs depends on it.
  private static func alike(
    _ rows: Int, dimension: Int, _ random: inout SplitMix64
  ) -> [Float] {
    let sizes = (0..<dimension).map { 1 / (1 + Float($0) * 25 / Float(dimension)) }
    var values = [Float](repeating: 0, count: rows * dimension)
    for row in 0..<rows {
      var squares: Float = 0
      for column in 0..<dimension {
        let value = sizes[column] * Float.random(in: -1...1, using: &random)
        values[row * dimension + column] = value
        squares += value * value
      }
      let factor = squares > 0 ? 1 / squares.squareRoot() : 1
      for column in 0..<dimension { values[row * dimension + column] *= factor }
    }
    return values
  }

  /// Graphs of few neighbours of once and twice the rows, in which what grows with the rows alone
  /// cancels, and one of many neighbours.
  private static func graphSeconds(
    _ values: [Float], dimension: Int
  ) throws -> (pair: Double, candidate: Double) {
    let rows = values.count / dimension
    func time(_ count: Int, k: Int) throws -> Double {
      var graph = try SimilarityGraph(k: k)
      graph.sketches = .chosen(from: 0)
      // The better of two: differences of short times follow.
      return try values.withUnsafeBufferPointer { values in
        try (0..<2).map { _ in
          try seconds {
            try graph.build(
              values: UnsafeBufferPointer(rebasing: values[..<(count * dimension)]),
              dimension: dimension
            ) { _, _ in }
          }
        }.min() ?? 0
      }
    }
    // What few rows take is mostly the choice of sketches.
    let fixed = try time(min(rows / 8, 2_048), k: 10)
    let (half, whole) = (try time(rows / 2, k: 10), try time(rows, k: 10))
    // c + a n + b n²/2: whole − 2 half + c = b n²/4.
    let square = Double(rows) * Double(rows)
    let pair = max(0, whole - 2 * half + fixed) / (square / 4)
    let many = try time(rows, k: 100)
    return (pair, max(0, many - pair * square / 2) / (Double(rows) * 100))
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let spent = try ContinuousClock().measure(body)
    return Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18
  }
}
