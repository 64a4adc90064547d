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
  static let sampleRows = 4_096
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
      (capacity, blockRows) = (0, count)
      windowRows = memory - needed >= count * dimension * 4 ? count : 0
      predictedMemory = min(memory, needed + count * dimension * 4)
      return
    }
    capacity = neighbours + max(64, neighbours / 2)
    let coded = GraphLayout.padded(count) * (stride + 12)
    let sample = GraphLayout.sampleRows * (2 * stride + 16)
    let scratch = threads * Int(AKIN_PANEL_COLUMNS) * stride
    let fixed = Self.overhead + coded + sample + scratch
    let list = capacity * 8 + 32
    let file = count * dimension * 4
    let smallestWindow = min(file, max(4 << 20, 128 * dimension * 4))
    let smallestBlock = min(count, Self.teamRows)
    let needed = fixed + smallestBlock * list + smallestWindow
    guard needed <= memory else { throw .memoryTooSmall(limit: memory, needed: needed) }
    // Lists come first, then windows: with few lists at a time, pairs are scored twice.
    let room = (memory - fixed - smallestWindow) / list
    let blocks = max(1, (count + max(1, room) - 1) / max(1, room))
    let rows = count == 0 ? 0 : min(count, GraphLayout.padded((count + blocks - 1) / blocks))
    let left = memory - fixed - rows * list
    blockRows = rows
    windowRows = left >= file ? count : max(64, left / 2 / (dimension * 4))
    predictedMemory = fixed + rows * list + min(file, max(smallestWindow, left))
  }
}
