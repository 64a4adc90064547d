public import AkinCatalogue

/// A fitted recommender that reads histories in order of time: sessions and sequences.
///
/// An immutable snapshot, shared by any number of threads.
public protocol SequenceRecommender: Sendable {
  /// The name under which the model is kept in files, such as `markov`.
  static var kind: String { get }

  /// The number of items that are ranked.
  var itemCount: Int { get }

  /// Scores all items as the next one after each history; larger is better.
  ///
  /// - Parameters:
  ///   - histories: oldest item first; never empty. Items at or above ``itemCount`` were not seen
  ///     in training and are passed over.
  ///   - scores: row-major `[histories.count, itemCount]`; every element is overwritten.
  func score(
    _ histories: [ArraySlice<Int32>], into scores: UnsafeMutableBufferPointer<Float>) throws

  /// The model's parts for a file.
  func archived() throws -> ModelArchive

  /// The model of such parts.
  ///
  /// - Throws: ``RecommenderError`` `damaged` when they do not fit together.
  init(_ archive: ModelArchive) throws
}

/// A way to learn the next item: its settings, and `fit`. See ``RecommenderAlgorithm``.
public protocol SequenceAlgorithm: Sendable {
  /// What fitting gives.
  associatedtype Model: SequenceRecommender

  /// Learns from `sequences`.
  ///
  /// - Parameters:
  ///   - validation: cases to stop by, where the algorithm stops early; `nil` to run its course.
  ///   - progress: called with steps done and steps in all; throws to stop.
  func fit(_ sequences: Sequences, validation: SequenceCases?, progress: FitProgress) throws
    -> Model
}
