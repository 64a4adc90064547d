/// Turns texts into vectors whose direction carries their meaning.
///
/// ```swift
/// let encoder = try ModelStore().encoder(named: "multilingual-e5-small")
/// let vectors = try encoder.encode(["苹果手机12", "iPhone 12"])
/// vectors[0]   // 384 numbers of unit length
/// ```
///
/// An encoder is immutable and may be used from several tasks at once.
public protocol TextEncoder: Sendable {
  /// Length of a vector.
  var dimension: Int { get }

  /// Tokens of a text, special ones included, beyond which its end is ignored.
  var maximumTokens: Int { get }

  /// Encodes texts.
  ///
  /// - Parameters:
  ///   - texts: any texts; an empty one has a vector as well.
  ///   - role: which part the texts play; models with prefixes tell the two apart.
  ///   - progress: called now and then on the calling thread with the number of texts done and
  ///     their number; what it throws ends the work and is thrown on.
  /// - Returns: vectors in the order of the texts, `[texts, dimension]`.
  /// - Throws: ``EncoderError``; `CancellationError` when the current task is cancelled.
  func encode(
    _ texts: [String], as role: TextRole, progress: EncodingProgress?
  ) throws -> VectorRows
}

/// Reports texts done and texts in all; throws to stop.
public typealias EncodingProgress = (_ done: Int, _ total: Int) throws -> Void

/// The part that a text plays in a comparison.
public enum TextRole: String, Hashable, Sendable {
  /// A product's own text.
  case passage
  /// What a shopper asks for.
  case query
}

extension TextEncoder {
  /// Encodes texts as passages, without reporting progress.
  public func encode(_ texts: [String], as role: TextRole = .passage) throws -> VectorRows {
    try encode(texts, as: role, progress: nil)
  }

  /// Encodes any number of texts in bounded memory: `chunk` texts at a time are held, encoded and
  /// handed to `body` in their order.
  ///
  /// - Returns: the number of texts.
  /// - Throws: as ``encode(_:as:progress:)``, and what `body` throws.
  @discardableResult
  public func encode(
    stream texts: some Sequence<String>, as role: TextRole = .passage, chunk: Int = 8192,
    body: (VectorRows) throws -> Void
  ) throws -> Int {
    precondition(chunk > 0, "a chunk holds at least one text")
    var held: [String] = []
    var count = 0
    for text in texts {
      held.append(text)
      if held.count == chunk {
        try body(try encode(held, as: role))
        count += held.count
        held.removeAll(keepingCapacity: true)
      }
    }
    if !held.isEmpty { try body(try encode(held, as: role)) }
    return count + held.count
  }
}

/// Vectors of one length, one a row.
public struct VectorRows: Hashable, Sendable {
  /// Number of vectors.
  public let count: Int
  /// Length of a vector.
  public let dimension: Int
  /// All numbers, row after row: `count × dimension`.
  public let values: [Float]

  /// Creates rows; `values` must hold a whole number of them.
  public init(values: [Float], dimension: Int) {
    precondition(dimension > 0 && values.count % dimension == 0, "whole rows only")
    self.values = values
    self.dimension = dimension
    count = values.count / dimension
  }

  /// The vector in row `row`.
  public subscript(row: Int) -> ArraySlice<Float> {
    values[row * dimension..<(row + 1) * dimension]
  }

  /// The inner product of two rows: their cosine where vectors have unit length.
  public func dotProduct(_ first: Int, _ second: Int) -> Float {
    zip(self[first], self[second]).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
