/// Sequence recommenders as people name them on a command line.
public enum SequenceRecommenderName: String, Sendable, CaseIterable {
  /// What most took.
  case popularity
  /// ``Markov``.
  case markov
  /// ``SessionNeighbours``.
  case sessionKNN = "session-knn"
  /// ``NextItem`` with a Transformer.
  case sasrec
  /// ``NextItem`` with gated recurrent units.
  case gru4rec
  /// ``NextItem`` with long short-term memory.
  case lstm

  /// All names, for messages.
  public static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }

  var architecture: NextItem.Architecture? {
    switch self {
    case .sasrec: .sasrec
    case .gru4rec: .gru4rec
    case .lstm: .lstm
    case .popularity, .markov, .sessionKNN: nil
    }
  }
}
