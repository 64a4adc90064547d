internal import AkinEncoders
public import AkinSimilarity
public import Foundation

/// The use case "the nearest of these": queries of a `.npy` file, answers of an index.
public struct SearchVectors {
  /// Items wanted of each query.
  public var k: Int
  /// What every item must meet.
  public var filter: IndexFilter?
  /// The share of the nearest items that is found on average.
  public var recall = IndexSnapshot.usualRecall

  /// Finds `k` items for each query.
  public init(k: Int, filter: IndexFilter? = nil) {
    self.k = k
    self.filter = filter
  }

  /// One query's answer.
  public struct Answer: Sendable, Equatable, Codable {
    /// An item that was found.
    public struct Match: Sendable, Equatable, Codable {
      /// The identifier.
      public var id: String
      /// The measure's value, larger is nearer.
      public var score: Float
    }

    /// The row of the file.
    public var query: Int
    /// Best first.
    public var matches: [Match]
    /// Why there are fewer than were asked for.
    public var shortfall: String?
  }

  /// Answers each row of `queries`, float32 `(n, d)` or `(d)`. Beside a process that writes it sees
  /// the index as it is when it is opened.
  ///
  /// - Throws: ``EngineError`` `unreadableInput`; `IndexStoreError`, `IndexError`, `EncoderError`.
  public func run(queries: URL, in index: DurableIndex) throws -> [Answer] {
    let (values, header) = try NumPyFile.floats(at: queries)
    let dimension = header.shape[header.shape.count - 1]
    guard dimension == index.dimension else {
      throw EngineError(
        .unreadableInput,
        "\(queries.path): its vectors have \(dimension) components, those of the index"
          + " \(index.dimension); both must come from the same model")
    }
    let vectors = try Vectors(values: values, dimension: dimension)
    let found = try index.snapshot.search(vectors, k: k, filter: filter, recall: recall)
    return found.enumerated().map { query, result in
      Answer(
        query: query, matches: result.matches.map { .init(id: $0.id, score: $0.score) },
        shortfall: result.shortfall.map(Self.text))
    }
  }

  private static func text(_ shortfall: IndexShortfall) -> String {
    switch shortfall {
    case .indexHolds(let count): "the index holds \(count) items"
    case .filterPasses(let count): "\(count) items pass the filter"
    }
  }
}
