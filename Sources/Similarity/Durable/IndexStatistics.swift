/// What an index on disk consists of.
public struct IndexStatistics: Sendable, Hashable, Codable {
  /// A segment file.
  public struct Segment: Sendable, Hashable, Codable {
    /// Its name in the folder.
    public var file: String
    /// Rows, deleted ones included.
    public var rows: Int
    /// Rows that were deleted or replaced.
    public var deleted: Int
    /// Its size on disk.
    public var bytes: Int
  }

  /// Live items.
  public var items: Int
  /// Of these, items in no segment yet.
  public var recent: Int
  /// Components of a vector.
  public var dimension: Int
  /// `cosine` or `innerProduct`.
  public var measure: String
  /// `fp32` or `bf16`: what segments keep vectors in.
  public var precision: String
  /// Changes that were ever applied.
  public var changes: UInt64
  /// The segments, in the order of the index.
  public var segments: [Segment]
  /// Bytes of the logs.
  public var logBytes: Int
  /// Bytes of segments and logs.
  public var bytes: Int
  /// The format of the files.
  public var format: UInt32
  /// Bytes of the log's end that a crash had torn.
  public var tornBytes: Int
}

extension DurableIndex {
  /// Sizes and counts as they are now.
  public var statistics: IndexStatistics {
    queue.alone {
      let snapshot = memory.snapshot
      let segments = store.entries(snapshot.parts).map {
        IndexStatistics.Segment(
          file: $0.name, rows: $0.rows, deleted: $0.deleted.population, bytes: $0.length)
      }
      return IndexStatistics(
        items: snapshot.count, recent: snapshot.tailCount, dimension: dimension,
        measure: "\(measure)", precision: precision.shortName, changes: store.sequence - 1,
        segments: segments,
        logBytes: store.logBytes, bytes: store.logBytes + segments.reduce(0) { $0 + $1.bytes },
        format: store.manifest.format, tornBytes: tornBytes)
    }
  }
}
