internal import CKernels

/// Directions that hold most of some vectors' length, and room for what they miss.
///
/// Of a vector `x` a sketch keeps its components `z` along orthonormal directions and the length
/// `r` of the rest. By Cauchy and Schwarz `⟨x, y⟩ ≤ ⟨z_x, z_y⟩ + r_x r_y`: the product of two
/// sketches is never below that of the vectors, and rules a pair out at a fraction of its cost.
/// That holds for any directions; principal ones leave the shortest rests.
struct SketchSpace: Sendable {
  /// Components of a sketch, the length of the rest included; a multiple of 64.
  let width: Int
  /// `[width, dimension]`, the last row zeros.
  let directions: [Float]
  private let packed: PackedRows

  /// The widest sketches of vectors whose codes take `stride` bytes: about a third of them, in which
  /// real vectors have most of their length; 0 below 65 components, and beyond 4,096, whose
  /// directions would take long to find.
  static func widest(_ stride: Int) -> Int {
    guard (128...4_096).contains(stride) else { return 0 }
    return min(256, max(64, stride / 192 * 64))
  }

  /// Bytes that finding directions takes: the sample, and its moments twice.
  static func bytes(dimension: Int) -> Int {
    let padded = DenseRows.padded(dimension)
    return 4 * padded * (Self.sampleRows + 2 * padded)
  }

  /// Rows from which directions are found, at most.
  static let sampleRows = 2_048

  /// Takes orthonormal directions, in the last row's place zeros.
  init(_ directions: [Float], dimension: Int) {
    width = directions.count / dimension
    self.directions = directions
    packed = PackedRows(directions, count: width, dimension: dimension)
  }

  /// Takes the first `width - 1` of `principal`, turned at random within the space they span: then a
  /// sketch's components are of one size and their rounding errors point nowhere in particular,
  /// whatever the data. O(d · width²).
  init(_ principal: PrincipalDirections, dimension: Int, width: Int) {
    var random = SplitMix64(seed: 0x7475_726E)
    let turn = DenseRows(random: width - 1, width - 1, &random).orthonormalRows()
    let turned = turn.projected(on: principal.rows.transposed(dimension, of: width - 1))
    // The last component's direction is none: the length of the rest takes its place.
    let values = (0..<width - 1).flatMap { turned[$0].prefix(dimension) }
    self.init(values + [Float](repeating: 0, count: dimension), dimension: dimension)
  }

  /// The sketches of `count` vectors, `[count, width]`. O(count · d · width).
  ///
  /// - Parameter norms: the vectors' lengths are `norms[row].norm`.
  func sketch(
    _ vectors: UnsafePointer<Float>, count: Int, norms: UnsafePointer<akin_bound>,
    into sketches: UnsafeMutablePointer<Float>
  ) {
    packed.score(vectors, count: count, into: sketches, stride: width)
    akin_sketch_rest(sketches, count, width, norms)
  }

  /// The sketches of `count` vectors, `[count, width]`, and their int8 codes. O(count · d · width).
  ///
  /// - Parameters:
  ///   - norms: as ``sketch(_:count:norms:into:)`` takes them.
  ///   - largest: each sketch's largest component.
  ///   - bounds: norms and slacks in units of it, as `akin_quantise` leaves them, the slack at least
  ///     what a row's error has along the row itself.
  /// - Returns: the first row that is too long to have a sketch, or -1; it and those after it are
  ///   left as they were.
  func code(
    _ vectors: UnsafePointer<Float>, count: Int, norms: UnsafePointer<akin_bound>,
    into sketches: UnsafeMutablePointer<Float>, codes: UnsafeMutablePointer<Int8>,
    largest: UnsafeMutablePointer<Float>, bounds: UnsafeMutablePointer<akin_bound>, kernel: Kernel
  ) -> Int64 {
    sketch(vectors, count: count, norms: norms, into: sketches)
    let failed = akin_quantise(
      kernel.identifier, sketches, count, width, width, codes, largest, bounds)
    akin_sketch_slack(
      sketches, codes, largest, failed < 0 ? count : Int(failed), width, bounds)
    return failed
  }
}

/// The leading eigenvectors of the second moments of some rows, by falling eigenvalue.
///
/// Orthogonal iteration (Golub and Van Loan, *Matrix Computations*, 8.2.4), a few rounds of it: what
/// is wanted is the space, not the vectors to the last digit.
struct PrincipalDirections {
  /// Orthonormal `[count, dimension]`; zeros where the rows span fewer.
  let rows: DenseRows

  private static let rounds = 6

  /// O(rows · d² + d² · count).
  init(of rows: DenseRows, count: Int) {
    let moments = DenseRows(count: rows.dimension, padded: rows.dimension, values: rows.gram())
    var random = SplitMix64(seed: 0x6469_7273)
    var directions = DenseRows(random: count, rows.dimension, &random)
    for _ in 0..<Self.rounds {
      directions = directions.projected(on: moments).orthonormalRows()
    }
    self.rows = directions
  }
}

extension DenseRows {
  /// Numbers between -1 and 1.
  fileprivate init(random rows: Int, _ columns: Int, _ generator: inout SplitMix64) {
    self.init(count: rows, dimension: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        values[row * dimension + column] = Float.random(in: -1...1, using: &generator)
      }
    }
  }

  /// The same span, and that of the first rows of any number, with orthonormal rows.
  /// O(count² · dimension).
  fileprivate func orthonormalRows() -> DenseRows {
    var rows = values.map(Double.init)
    akin_orthonormalise(&rows, count, dimension)
    return DenseRows(count: count, padded: dimension, values: rows.map { Float($0) })
  }
}
