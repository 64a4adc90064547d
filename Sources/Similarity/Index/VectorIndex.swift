internal import Foundation
internal import Synchronization

/// A live index in memory: items are put and deleted while others search.
///
/// ```swift
/// let index = try VectorIndex(dimension: 384)
/// try index.apply([.put(IndexItem(id: "101", vector: vector, attributes: ["price": .number(9)]))])
/// let result = try index.snapshot.search(query, k: 10, filter: .range("price", 5...10))
/// ```
///
/// ## Readers and writers
///
/// ``snapshot`` is one retained copy of the state, which nothing changes: a reader takes no lock
/// but for that copy, and never waits for a writer's work. A change is in the next snapshot taken
/// after ``apply(_:)`` returned. Writers take turns.
///
/// ## Segments
///
/// Recent items form a tail that is searched item by item. ``beginFreeze()`` turns the tail, and
/// ``beginMerge()`` several small segments, into one ``IndexRewrite``: its
/// ``IndexRewrite/build()`` does the long work beside readers and writers, and
/// ``install(_:_:)`` puts the result in place at once, with what was deleted meanwhile.
/// ``freeze()``, ``merge()`` and ``maintain()`` do all three steps.
///
/// To keep an index on disk: log the changes before they are applied; begin a freeze and a new log
/// together, so that the rewrite holds all of the old log; write the built segment's
/// ``IndexSegment/sections``, install, and record the segments of the snapshot with their
/// ``IndexSnapshot/Part/deleted`` rows. To open it again: ``init(dimension:measure:parts:)`` and
/// apply the logs from the new one on. A log's changes may be applied twice: the last change of an
/// identifier decides.
public final class VectorIndex: Sendable {
  /// Components of a vector.
  public let dimension: Int
  /// What nearness is.
  public let measure: IndexMeasure
  /// What new segments keep vectors in; recent items are float32 until they are in one.
  public let precision: IndexPrecision
  /// When ``maintain()`` works.
  public let policy: MaintenancePolicy

  private let current: Mutex<IndexSnapshot>
  private let writer: Mutex<TailDirectory>

  /// An index of the items of `parts`, in memory.
  ///
  /// - Throws: ``IndexError/foreignSegment(reason:)`` where a part has another dimension or
  ///   measure, or an identifier is live in two; ``SimilarityError/unknownKernel(_:)``.
  public init(
    dimension: Int, measure: IndexMeasure = .cosine, precision: IndexPrecision = .float32,
    parts: [IndexSnapshot.Part] = [], policy: MaintenancePolicy = MaintenancePolicy(),
    kernel: Kernel? = nil
  ) throws {
    precondition((1...IndexLimits.dimension).contains(dimension), "a dimension within the limits")
    let chosen: Kernel
    if let kernel { chosen = kernel } else { chosen = try .preferred() }
    try Self.check(parts, dimension: dimension, measure: measure)
    self.dimension = dimension
    self.measure = measure
    self.precision = precision
    self.policy = policy
    current = Mutex(
      IndexSnapshot(
        dimension: dimension, measure: measure, precision: precision, parts: parts, tail: [],
        version: 0, kernel: chosen))
    writer = Mutex(TailDirectory())
  }

  /// What the index holds now. O(1).
  public var snapshot: IndexSnapshot { current.withLock { $0 } }

  /// Applies `changes` in order: all of them, or none and an error. They are in every snapshot
  /// taken afterwards. O(changes · dimension + segments · rows / 64).
  ///
  /// - Throws: ``IndexError`` with the place of the first change that cannot be applied.
  public func apply(_ changes: [IndexChange]) throws(IndexError) {
    let prepared = try prepare(changes)
    writer.withLock { directory in
      var next = snapshot
      var puts = changes.count { if case .put = $0 { true } else { false } }
      for (change, vector) in zip(changes, prepared) {
        switch change {
        case .put(let item):
          directory.delete(item.id, from: &next)
          directory.append(item, vector: vector, to: &next, of: puts)
          puts -= 1
        case .delete(let id):
          directory.delete(id, from: &next)
        }
      }
      directory.complete(&next)
      next.version += UInt64(changes.count)
      current.withLock { [next] in $0 = next }
    }
  }

  /// Checks everything and scales vectors before anything is changed.
  func prepare(_ changes: [IndexChange]) throws(IndexError) -> [[Float]] {
    var vectors: [[Float]] = []
    vectors.reserveCapacity(changes.count)
    for (index, change) in changes.enumerated() {
      guard case .put(let item) = change else {
        vectors.append([])
        continue
      }
      try item.check(.change(index))
      vectors.append(try measure.prepare(item.vector, dimension: dimension, .change(index)))
    }
    return vectors
  }

  /// Begins to turn the tail into a segment: all changes applied so far are in it. `nil` where the
  /// tail is empty. O(tail).
  public func beginFreeze() -> IndexRewrite? {
    writer.withLock { directory in
      var next = snapshot
      guard !next.tail.isEmpty else { return nil }
      directory.seal(&next)
      current.withLock { [next] in $0 = next }
      return IndexRewrite(snapshot: next, parts: [], tail: next.tail)
    }
  }

  /// Begins to make one segment of those that ``policy`` chooses; `nil` where it chooses none.
  public func beginMerge() -> IndexRewrite? {
    let snapshot = snapshot
    let chosen = policy.merge(snapshot.parts)
    return chosen.isEmpty ? nil : IndexRewrite(snapshot: snapshot, parts: chosen, tail: [])
  }

  /// Begins to make one segment of all segments and the tail; `nil` where there would be nothing to
  /// gain: one segment without deleted rows.
  public func beginCompaction() -> IndexRewrite? {
    writer.withLock { directory in
      var next = snapshot
      let parts = next.parts
      let isCompact =
        next.tail.isEmpty && parts.count < 2 && parts.allSatisfy { $0.deleted.population == 0 }
      guard !isCompact else { return nil }
      directory.seal(&next)
      current.withLock { [next] in $0 = next }
      return IndexRewrite(snapshot: next, parts: parts, tail: next.tail)
    }
  }

  /// Replaces the rewrite's sources by `segment`, what it built; rows that were deleted or replaced
  /// since it began are deleted in it. A segment without live rows is left out. O(rows).
  ///
  /// - Returns: the first snapshot that holds it.
  /// - Throws: ``IndexError/staleRewrite``, ``IndexError/foreignSegment(reason:)``.
  @discardableResult
  public func install(
    _ rewrite: IndexRewrite, _ segment: IndexSegment?
  ) throws(IndexError) -> IndexSnapshot {
    let part: IndexSnapshot.Part? = segment.map { IndexSnapshot.Part(segment: $0) }
    if let part { try Self.check([part], dimension: dimension, measure: measure) }
    let result = writer.withLock { directory -> Result<IndexSnapshot, IndexError> in
      var next = snapshot
      guard rewrite.replaceSources(in: &next, by: part, &directory) else {
        return .failure(.staleRewrite)
      }
      next.version += 1
      current.withLock { [next] in $0 = next }
      return .success(next)
    }
    return try result.get()
  }

  /// Turns the tail into a segment. `false` where it was empty.
  @discardableResult public func freeze() throws -> Bool { try finish(beginFreeze()) }

  /// Merges what ``policy`` chooses. `false` where it chooses nothing.
  @discardableResult public func merge() throws -> Bool { try finish(beginMerge()) }

  /// Makes one segment of everything. `false` where there is nothing to gain.
  @discardableResult public func compact() throws -> Bool { try finish(beginCompaction()) }

  /// Freezes the tail once it is longer than ``policy`` allows, then merges as long as it chooses.
  /// To be called after writes, from a thread that may take its time.
  public func maintain() throws {
    if snapshot.tailCount >= policy.tailLimit { try freeze() }
    while try merge() {}
  }

  private func finish(_ rewrite: IndexRewrite?) throws -> Bool {
    guard let rewrite else { return false }
    try install(rewrite, try rewrite.build())
    return true
  }

  private static func check(
    _ parts: [IndexSnapshot.Part], dimension: Int, measure: IndexMeasure
  ) throws(IndexError) {
    for part in parts {
      guard part.segment.dimension == dimension else {
        throw .foreignSegment(
          reason: "its vectors have \(part.segment.dimension) components, not \(dimension)")
      }
      guard part.segment.measure == measure else {
        throw .foreignSegment(reason: "its measure is \(part.segment.measure), not \(measure)")
      }
    }
    for (index, part) in parts.enumerated() where index > 0 {
      for row in 0..<part.segment.count where !part.deleted[row] {
        let id = part.segment.id(row)
        for other in parts[..<index] {
          if let twin = other.segment.row(of: id), !other.deleted[twin] {
            throw .foreignSegment(reason: "row \(row) of segment \(index) is live elsewhere")
          }
        }
      }
    }
  }
}
