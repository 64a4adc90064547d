internal import AkinSimilarity
internal import CKernels
internal import Foundation

/// A large symmetric matrix, the tiles of its lower half, and its inverse in place.
///
/// Half the memory of the full matrix: 2 · n² bytes. `@unchecked Sendable`: written by one caller
/// at a time, whose parallel tasks write different tiles.
final class SymmetricTiles: @unchecked Sendable {
  /// Rows of a tile: whole register tiles of the kernel both ways (12 rows, 32 columns).
  static let side = 288

  /// Rows and columns that matter.
  let count: Int
  /// Tiles in a row of tiles.
  let tiles: Int
  private let storage: UnsafeMutableBufferPointer<Float>
  private let kernel = akin_kernel_best()

  /// The bytes of a matrix of `count` rows.
  static func bytes(_ count: Int) -> Int {
    let tiles = (count + side - 1) / side
    return tiles * (tiles + 1) / 2 * side * side * 4
  }

  /// Zeros; rows beyond `count` are those of the identity.
  init(count: Int) {
    self.count = count
    tiles = (count + Self.side - 1) / Self.side
    storage = .allocate(capacity: Self.bytes(count) / 4)
    storage.initialize(repeating: 0)
    for row in count..<max(count, tiles * Self.side) { self[row, row] = 1 }
  }

  deinit { storage.deallocate() }

  /// Tile (row, column) of the lower half, `[side, side]` row-major.
  private func tile(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> {
    guard let base = storage.baseAddress else { preconditionFailure("an empty matrix") }
    return base + (row * (row + 1) / 2 + column) * Self.side * Self.side
  }

  /// An entry of the lower half: `row >= column`.
  subscript(row: Int, column: Int) -> Float {
    get { place(row, column).pointee }
    set { place(row, column).pointee = newValue }
  }

  private func place(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> {
    let side = Self.side
    return tile(row / side, column / side) + row % side * side + column % side
  }

  /// The rows of row of tiles `index` in full, `[side, tiles · side]`.
  func strip(_ index: Int, into strip: UnsafeMutablePointer<Float>) {
    let side = Self.side
    let width = tiles * side
    for other in 0..<tiles {
      let source = other <= index ? tile(index, other) : tile(other, index)
      for row in 0..<side {
        let target = strip + row * width + other * side
        if other <= index {
          target.update(from: source + row * side, count: side)
        } else {
          for column in 0..<side { target[column] = source[column * side + row] }
        }
      }
    }
  }

  /// Replaces the matrix by minus its inverse: one symmetric Gauss–Jordan step a tile of the
  /// diagonal, nearly all of it products of tiles. O(n³) multiplications and additions in all, on
  /// all cores.
  ///
  /// - Returns: `false` where the matrix is not positive definite; it is then spoilt.
  /// - Parameter progress: called with finished steps and steps in all; throws to stop.
  func invert(progress: (Int, Int) throws -> Void) rethrows -> Bool {
    let side = Self.side
    let area = side * side
    let columns = Buffer(count: tiles * area)
    let scaled = Buffer(count: tiles * area)
    let packed = Buffer(count: tiles * area)
    let pivotPacked = Buffer(count: area)
    let workers = Workers.all
    let rooms = Buffer(count: workers.count * area)
    for step in 0..<tiles {
      let diagonal = UnsafeBufferPointer(start: tile(step, step), count: area)
      guard let pivot = Cholesky(diagonal, size: side)?.inverse() else { return false }
      akin_pack_panels(pivot, side, side, pivotPacked.base)
      workers.run(tiles) { [self] other, _ in
        guard other != step else { return }
        let column = columns.base + other * area
        copyColumn(step, ofRow: other, to: column)
        akin_pack_panels(column, side, side, packed.base + other * area)
        akin_score_panels(
          kernel, column, side, pivotPacked.base, side / 16, side, scaled.base + other * area, side)
      }
      workers.run(tiles) { [self] task, worker in
        let row = tiles - 1 - task
        guard row != step else { return }
        let room = rooms.base + worker * area
        for column in 0...row where column != step {
          akin_score_panels(
            kernel, scaled.base + row * area, side, packed.base + column * area, side / 16, side,
            room, side)
          akin_subtract(kernel, tile(row, column), side, room, side, side, side)
        }
      }
      writeBack(step, scaled.base, pivot)
      try progress(step + 1, tiles)
    }
    return true
  }

  /// Tile (row, step) of the full matrix.
  private func copyColumn(
    _ step: Int, ofRow row: Int, to target: UnsafeMutablePointer<Float>
  ) {
    let side = Self.side
    if row > step { return target.update(from: tile(row, step), count: side * side) }
    let source = tile(step, row)
    for r in 0..<side {
      for c in 0..<side { target[r * side + c] = source[c * side + r] }
    }
  }

  private func writeBack(_ step: Int, _ scaled: UnsafeMutablePointer<Float>, _ pivot: [Float]) {
    let side = Self.side
    let area = side * side
    for other in 0..<tiles where other != step {
      let source = scaled + other * area
      if other > step {
        tile(other, step).update(from: source, count: area)
      } else {
        let target = tile(step, other)
        for r in 0..<side {
          for c in 0..<side { target[c * side + r] = source[r * side + c] }
        }
      }
    }
    let diagonal = tile(step, step)
    for index in 0..<area { diagonal[index] = -pivot[index] }
  }

  /// Memory without values yet. `@unchecked Sendable`: parallel tasks write different parts.
  private final class Buffer: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    init(count: Int) {
      base = .allocate(capacity: count)
      base.initialize(repeating: 0, count: count)
    }
    deinit { base.deallocate() }
  }
}
