/// What stops the building of a similarity graph.
public enum GraphError: Error, Equatable, CustomStringConvertible {
  /// The file of vectors cannot be read.
  case unreadable(path: String, reason: String)
  /// A vector holds a NaN or an infinity.
  case notFinite(row: Int)
  /// More rows than 32-bit ordinals count.
  case tooManyRows(Int)
  /// Even the smallest layout takes more than the limit.
  case memoryTooSmall(limit: Int, needed: Int)
  /// The file that finished rows are kept in cannot be written.
  case checkpoint(path: String, reason: String)

  /// What happened, where, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): cannot be read, \(reason)"
    case .notFinite(let row):
      "vector \(row) holds a NaN or an infinity; encode that product again"
    case .tooManyRows(let count):
      "\(count) vectors are more than a graph's \(Int32.max) rows; split the catalogue"
    case .memoryTooSmall(let limit, let needed):
      "a graph of these vectors needs \(needed >> 20 + 1) MiB, the limit is \(limit >> 20) MiB;"
        + " raise --memory"
    case .checkpoint(let path, let reason):
      "\(path): finished rows cannot be kept, \(reason)"
    }
  }
}
