internal import CKernels

/// int8 codes of rows, with what bounds their errors.
struct Codes: Sendable {
  /// Bytes of a row, a multiple of 64.
  let stride: Int
  let codes: Memory<Int8>
  /// What a row's codes are multiplied by.
  let scale: Memory<Float>
  let bounds: Memory<akin_bound>
  let tileBounds: Memory<akin_bound>

  /// Zeros for `rows` rows, a multiple of the tile.
  init(padded rows: Int, stride: Int) {
    self.stride = stride
    codes = Memory(rows * stride)
    scale = Memory(rows)
    bounds = Memory(rows)
    tileBounds = Memory(rows / Int(AKIN_TILE))
  }

  /// Bytes that a row takes.
  static func size(stride: Int) -> Int { stride + 12 }

  /// Codes rows from `row` on; scales and bounds are relative until ``scaleRows(_:unit:)``.
  ///
  /// - Returns: the first row with a NaN or an infinity, or -1.
  func code(
    _ vectors: UnsafePointer<Float>, count: Int, dimension: Int, from row: Int, kernel: Kernel
  ) -> Int64 {
    akin_quantise(
      kernel.identifier, vectors, count, dimension, stride, codes.start + row * stride,
      scale.start + row, bounds.start + row)
  }

  /// Turns what coding `rows` rows left into scales and bounds in units of `unit`.
  func scaleRows(_ rows: Int, unit: Float) {
    akin_scale_rows(unit, rows, scale.start, bounds.start, tileBounds.start)
  }

  /// A copy of the rows `identity`, whose number is a multiple of the tile.
  func rows(_ identity: UnsafePointer<Int32>, count: Int) -> Codes {
    let copy = Codes(padded: count, stride: stride)
    for index in 0..<count {
      let row = Int(identity[index])
      copy.scale.start[index] = scale.start[row]
      copy.bounds.start[index] = bounds.start[row]
      (copy.codes.start + index * stride).update(from: codes.start + row * stride, count: stride)
    }
    akin_bound_tiles(count, copy.bounds.start, copy.tileBounds.start)
    return copy
  }

  /// The rows from `row`, a multiple of the tile, as the C functions take them.
  func view(from row: Int) -> akin_coded_rows {
    akin_coded_rows(
      stride: stride, codes: codes.start + row * stride, scale: scale.start + row,
      bounds: bounds.start + row, tile_bounds: tileBounds.start + row / Int(AKIN_TILE))
  }
}

/// All vectors as int8 codes.
struct CodedRows: Sendable {
  let count: Int
  /// The power of two that scales and bounds were multiplied by.
  let unit: Float
  /// Codes of all components.
  let full: Codes
  /// Codes of fewer, where they spare more than they cost.
  var sketch: Codes?

  /// Reads every vector once. O(n · d).
  ///
  /// - Throws: ``GraphError/notFinite(row:)``.
  init(
    _ vectors: UnsafePointer<Float>, layout: GraphLayout, kernel: Kernel, workers: Workers,
    forget: () -> Void
  ) throws(GraphError) {
    let dimension = layout.dimension
    count = layout.count
    let codes = Codes(padded: layout.paddedCount, stride: layout.stride)
    let chunk = 1_024
    let pieces = (count + chunk - 1) / chunk
    let damaged = Memory<Int64>(pieces)
    for first in stride(from: 0, to: count, by: layout.windowRows) {
      let window = first..<min(first + layout.windowRows, count)
      workers.run(window, by: chunk) { rows, _ in
        let row = rows.lowerBound
        let found = codes.code(
          vectors + row * dimension, count: rows.count, dimension: dimension, from: row,
          kernel: kernel)
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
    unit = akin_unit(codes.scale.start, codes.bounds.start, count)
    codes.scaleRows(layout.paddedCount, unit: unit)
    full = codes
  }

  /// Adds the rows' sketches. O(n · d · width).
  mutating func add(
    _ space: SketchSpace, of vectors: UnsafePointer<Float>, layout: GraphLayout, kernel: Kernel,
    workers: Workers, forget: () -> Void
  ) {
    let codes = Codes(padded: layout.paddedCount, stride: space.width)
    let norms = full.bounds.start
    let chunk = 512
    let scratch = Memory<Float>(workers.count * chunk * space.width)
    for first in stride(from: 0, to: count, by: layout.windowRows) {
      workers.run(first..<min(first + layout.windowRows, count), by: chunk) { rows, worker in
        let row = rows.lowerBound
        _ = space.code(
          vectors + row * layout.dimension, count: rows.count, norms: norms + row,
          into: scratch.start + worker * chunk * space.width,
          codes: codes.codes.start + row * space.width, largest: codes.scale.start + row,
          bounds: codes.bounds.start + row, kernel: kernel)
      }
      if layout.isBounded { forget() }
    }
    codes.scaleRows(layout.paddedCount, unit: unit)
    sketch = codes
  }

  /// The rows from `first`, a multiple of the tile, as the C functions take them.
  func view(_ rows: Range<Int>) -> akin_view {
    akin_view(
      count: rows.count, first: rows.lowerBound, identity: nil,
      full: full.view(from: rows.lowerBound),
      sketch: sketch?.view(from: rows.lowerBound) ?? akin_coded_rows())
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
  /// The vectors that were drawn.
  let identity: Memory<Int32>

  init(_ layout: GraphLayout) {
    let tile = Int(AKIN_TILE)
    let count = min(GraphLayout.sampleRows, layout.count / 8 / tile * tile)
    let expected = count == 0 ? 0 : Double(layout.neighbours * count) / Double(layout.count)
    let wanted = Int(expected + 3.5 * expected.squareRoot() + 3)
    rank = count < 128 || wanted > min(Int(AKIN_LARGEST_RANK), count / 4) ? 0 : wanted
    self.count = count
    identity = Memory(count)
    var random = SplitMix64(seed: 0x616B_696E)
    for index in 0..<count {
      let lower = index * layout.count / count
      let upper = (index + 1) * layout.count / count
      identity.start[index] = Int32(Int.random(in: lower..<upper, using: &random))
    }
  }

  /// The rows of the sample themselves. O(count · d).
  func vectors(_ vectors: UnsafePointer<Float>, dimension: Int) -> DenseRows {
    DenseRows(vectors, dimension: dimension, rows: (0..<count).map { Int(identity.start[$0]) })
  }
}

/// The codes of a sample's rows.
struct CodedSample {
  private let sample: Sample
  private let full: Codes
  private let sketch: Codes?
  /// Those that are scanned, packed.
  let packed: Memory<Int8>

  init(_ sample: Sample, of rows: CodedRows, kernel: Kernel) {
    self.sample = sample
    full = rows.full.rows(sample.identity.start, count: sample.count)
    sketch = rows.sketch?.rows(sample.identity.start, count: sample.count)
    let scanned = sketch ?? full
    packed = Memory(sample.count * scanned.stride)
    akin_pack_codes(
      kernel.identifier, scanned.codes.start, sample.count, scanned.stride, packed.start)
  }

  var view: akin_view {
    akin_view(
      count: sample.count, first: 0, identity: sample.identity.start, full: full.view(from: 0),
      sketch: sketch?.view(from: 0) ?? akin_coded_rows())
  }
}
