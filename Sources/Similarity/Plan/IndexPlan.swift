/// What a live index of so many items will take, before it is built.
///
/// The rewrites that an addition of all items in one go causes are played through by row counts
/// alone, with the policy that a memory limit leads to; sizes follow from the format of segments,
/// seconds from a ``MachineSpeed`` measured on the spot.
public struct IndexPlan: Sendable, Hashable, Codable {
  /// Items, and components of each vector.
  public let items: Int, dimension: Int
  /// Rows of each segment at the end.
  public let segments: [Int]
  /// Bytes of all files at the end; while a segment is rewritten, the old ones beside them.
  public let diskBytes: Int, peakDiskBytes: Int
  /// Bytes of memory of its own that adding takes at most. Mapped files are not in it: the system
  /// takes their pages back when it needs them.
  public let buildBytes: Int
  /// Bytes of files that searches read all the time: codes, scales, identifiers. Where they do not
  /// fit into memory, searches wait for the disk.
  public let searchedBytes: Int
  /// Seconds of adding all items, every change on disk before it counts.
  public let seconds: Double

  /// Items that are added with one sync of the disk.
  public static func batchRows(_ dimension: Int) -> Int { max(1, (8 << 20) / (4 * dimension)) }

  /// Recent items gathered before they become a segment, as `akin index add` does.
  static let tailLimit = 32_768
  /// Rows of a segment from which sketches are counted on.
  private static let rowsWithSketches = 32_768
  /// The process itself: code, runtime, buffers.
  private static let overhead = 60 << 20
  /// Bytes of an identifier and what Swift needs to hold it, in memory and on disk.
  private static let identifierBytes = (memory: 100, disk: 8)

  /// Plans within `memory` bytes; `nil` sets no limit.
  ///
  /// - Throws: ``GraphError/memoryTooSmall(limit:needed:)`` where not even recent items and one
  ///   segment of them fit.
  public init(
    items: Int, dimension: Int, precision: IndexPrecision = .float32, memory: Int? = nil,
    speed: MachineSpeed
  ) throws(GraphError) {
    self.items = items
    self.dimension = dimension
    let policy = try Self.policy(dimension: dimension, precision: precision, memory: memory)
    var (segments, seconds): ([Int], Double) = ([], Double(items) * speed.secondsPerChange)
    var (largest, peakDisk) = (0, 0)
    func rewrite(_ rows: Int) {
      seconds += speed.seconds(rewriting: rows, dimension: dimension)
      largest = max(largest, rows)
      let all = segments.reduce(rows, +)
      peakDisk = max(peakDisk, Self.bytes(segment: all, dimension, precision).disk)
    }
    var left = items
    while left > 0 {
      // Batches are not torn: the one that reaches the limit is in the segment as a whole.
      let batch = Self.batchRows(dimension)
      let rows = min(left, (policy.tailLimit + batch - 1) / batch * batch)
      left -= rows
      rewrite(rows)
      segments.append(rows)
      while case let places = policy.merge(segments), !places.isEmpty {
        let total = places.reduce(0) { $0 + segments[$1] }
        rewrite(total)
        for place in places.reversed() { segments.remove(at: place) }
        segments.insert(total, at: places[0])
      }
    }
    self.segments = segments
    self.seconds = seconds
    let sizes = segments.map { Self.bytes(segment: $0, dimension, precision) }
    diskBytes = sizes.reduce(0) { $0 + $1.disk }
    searchedBytes = sizes.reduce(0) { $0 + $1.searched }
    peakDiskBytes = max(peakDisk, diskBytes)
    buildBytes =
      Self.overhead + SketchSpace.bytes(dimension: dimension)
      + Self.tailBytes(min(items, policy.tailLimit) + Self.batchRows(dimension), dimension)
      + Self.rewriteBytes(largest, dimension, precision)
  }

  /// The policy under which adding stays within `memory` bytes.
  public static func policy(
    dimension: Int, precision: IndexPrecision = .float32, memory: Int?
  ) throws(GraphError) -> MaintenancePolicy {
    guard let memory else { return MaintenancePolicy(tailLimit: tailLimit) }
    let perRow = rewriteBytes(1_000, dimension, precision) / 1_000
    let perRecent = tailBytes(1_000, dimension) / 1_000
    let room =
      memory - overhead - SketchSpace.bytes(dimension: dimension)
      - batchRows(dimension) * perRecent
    // Of what is there, recent items may take a fifth.
    let tail = min(tailLimit, room / 5 / perRecent)
    let largest = (room - tail * perRecent) / perRow
    guard tail >= 1_024, largest >= tail else {
      throw .memoryTooSmall(limit: memory, needed: memory - room + 5 * 1_024 * (perRecent + perRow))
    }
    return MaintenancePolicy(
      tailLimit: tail, largestSegment: min(largest, IndexLimits.segmentRows))
  }

  private static func tailBytes(_ rows: Int, _ dimension: Int) -> Int {
    rows * (4 * dimension + 2 * identifierBytes.memory)
  }

  /// A rewrite holds the vectors in float32, and as they are kept, the codes three times (half of that while lists are trained),
  /// sketches twice, and columns.
  static func rewriteBytes(
    _ rows: Int, _ dimension: Int, _ precision: IndexPrecision = .float32
  ) -> Int {
    let stride = InvertedLists.stride(dimension)
    let codes = 3 * stride + 2 * SketchSpace.widest(stride) + 8
    let vectors = (precision == .float32 ? 4 : 4 + precision.byteCount) * dimension
    return rows * (vectors + codes + 2 * identifierBytes.memory)
  }

  /// The size of a segment's file, and the part of it that searches read all the time.
  static func bytes(
    segment rows: Int, _ dimension: Int, _ precision: IndexPrecision = .float32
  ) -> (disk: Int, searched: Int) {
    let stride = InvertedLists.stride(dimension)
    let lists = rows < InvertedLists.leastRows ? 1 : max(2, rows / InvertedLists.rowsPerList)
    // Whether rows have sketches, data decide: mostly in large segments.
    let width = rows < rowsWithSketches ? 0 : SketchSpace.widest(stride)
    let sketches = width == 0 ? 0 : rows * (width + 4) + 4 * width * dimension
    let codes = (rows + lists) * (stride + 4) + sketches
    var table = 2
    while table < 2 * rows { table *= 2 }
    let identifiers = rows * (8 + identifierBytes.disk) + 4 * table
    let body = codes + identifiers + 4 * lists + precision.byteCount * dimension * rows
    // A checksum of four bytes for every 64 KiB, and headers.
    return (body + body / 16_384 + 8_192, codes + identifiers)
  }
}
