public import AkinCatalogue

/// A way to learn what shoppers want from what they took: its settings, and `fit`.
///
/// A conforming type is a plain value. Fitting is deterministic: the same settings and
/// interactions give the same model on the same machine, whatever is random has a seed among the
/// settings.
public protocol RecommenderAlgorithm: Sendable {
  /// What fitting gives.
  associatedtype Model: Recommender

  /// Learns from `interactions`. Long work calls `progress` between its steps.
  ///
  /// - Parameter progress: called with steps done and steps in all; throws to stop.
  /// - Throws: ``RecommenderError``, or what `progress` throws.
  func fit(_ interactions: Interactions, progress: FitProgress) throws -> Model
}

/// Called by ``RecommenderAlgorithm/fit(_:progress:)`` with steps done and steps in all.
public typealias FitProgress = (_ done: Int, _ total: Int) throws -> Void

extension RecommenderAlgorithm {
  /// Learns from `interactions` without telling anybody how far it is.
  public func fit(_ interactions: Interactions) throws -> Model {
    try fit(interactions) { _, _ in }
  }
}

/// A fitted recommender: an immutable snapshot, shared by any number of threads.
public protocol Recommender: Sendable {
  /// The name under which the model is kept in files, such as `ease`.
  static var kind: String { get }

  /// The number of items that are ranked.
  var itemCount: Int { get }

  /// Scores all items for each of `shoppers`; larger is better. Scores of different shoppers need
  /// not be comparable. What a shopper already has is scored like anything else.
  ///
  /// - Parameters:
  ///   - scores: row-major `[shoppers.count, itemCount]`; every element is overwritten.
  /// - Throws: ``RecommenderError`` `wrongItems` when the histories count more items.
  func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws

  /// The `k` items most alike in the model's eyes, best first, without `item` itself.
  func similarItems(to item: Int, k: Int) throws -> [Neighbour]

  /// What each item of the history adds to the score of `item`, largest first; the sum is the
  /// score, up to rounding. `nil` where the model cannot say.
  func explain(_ item: Int, for shopper: Shoppers) throws -> [Neighbour]?

  /// The model's parts for a file.
  func archived() throws -> ModelArchive

  /// The model of such parts.
  ///
  /// - Throws: ``RecommenderError`` `damaged` when they do not fit together.
  init(_ archive: ModelArchive) throws
}

extension Recommender {
  /// No explanation.
  public func explain(_ item: Int, for shopper: Shoppers) throws -> [Neighbour]? { nil }
}
