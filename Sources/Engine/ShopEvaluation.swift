package import AkinStorage
internal import Foundation

/// Everything that a shop knows of how good its answers are: what each training came to on data
/// that it did not learn from, and the last evaluation that was kept.
package struct ShopEvaluation: Sendable, Encodable {
  /// Of the recommenders; `nil` before the first training.
  package var training: TrainingReport?
  /// Of the types of relation.
  package var relations: RelationReport?
  /// Of the order of search results.
  package var search: SearchTrainingReport?
  /// Of files of interactions.
  package var evaluation: KeptEvaluation?
  /// Of settings; `nil` before the first that was kept.
  package var tunings: [KeptTuning]?

  /// Reads what the shop in `store` keeps.
  ///
  /// - Throws: `StorageError`; `RecommenderError` `damaged`; ``EngineError`` `unreadableInput`.
  package init(of store: ShopStore) throws {
    training = try TrainedRecommender.record(of: store)?.report
    relations = try TrainedRelations(of: store)?.report
    search = try SearchTrainingReport.last(of: store)
    evaluation = try KeptEvaluation.last(of: store)
    let kept = try KeptTuning.all(of: store)
    tunings = kept.isEmpty ? nil : kept
  }

  /// When the recommenders of the shop in `store` were trained last, in seconds since 1970-01-01
  /// UTC; `nil` before the first training. Costs no reading of the training's files.
  ///
  /// - Throws: `StorageError`.
  package static func lastTraining(of store: ShopStore) throws -> Double? {
    try TrainedRecommender.folder(of: store).flatMap(TrainedRecommender.time(ofFolder:))
  }
}
