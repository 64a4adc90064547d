internal import CKernels

/// How a graph's work is cut to fit a memory limit; a prediction made before anything is
/// allocated.
package struct GraphLayout: Sendable, Equatable {
  /// Vectors, and components of each.
  package let count: Int, dimension: Int
  /// Neighbours of a row that exist and are wanted.
  package let neighbours: Int
  /// Bytes of a coded row.
  let stride: Int
  /// Bytes of a row's sketch, at most; 0 where there is no room for any.
  let sketchWidth: Int
  /// Room of a candidate list.
  let capacity: Int
  /// Rows whose lists are in memory together; all of them, where they fit.
  package let blockRows: Int
  /// Vectors that may be resident while candidates are re-ranked: two windows of so many rows; all
  /// of them, where they fit.
  let windowRows: Int
  let threads: Int
  /// Bytes of resident memory, the vectors' pages included.
  package let predictedMemory: Int

  /// Lists longer than this are compared in float32 alone.
  static let longestList = 8_192
  static let sampleRows = SketchSpace.sampleRows
  /// The process itself: code, runtime, buffers on the way out.
  private static let overhead = 40 << 20

  /// Rows whose pairs are scored in one go: long enough that packing their partners costs little.
  static let teamRows = 4_096

  package var isBounded: Bool { windowRows < count }
  /// Whether codes are used at all.
  var isCoded: Bool { capacity > 0 }
  var paddedCount: Int { GraphLayout.padded(count) }
  package var blocks: Int { blockRows == 0 ? 0 : (count + blockRows - 1) / blockRows }

  static func padded(_ rows: Int) -> Int {
    let tile = Int(AKIN_TILE)
    return (rows + tile - 1) / tile * tile
  }

  /// - Throws: ``GraphError/memoryTooSmall(limit:needed:)``, ``GraphError/tooManyRows(_:)``.
  package init(count: Int, dimension: Int, k: Int, memory: Int, threads: Int) throws(GraphError) {
    guard count < Int(Int32.max) - 64 else { throw .tooManyRows(count) }
    self.count = count
    self.dimension = dimension
    self.threads = threads
    neighbours = max(0, min(k, count - 1))
    stride = (dimension + 63) / 64 * 64
    guard (1...Self.longestList).contains(neighbours) else {
      let needed = Self.overhead + threads * Float32Scan.rows * (neighbours + 1) * 48
      guard needed <= memory else { throw .memoryTooSmall(limit: memory, needed: needed) }
      (capacity, blockRows, sketchWidth) = (0, count, 0)
      windowRows = memory - needed >= count * dimension * 4 ? count : 0
      predictedMemory = min(memory, needed + count * dimension * 4)
      return
    }
    capacity = neighbours + max(64, neighbours / 2)
    let width = SketchSpace.widest(stride)
    let plain = Shares(count, dimension, stride: stride, 0, capacity, memory, threads: threads)
    let sketched = Shares(
      count, dimension, stride: stride, width, capacity, memory, threads: threads)
    guard plain.needed <= memory else {
      throw .memoryTooSmall(limit: memory, needed: plain.needed)
    }
    // Sketches never at the price of fewer lists at a time, with which pairs are scored twice.
    let hasSketches = sketched.needed <= memory && sketched.blockRows >= plain.blockRows
    let shares = hasSketches ? sketched : plain
    sketchWidth = hasSketches ? width : 0
    (blockRows, windowRows) = (shares.blockRows, shares.windowRows)
    predictedMemory = shares.predictedMemory
  }

  /// Pairs that are scored: those within a block of lists once, others twice.
  var pairs: Double {
    Double(count) * Double(count) * (1 - 1 / (2 * Double(max(1, blocks))))
  }

  /// The least memory that `k` neighbours of each of `count` rows can be found in.
  static func leastMemory(count: Int, dimension: Int, k: Int) throws(GraphError) -> Int {
    do {
      _ = try GraphLayout(
        count: count, dimension: dimension, k: k, memory: 0, threads: Workers.processors)
    } catch .memoryTooSmall(_, let needed) {
      return needed
    }
    return 0
  }

  /// What of a memory limit goes where.
  private struct Shares {
    let needed: Int
    var blockRows = 0
    var windowRows = 0
    var predictedMemory = 0

    init(
      _ count: Int, _ dimension: Int, stride: Int, _ width: Int, _ capacity: Int, _ memory: Int,
      threads: Int
    ) {
      let sketch = width == 0 ? 0 : Codes.size(stride: width)
      let coded = GraphLayout.padded(count) * (Codes.size(stride: stride) + sketch)
      let sample = GraphLayout.sampleRows * (2 * stride + 16 + sketch)
      let scratch = threads * Int(AKIN_PANEL_COLUMNS) * stride
      let space = width == 0 ? 0 : SketchSpace.bytes(dimension: dimension)
      let fixed = GraphLayout.overhead + coded + sample + scratch + space
      let list = capacity * 8 + 32
      let file = count * dimension * 4
      let smallestWindow = min(file, max(4 << 20, 128 * dimension * 4))
      needed = fixed + min(count, GraphLayout.teamRows) * list + smallestWindow
      guard needed <= memory else { return }
      // Lists come first, then windows: with few lists at a time, pairs are scored twice. Where most
      // are already, more vectors at a time are worth more than fewer blocks.
      func blocks(_ bytes: Int) -> Int {
        let room = max(1, bytes / list)
        return max(1, (count + room - 1) / room)
      }
      var parts = blocks(memory - fixed - smallestWindow)
      if parts >= 8 {
        parts = max(parts, blocks(max((memory - fixed) / 2, GraphLayout.teamRows * list)))
      }
      blockRows = count == 0 ? 0 : min(count, GraphLayout.padded((count + parts - 1) / parts))
      let left = memory - fixed - blockRows * list
      windowRows = left >= file ? count : max(64, left / 2 / (dimension * 4))
      predictedMemory = fixed + blockRows * list + min(file, max(smallestWindow, left))
    }
  }
}
