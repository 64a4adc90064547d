internal import CKernels

/// All vectors as int8 codes, with what bounds the codes' errors.
struct CodedRows: Sendable {
  let count: Int
  let stride: Int
  /// The power of two that scales and bounds were multiplied by.
  let unit: Float
  let codes: Memory<Int8>
  let scale: Memory<Float>
  let bounds: Memory<akin_bound>
  let tileBounds: Memory<akin_bound>

  /// Reads every vector once. O(n · d).
  ///
  /// - Throws: ``GraphError/notFinite(row:)``.
  init(
    _ vectors: UnsafePointer<Float>, layout: GraphLayout, kernel: Kernel, workers: Workers,
    forget: () -> Void
  ) throws(GraphError) {
    let (dimension, stride) = (layout.dimension, layout.stride)
    count = layout.count
    self.stride = stride
    let codes = Memory<Int8>(layout.paddedCount * stride)
    let scale = Memory<Float>(layout.paddedCount)
    let bounds = Memory<akin_bound>(layout.paddedCount)
    let chunk = 1_024
    let pieces = (count + chunk - 1) / chunk
    let damaged = Memory<Int64>(pieces)
    for first in Swift.stride(from: 0, to: count, by: layout.windowRows) {
      let window = first..<min(first + layout.windowRows, count)
      workers.run(window, by: chunk) { rows, _ in
        let row = rows.lowerBound
        let found = akin_quantise(
          kernel.identifier, vectors + row * dimension, rows.count, dimension, stride,
          codes.start + row * stride, scale.start + row, bounds.start + row)
        // Pieces of different windows may share an entry; the first finding stays.
        if found >= 0 && damaged.start[row / chunk] == 0 {
          damaged.start[row / chunk] = Int64(row) + found + 1
        }
      }
      if layout.isBounded { forget() }
    }
    if let row = UnsafeBufferPointer(start: damaged.start, count: pieces).first(where: { $0 > 0 }) {
      throw .notFinite(row: Int(row) - 1)
    }
    tileBounds = Memory(layout.paddedCount / Int(AKIN_TILE))
    unit = akin_unit(scale.start, bounds.start, count)
    akin_scale_rows(unit, layout.paddedCount, scale.start, bounds.start, tileBounds.start)
    (self.codes, self.scale, self.bounds) = (codes, scale, bounds)
  }

  /// The rows from `first`, a multiple of the tile, as the C functions take them.
  func view(_ rows: Range<Int>) -> akin_view {
    akin_view(
      count: rows.count, stride: stride, first: rows.lowerBound, identity: nil,
      codes: codes.start + rows.lowerBound * stride, scale: scale.start + rows.lowerBound,
      bounds: bounds.start + rows.lowerBound,
      tile_bounds: tileBounds.start + rows.lowerBound / Int(AKIN_TILE))
  }
}

/// Rows drawn at random, one from each of equal stretches, that every row is scored against to
/// find where its threshold must lie.
///
/// A row's `rank`-th best among `m` of `n` rows drawn without looking stands, whatever the data,
/// above at most `k` others of all with a probability that a Poisson law of mean `k m / n` gives:
/// `rank` is set 3.5 of its standard deviations above that mean.
struct Sample {
  let count: Int
  /// 0 where lists are so long, or rows so few, that thresholds from a sample would not help.
  let rank: Int
  let identity: Memory<Int32>
  let packed: Memory<Int8>
  let scale: Memory<Float>
  let bounds: Memory<akin_bound>

  init(of rows: CodedRows, layout: GraphLayout, kernel: Kernel) {
    let tile = Int(AKIN_TILE)
    let count = min(GraphLayout.sampleRows, layout.count / 8 / tile * tile)
    let expected = count == 0 ? 0 : Double(layout.neighbours * count) / Double(layout.count)
    let wanted = Int(expected + 3.5 * expected.squareRoot() + 3)
    rank = count < 128 || wanted > min(Int(AKIN_LARGEST_RANK), count / 4) ? 0 : wanted
    self.count = count
    identity = Memory(count)
    packed = Memory(count * rows.stride)
    scale = Memory(count)
    bounds = Memory(count)
    let codes = Memory<Int8>(count * rows.stride)
    var random = SplitMix64(seed: 0x616B_696E)
    for index in 0..<count {
      let lower = index * rows.count / count
      let upper = (index + 1) * rows.count / count
      let row = Int.random(in: lower..<upper, using: &random)
      identity.start[index] = Int32(row)
      scale.start[index] = rows.scale.start[row]
      bounds.start[index] = rows.bounds.start[row]
      (codes.start + index * rows.stride).update(
        from: rows.codes.start + row * rows.stride, count: rows.stride)
    }
    akin_pack_codes(kernel.identifier, codes.start, count, rows.stride, packed.start)
  }

  func view(stride: Int) -> akin_view {
    akin_view(
      count: count, stride: stride, first: 0, identity: identity.start, codes: nil,
      scale: scale.start, bounds: bounds.start, tile_bounds: nil)
  }
}
