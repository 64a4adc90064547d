internal import AkinSimilarity
internal import Synchronization

/// Ranks all items for every row, block by block: no rows × items matrix is ever in memory.
///
/// Rows are users, or the cases of a sequence protocol; what a row means is the caller's affair.
/// Blocks are scored on several threads at once, `4 · blockRows · items` bytes each.
public struct FullRanking: Sendable {
  /// The length of the lists.
  public var k: Int
  /// Threads that score and select.
  public var threads: Int
  /// Rows scored together; by default as many as fill 16 MiB, at most 192.
  public var blockRows: Int?

  /// Ranks with lists of `k`.
  public init(k: Int, threads: Int = 2, blockRows: Int? = nil) {
    self.k = k
    self.threads = threads
    self.blockRows = blockRows
  }

  /// What is ranked.
  public struct Rows: Sendable {
    /// How many there are.
    public var count: Int
    /// Items that must not be listed in a row, such as those of train.
    public var excluded: @Sendable (_ row: Int) -> ArraySlice<Int32>
    /// Where given, the AUC of these items among all others that are not excluded is computed.
    public var relevant: (@Sendable (_ row: Int) -> ArraySlice<Int32>)?

    /// Creates rows.
    public init(
      count: Int, excluded: @escaping @Sendable (Int) -> ArraySlice<Int32>,
      relevant: (@Sendable (Int) -> ArraySlice<Int32>)? = nil
    ) {
      self.count = count
      self.excluded = excluded
      self.relevant = relevant
    }
  }

  /// Scores rows `first ..< first + n` into `scores`, row-major `[n, items]`. Called on several
  /// threads at once.
  public typealias Scoring =
    @Sendable (_ rows: Range<Int>, _ scores: UnsafeMutableBufferPointer<Float>) throws -> Void

  /// The lists of all rows. O(rows · items) beside the scoring itself.
  ///
  /// - Parameter progress: called with finished rows, on any thread; throws to stop.
  /// - Throws: the first error of `scoring` or `progress`.
  public func rank(
    _ rows: Rows, itemCount: Int, scoring: Scoring,
    progress: @Sendable (Int) throws -> Void = { _ in }
  ) throws -> RankedLists {
    var lists = RankedLists(rows: rows.count, k: k)
    guard rows.count > 0, itemCount > 0, k > 0 else { return lists }
    let block = blockRows ?? max(1, min(192, (4 << 20) / itemCount))
    var areas = [Float](repeating: .nan, count: rows.relevant == nil ? 0 : rows.count)
    let outcome = Mutex<(done: Int, error: (any Error)?)>((0, nil))
    lists.withItems { items in
      areas.withUnsafeMutableBufferPointer { areas in
        // Safe: every row is written by the one task that ranks it.
        nonisolated(unsafe) let (items, areas) = (items, areas)
        Workers(count: max(1, threads)).run(0..<rows.count, by: block) { piece, _ in
          guard outcome.withLock({ $0.error == nil }) else { return }
          do {
            try rankBlock(
              piece, of: rows, itemCount: itemCount, scoring: scoring, items: items, areas: areas)
            let done = outcome.withLock {
              $0.done += piece.count
              return $0.done
            }
            try progress(done)
          } catch {
            outcome.withLock { $0.error = $0.error ?? error }
          }
        }
      }
    }
    if let error = outcome.withLock({ $0.error }) { throw error }
    if rows.relevant != nil { lists.areas = areas }
    return lists
  }

  private func rankBlock(
    _ piece: Range<Int>, of rows: Rows, itemCount: Int, scoring: Scoring,
    items: UnsafeMutableBufferPointer<Int32>, areas: UnsafeMutableBufferPointer<Float>
  ) throws {
    let scores = UnsafeMutableBufferPointer<Float>.allocate(capacity: piece.count * itemCount)
    defer { scores.deallocate() }
    scores.initialize(repeating: 0)
    try scoring(piece, scores)
    var selection = TopSelection(k: k)
    for row in piece {
      let start = (row - piece.lowerBound) * itemCount
      let line = UnsafeMutableBufferPointer(rebasing: scores[start..<start + itemCount])
      for item in rows.excluded(row) where Int(item) < itemCount {
        line[Int(item)] = -.infinity
      }
      for (rank, entry) in selection.best(of: UnsafeBufferPointer(line)).enumerated() {
        items[row * k + rank] = entry.item
      }
      if let relevant = rows.relevant {
        areas[row] = Self.area(UnsafeBufferPointer(line), relevant: relevant(row))
      }
    }
  }

  /// Pairs of a relevant and another item in the right order, of all; excluded items, which are
  /// -∞, take no part. O(items · relevant).
  static func area(_ scores: UnsafeBufferPointer<Float>, relevant: ArraySlice<Int32>) -> Float {
    let own = relevant.filter { Int($0) < scores.count && scores[Int($0)] > -.infinity }
      .map { scores[Int($0)] }
    var candidates = 0
    for score in scores where score > -.infinity { candidates += 1 }
    let others = candidates - own.count
    guard !own.isEmpty, others > 0 else { return .nan }
    var right = 0.0
    for score in own {
      var (below, equal) = (0, 0)
      for other in scores where other > -.infinity {
        below += other < score ? 1 : 0
        equal += other == score ? 1 : 0
      }
      for other in own {
        below -= other < score ? 1 : 0
        equal -= other == score ? 1 : 0
      }
      right += Double(below) + Double(equal) / 2
    }
    return Float(right / (Double(own.count) * Double(others)))
  }
}
