/// Row-major float32 vectors of one dimension, unit length where a measure asks for it.
public struct Vectors: Sendable, Equatable {
  /// Components of one vector.
  public let dimension: Int
  /// `count * dimension` values, row after row.
  public internal(set) var values: [Float]

  /// No vectors yet.
  public init(dimension: Int, reserving count: Int = 0) {
    precondition(dimension > 0, "a vector has at least one component")
    self.dimension = dimension
    values = []
    values.reserveCapacity(count * dimension)
  }

  /// Takes `values` as rows.
  ///
  /// - Throws: ``SimilarityError/ragged(values:dimension:)`` where they are no whole rows.
  public init(values: [Float], dimension: Int) throws(SimilarityError) {
    guard dimension > 0, values.count % dimension == 0 else {
      throw .ragged(values: values.count, dimension: dimension)
    }
    self.dimension = dimension
    self.values = values
  }

  /// The number of vectors.
  public var count: Int { values.count / dimension }

  /// Row `row`, a view of the storage.
  public subscript(row: Int) -> ArraySlice<Float> {
    values[row * dimension..<(row + 1) * dimension]
  }

  /// Adds one vector.
  public mutating func append(_ vector: some Collection<Float>) throws(SimilarityError) {
    guard vector.count == dimension else {
      throw .ragged(values: vector.count, dimension: dimension)
    }
    values.append(contentsOf: vector)
  }

  /// The first row that holds a NaN or an infinity, `nil` where all are finite. O(n · d).
  public func firstNonFiniteRow() -> Int? {
    values.firstIndex { !$0.isFinite }.map { $0 / dimension }
  }
}
