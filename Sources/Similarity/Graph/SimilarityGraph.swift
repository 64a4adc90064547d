internal import AkinCatalogue
public import Foundation

/// The exact similarity graph: for every vector the `k` others with the largest inner product
/// (the cosine, for vectors of unit length).
///
/// ```swift
/// let graph = try SimilarityGraph(k: 100)
/// try graph.build(of: vectors) { ids, scores in try file.append(ids) }
/// ```
///
/// ## How it works
///
/// 1. **Codes.** Each row is rounded to int8 by its own scale, `x ≈ s q`, and its norm `|x|` and
///    the length of its error `|e|` are kept. O(n d).
/// 2. **Sketches.** The leading principal directions of some rows hold most of a vector's length, as
///    a rule. A third of the components or less, coded likewise, and the length `r` of what they
///    leave out bound every product: `⟨x, y⟩ ≤ ⟨z_x, z_y⟩ + r_x r_y`. How many pairs that would rule
///    out is counted on a sample, and sketches are made where it spares work. O(n d w).
/// 3. **Thresholds.** Each row is scored against some 2,048 rows drawn at random. The score of a
///    rank chosen so that more than `k` of all rows are as good, whatever the data, except with a
///    probability of about 1 in 2,000, is the row's first threshold. O(n d).
/// 4. **Scan.** Every pair is scored once, by the sketches and, where these cannot rule it out, by
///    the full codes, and offered to both rows' lists if it reaches their thresholds. Blocks of rows
///    meet in a tournament in which no two threads hold the same row; columns are packed to stay in
///    the second-level cache, products run on tile registers where the processor has them. A list
///    that is full drops what cannot be among its best and raises its threshold. n² w / 2
///    multiplications of int8; n² d / 2 without sketches.
/// 5. **Re-rank.** What is left of each list, a few more than `k`, is scored in float32 and sorted,
///    ties by ordinal. Rows near the same sample row go together, because their candidates are
///    largely the same. O(n k d).
///
/// ## Why it is exact
///
/// The error of a coded product is `x̂·e_y + e_x·y`. It is at most `|x| |e_y| + |e_x| |y|`, but the
/// components of rounding errors have no common direction, so that its standard deviation is
/// `√((|x|² |e_y|² + |e_x|² |y|²) / d)`. A list is pruned with `w = 3 (|x| |e_y| + |e_x| |y|) / √d`
/// (at most the bound itself, so nothing is supposed in nine dimensions or fewer): a candidate
/// goes only when its score plus its `w` is below the k-th best score less its `w`. Both sides
/// together are at least six standard deviations, over eight for rows of equal length.
///
/// A sketch passes a pair over when its product plus its own `w`, of the same form, is below the
/// threshold, which is a score less its `w`, or an exact score where a list was settled in float32.
/// Its components are turned at random among themselves, so that their errors have no direction
/// whatever the data; the length that is left out is rounded up; and what a row's error has along
/// the row itself, which nearly equal rows share, counts in full.
///
/// That errors of full codes have no direction is checked, not believed: every list compares the exact scores of
/// its survivors with their codes', and a row whose errors scatter by more than 1/2 of `w` (1/3 is
/// expected), whose list is short, or whose last entry is below its threshold is compared with all
/// vectors in float32. Where too many scores are too close for codes, as among equal rows, a full
/// list is settled in float32 on the spot.
///
/// What "exact" leaves open is the rounding of float32 sums themselves: two scores closer than
/// that may stand in either order.
///
/// Sources: the product-by-tiles kernel follows the Intel 64 optimisation manual, chapter 20
/// (AMX); exact search with quantised bounds and a re-rank is the filter-and-refine of vector
/// approximation files (Weber, Schek and Blott, VLDB 1998); bounding inner products from leading
/// principal components is Li, Chan, Yiu and Mamoulis, *FEXIPRO* (SIGMOD 2017).
public struct SimilarityGraph: Sendable {
  /// Neighbours of each row.
  public let k: Int
  /// Bytes of resident memory that building may take, mapped vectors included.
  public let memory: Int
  let kernel: Kernel
  let threads: Int
  /// Whether pairs are ruled out by sketches: where that is cheaper, unless a test or a benchmark wants
  /// to know.
  package var sketches = SketchPolicy.chosen()

  /// - Parameter memory: half of the machine's, where none is given.
  /// - Throws: ``SimilarityError/unknownKernel(_:)`` where `AKIN_KERNEL` names none.
  public init(k: Int, memory: Int? = nil, kernel: Kernel? = nil) throws(SimilarityError) {
    precondition(k >= 0, "a number of neighbours")
    self.k = k
    self.memory = memory ?? Int(ProcessInfo.processInfo.physicalMemory / 2)
    if let kernel { self.kernel = kernel } else { self.kernel = try .preferred() }
    threads = ProcessInfo.processInfo.activeProcessorCount
  }

  /// The bytes that building would take, at most ``memory``.
  ///
  /// - Throws: ``GraphError/memoryTooSmall(limit:needed:)``, ``GraphError/tooManyRows(_:)``.
  public func predictedMemory(count: Int, dimension: Int) throws(GraphError) -> Int {
    try layout(count: count, dimension: dimension).predictedMemory
  }

  package func layout(count: Int, dimension: Int) throws(GraphError) -> GraphLayout {
    try GraphLayout(
      count: count, dimension: dimension, k: k, memory: memory, threads: threads)
  }

  /// Builds the graph of `source` and hands its rows on, in order, some thousand at a time:
  /// `[rows, k]` ordinals and their scores, best first, ties by ordinal, itself excluded. Where
  /// fewer than `k` others exist, -1 with a score of -infinity fills the rest. O(n² d).
  ///
  /// - Parameters:
  ///   - checkpoint: where finished blocks of rows are kept, if memory holds only some at a time;
  ///     a build that was killed goes on from there. The caller deletes it when the rows are safe.
  ///   - identity: what the vectors are, such as a file's size and time; a checkpoint of others is
  ///     not used.
  ///   - progress: called with the finished and the total work, in pairs of rows, from the
  ///     caller's thread; throws to stop.
  ///   - emit: takes rows.
  /// - Throws: ``GraphError``, and what `progress` and `emit` throw.
  public func build(
    of source: some VectorSource, checkpoint: URL? = nil, identity: String = "",
    progress: @escaping (_ done: Int, _ total: Int) throws -> Void = { _, _ in },
    emit: (_ ids: UnsafeBufferPointer<Int32>, _ scores: UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    try withExtendedLifetime(source) {
      try build(
        values: source.values, dimension: source.dimension, forget: { source.forget() },
        checkpoint: checkpoint, identity: identity, progress: progress, emit: emit)
    }
  }

  func build(
    values: UnsafeBufferPointer<Float>, dimension: Int, forget: @escaping () -> Void = {},
    checkpoint: URL? = nil, identity: String = "",
    progress: @escaping (_ done: Int, _ total: Int) throws -> Void = { _, _ in },
    emit: (_ ids: UnsafeBufferPointer<Int32>, _ scores: UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let layout = try layout(count: values.count / dimension, dimension: dimension)
    guard let vectors = values.baseAddress, layout.count > 0 else { return }
    guard layout.isCoded else {
      return try buildInFloat32(
        layout, vectors: vectors, forget: forget, progress: progress, emit: emit)
    }
    let blocks = stride(from: 0, to: layout.count, by: layout.blockRows).map {
      $0..<min($0 + layout.blockRows, layout.count)
    }
    let total = blocks.reduce(0) { $0 + GraphBuilder.pairs(in: $1, of: layout.count) }
    var saved: GraphCheckpoint?
    if let checkpoint, blocks.count > 1 {
      saved = try GraphCheckpoint(
        file: checkpoint, identity: "\(identity) \(layout.count) \(dimension) \(k)", width: k)
    }
    let kept = try saved?.replay(emit) ?? 0
    guard kept < layout.count else { return try progress(total, total) }
    let builder = try GraphBuilder(
      vectors: vectors, layout: layout, kernel: kernel, sketches: sketches, forget: forget,
      progress: { try progress($0, total) })
    var done = 0
    for block in blocks {
      let rows = max(block.lowerBound, min(kept, block.upperBound))..<block.upperBound
      defer { done += GraphBuilder.pairs(in: block, of: layout.count) }
      guard !rows.isEmpty else { continue }
      let lists = try builder.lists(of: rows, after: done)
      try saved?.append(lists)
      try lists.forEachPiece(width: k, emit)
    }
    try progress(total, total)
  }

  /// Lists that are empty, or so long that codes would spare little.
  private func buildInFloat32(
    _ layout: GraphLayout, vectors: UnsafePointer<Float>, forget: @escaping () -> Void,
    progress: (_ done: Int, _ total: Int) throws -> Void,
    emit: (_ ids: UnsafeBufferPointer<Int32>, _ scores: UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let values = UnsafeBufferPointer(start: vectors, count: layout.count * layout.dimension)
    if let bad = values.firstIndex(where: { !$0.isFinite }) {
      throw GraphError.notFinite(row: bad / layout.dimension)
    }
    var row = 0
    let scan = Float32Scan(layout: layout, kernel: kernel, vectors: vectors, forget: forget)
    try scan.best(Array(0..<layout.count), progress: { try progress(row, layout.count) }) {
      row = $0 + 1
      let missing = k - $1.count
      let ids = $1.map { Int32($0.item) } + [Int32](repeating: -1, count: missing)
      let scores = $1.map(\.score) + [Float](repeating: -.infinity, count: missing)
      try ids.withUnsafeBufferPointer { ids in
        try scores.withUnsafeBufferPointer { try emit(ids, $0) }
      }
    }
  }
}
