internal import AkinEncoders
public import AkinSimilarity
public import Foundation

/// The use case "these vectors into the index": a `.npy` file, identifiers and attributes beside it.
public struct AddVectors {
  /// What came of it.
  public struct Summary: Sendable, Equatable, Codable {
    /// Rows that were put.
    public var added: Int
    /// Live items of the index now.
    public var items: Int
  }

  private let progress: any ProgressReporter

  /// The policy of a long addition to the index in `folder` that stays within `memory` bytes: `akin
  /// plan` foretells its segments.
  ///
  /// - Throws: `GraphError` where the memory is too small; ``EngineError``, `EncoderError` for the
  ///   file; `IndexStoreError`.
  public static func policy(
    for vectors: URL, to folder: URL, memory: Int?
  ) throws -> MaintenancePolicy {
    let header = try NumPyFile.header(at: vectors)
    guard header.shape.count == 2, header.shape[1] > 0 else {
      throw EngineError(
        .unreadableInput, "\(vectors.path): a float32 array of shape (n, d) is needed")
    }
    return try IndexPlan.policy(
      dimension: header.shape[1], precision: DurableIndex.precision(at: folder), memory: memory)
  }

  /// Reports to `progress`.
  public init(progress: any ProgressReporter) { self.progress = progress }

  /// Puts each row of `vectors`, float32 `(n, d)`, under the identifier on the same line of `ids`,
  /// or under its row number, with the attributes of the same line of `attributes`. An item that is
  /// there already is replaced as a whole; the last of several rows of one identifier stays.
  ///
  /// What was added when it is stopped is in the index; adding the same file again completes it.
  ///
  /// - Throws: ``EngineError`` `unreadableInput` with the line; `IndexStoreError`, `IndexError`,
  ///   `EncoderError`, `GraphError`; `CancellationError`.
  public func run(
    vectors: URL, ids: URL? = nil, attributes: URL? = nil, to index: DurableIndex
  ) throws -> Summary {
    let source = try Self.source(vectors, dimension: index.dimension)
    let names = try ids.map { try Self.identifiers($0) }
    if let names, let ids, names.count != source.count {
      throw Self.differs(ids, names.count, "identifiers", source.count)
    }
    let lines = try attributes.map { try AttributeLines($0) }
    if let lines, let attributes, lines.count != source.count {
      throw Self.differs(attributes, lines.count, "lines", source.count)
    }
    progress.begin("Adding", total: source.count, unit: "vectors")
    let step = IndexPlan.batchRows(index.dimension)
    for start in stride(from: 0, to: source.count, by: step) {
      try Task.checkCancellation()
      let rows = start..<min(start + step, source.count)
      let changes = try rows.map { row in
        IndexChange.put(
          IndexItem(
            id: names?[row] ?? String(row), vector: source.row(row),
            attributes: try lines?.attributes(row) ?? [:]))
      }
      try apply(changes, from: start, vectors, to: index)
      source.forget()
      try index.maintain()
      progress.advance(to: rows.upperBound)
    }
    if index.statistics.recent >= MaintenancePolicy().tailLimit { try index.flush() }
    progress.end(
      "\(source.count.formatted()) vectors, \(index.snapshot.count.formatted()) items now")
    return Summary(added: source.count, items: index.snapshot.count)
  }

  /// Names the row of the file where the index names the change of the batch.
  private func apply(
    _ changes: [IndexChange], from start: Int, _ file: URL, to index: DurableIndex
  ) throws {
    do {
      try index.apply(changes)
    } catch let error as IndexError {
      guard let place = error.change else { throw error }
      throw EngineError(
        .unreadableInput,
        "\(file.path): row \(start + place): \(error.reason); the rows before \(start) are stored")
    }
  }

  private static func source(_ file: URL, dimension: Int) throws -> Source {
    let header = try NumPyFile.header(at: file)
    guard header.element == .float32, header.shape.count == 2 else {
      throw EngineError(
        .unreadableInput, "\(file.path): a float32 array of shape (n, d) is needed")
    }
    guard header.shape[1] == dimension else {
      throw EngineError(
        .unreadableInput,
        "\(file.path): its vectors have \(header.shape[1]) components, those of the index"
          + " \(dimension); both must come from the same model")
    }
    return Source(
      vectors: try MappedVectors(
        file: file, offset: header.dataOffset, count: header.shape[0], dimension: dimension),
      count: header.shape[0])
  }

  private struct Source {
    var vectors: MappedVectors
    var count: Int

    func row(_ row: Int) -> [Float] {
      let dimension = vectors.dimension
      return Array(vectors.values[row * dimension..<(row + 1) * dimension])
    }

    func forget() { vectors.forget() }
  }

  private static func identifiers(_ file: URL) throws -> [String] {
    let lines = try TextLines(file)
    var names: [String] = []
    names.reserveCapacity(lines.count)
    try lines.forEach { name in
      guard !name.isEmpty else {
        throw EngineError(
          .unreadableInput, "\(file.path):\(names.count + 1): an identifier has at least one letter"
        )
      }
      names.append(name)
    }
    return names
  }

  private static func differs(_ file: URL, _ count: Int, _ what: String, _ rows: Int) -> EngineError
  {
    EngineError(
      .unreadableInput,
      "\(file.path): \(count.formatted()) \(what) for \(rows.formatted()) vectors; there must be one"
        + " a vector")
  }
}

extension IndexError {
  /// The place in the batch of the change that was refused.
  var change: Int? {
    switch self {
    case .dimensionMismatch(.change(let place), _, _), .notFinite(.change(let place)),
      .zeroVector(.change(let place)), .limit(.change(let place), _, _),
      .notANumber(.change(let place)):
      place
    default: nil
    }
  }

  /// The message without the place.
  var reason: String {
    let text = description
    guard let change, text.hasPrefix("change \(change): ") else { return text }
    return String(text.dropFirst("change \(change): ".count))
  }
}
