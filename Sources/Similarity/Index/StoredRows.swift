internal import CKernels

/// The number type in which an index keeps vectors, which its answers' scores come from.
public enum IndexPrecision: UInt32, Sendable, Hashable, Codable, CaseIterable {
  /// Single precision.
  case float32 = 0
  /// 8 bits of exponent and 7 of fraction: half the size; a score is off by about 0.0003.
  case bfloat16 = 1

  /// `fp32` or `bf16`, as commands and figures call it.
  public var shortName: String { self == .float32 ? "fp32" : "bf16" }

  /// Bytes of a component.
  public var byteCount: Int { self == .float32 ? 4 : 2 }
}

/// The vectors of a segment: `[rows, dimension]`, scaled to length 1 where the measure is the cosine.
enum StoredRows: Sendable {
  case floats(Column<Float>)
  /// bfloat16
  case halves(Column<UInt16>)

  /// The section that holds them.
  static func name(_ precision: IndexPrecision) -> String {
    precision == .float32 ? "vectors" : "vectors.halves"
  }

  init(
    _ reader: SectionReader, _ precision: IndexPrecision, count: Int
  ) throws(IndexError) {
    let name = Self.name(precision)
    switch precision {
    case .float32: self = .floats(try reader.column(name, count: count))
    case .bfloat16: self = .halves(try reader.column(name, count: count))
    }
  }

  /// The section of `count` numbers.
  static func section(
    _ vectors: Memory<Float>, count: Int, _ precision: IndexPrecision
  ) -> IndexSection {
    let name = name(precision)
    guard precision == .bfloat16 else {
      return IndexSection(name: name, contents: IndexBytes(vectors, count: count))
    }
    let halves = Memory<UInt16>(count)
    akin_index_halve(vectors.start, count, halves.start)
    return IndexSection(name: name, contents: IndexBytes(halves, count: count))
  }

  /// Lends the vector of a row. O(dimension).
  func withRow<Result>(
    _ row: Int, dimension: Int, _ body: (UnsafeBufferPointer<Float>) -> Result
  ) -> Result {
    let range = row * dimension..<(row + 1) * dimension
    switch self {
    case .floats(let column): return body(UnsafeBufferPointer(rebasing: column.values[range]))
    case .halves(let column):
      return withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { wide in
        akin_index_widen(
          column.values.baseAddress.map { $0 + range.lowerBound }, dimension, wide.baseAddress)
        return body(UnsafeBufferPointer(wide))
      }
    }
  }

  /// Where the numbers are.
  var values: RowValues {
    switch self {
    case .floats(let column): .floats(column.values.baseAddress)
    case .halves(let column): .halves(column.values.baseAddress)
    }
  }
}

/// Rows to compare with, borrowed from a segment or from recent items.
enum RowValues {
  case floats(UnsafePointer<Float>?)
  case halves(UnsafePointer<UInt16>?)

  /// scores[i] = ⟨query, row rows[i]⟩, sums in float32.
  func score(
    _ query: UnsafePointer<Float>, _ rows: UnsafeBufferPointer<Int32>, dimension: Int,
    _ kernel: Kernel, into scores: UnsafeMutablePointer<Float>?
  ) {
    switch self {
    case .floats(let vectors):
      akin_index_score(
        kernel.identifier, query, vectors, dimension, rows.baseAddress, rows.count, scores)
    case .halves(let vectors):
      akin_index_score_halves(
        kernel.identifier, query, vectors, dimension, rows.baseAddress, rows.count, scores)
    }
  }
}
