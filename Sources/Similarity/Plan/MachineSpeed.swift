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
  /// Seconds of the exact graph.
  let graph: GraphSpeed

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
    let graph = try graphSpeed(
      of: alike(3 * rows / 2, dimension: dimension, &random), dimension: dimension, folder: home)
    return MachineSpeed(
      dimension: dimension, secondsPerChange: change / Double(rows - first),
      secondsPerRewrite: fixed, secondsPerRow: perRow, secondsPerProduct: product,
      graph: graph)
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

  /// Seconds of an exact graph that is made in the parts of `layout`.
  package func seconds(ofGraph layout: GraphLayout) -> Double {
    layout.pairs * graph.perPair(of: layout)
      + Double(layout.count) * Double(layout.neighbours) * graph.perCandidate
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

  /// What the graph of `values` takes.
  private static func graphSpeed(
    of values: [Float], dimension: Int, folder: URL
  ) throws -> GraphSpeed {
    let rows = values.count / dimension
    let file = folder.appending(path: "vectors")
    try values.withUnsafeBytes { try Data($0).write(to: file) }
    let vectors = try MappedVectors(file: file, offset: 0, count: rows, dimension: dimension)
    // Scanning, and all else. The better of two: memory that is touched for the first time may cost
    // more than the work.
    func time(
      k: Int, memory: Int? = nil, sketches: SketchPolicy = .chosen(from: 0)
    ) throws -> (pairs: Double, rest: Double) {
      var graph = try SimilarityGraph(k: k, memory: memory)
      graph.sketches = sketches
      let times = try (0..<2).map { _ in
        var (begun, ended): (ContinuousClock.Instant?, ContinuousClock.Instant?)
        let whole = try seconds {
          try graph.build(
            of: vectors,
            progress: { done, total in
              // Thresholds are there when it last says that nothing is done.
              if done == 0 { begun = .now }
              if done == total && ended == nil { ended = .now }
            }, emit: { _, _ in })
        }
        let pairs = begun.flatMap { begun in ended.map { begun.duration(to: $0) / .seconds(1) } }
        return (pairs: pairs ?? whole, rest: whole - (pairs ?? whole))
      }
      return (times.map(\.pairs).min() ?? 0, times.map(\.rest).min() ?? 0)
    }
    func pairs(k: Int, memory: Int? = nil) throws -> Double {
      try SimilarityGraph(k: k, memory: memory).layout(count: rows, dimension: dimension).pairs
    }
    let lengths = GraphSpeed.shares.map { max(1, Int(($0 * Double(rows)).rounded())) }
    let sketched = try lengths.map { try time(k: $0).pairs / pairs(k: $0) }
    let k = lengths[1]
    let plain = try time(k: k, sketches: .never)
    // In as little memory as there can be: several blocks of lists, small windows of vectors.
    let least = try GraphLayout.leastMemory(count: rows, dimension: dimension, k: k)
    let tight = try time(k: k, memory: least, sketches: .never)
    return GraphSpeed(
      perSketchedPair: sketched, perPair: try plain.pairs / pairs(k: k),
      perTightPair: try max(0, tight.pairs + tight.rest - plain.rest) / pairs(k: k, memory: least),
      perCandidate: try time(k: 100).rest / (Double(rows) * 100))
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let spent = try ContinuousClock().measure(body)
    return Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18
  }
}

/// Seconds of what an exact graph is made of.
struct GraphSpeed: Sendable, Hashable, Codable {
  /// Lists' shares of all rows: 100 neighbours among a million, and among a hundred thousand. The
  /// longer lists are, the more pairs must be looked at twice.
  static let shares = [1e-4, 1e-3]

  /// A pair of rows with sketches, by ``shares``.
  let perSketchedPair: [Double]
  /// A pair without; and where few lists and vectors are in memory at a time.
  let perPair: Double, perTightPair: Double
  /// A candidate that is ranked in float32.
  let perCandidate: Double

  /// Between the two shares by the logarithm.
  func perPair(of layout: GraphLayout) -> Double {
    guard layout.sketchWidth > 0 else { return layout.isBounded ? perTightPair : perPair }
    let share = Double(max(1, layout.neighbours)) / Double(max(1, layout.count))
    let place = log(share / Self.shares[0]) / log(Self.shares[1] / Self.shares[0])
    let (rare, frequent) = (perSketchedPair[0], perSketchedPair[1])
    return rare + min(1, max(0, place)) * (frequent - rare)
  }
}
