public import AkinEncoders
internal import Foundation

/// The type of a directed pair of products.
public enum Relation: Int, Sendable, Codable, CaseIterable {
  /// Goes with it: the target is taken beside the source.
  case complement
  /// Would do instead.
  case substitute
  /// Neither.
  case unrelated
}

/// The probability of each ``Relation`` of a pair, from the numbers of ``RelationFeatures``.
///
/// One set of boosted trees for each relation against the others, each calibrated on pairs that
/// training did not see (Platt, 1999); the three are then brought to a sum of 1.
public struct RelationModel: Sendable, Codable {
  private var trees: [GradientBoostedTrees]
  private var calibrations: [ScoreCalibration]

  /// Learns from pairs of known relation.
  ///
  /// - Parameters:
  ///   - rows: the numbers of the training pairs.
  ///   - relations: what each pair is; every relation at least once.
  ///   - validation: pairs that end the growth of trees and calibrate them.
  public init(
    _ rows: FeatureRows, _ relations: [Relation],
    validation: (rows: FeatureRows, relations: [Relation]),
    settings: GradientBoostedTrees.Settings = Self.usual
  ) {
    trees = []
    calibrations = []
    for relation in Relation.allCases {
      let labels = validation.relations.map { $0 == relation }
      let grown = GradientBoostedTrees(
        rows, relations.map { $0 == relation },
        validation: (validation.rows, labels), settings: settings)
      trees.append(grown)
      calibrations.append(ScoreCalibration([grown.logits(validation.rows)], labels))
    }
  }

  /// Trees enough for tens of thousands of pairs.
  public static let usual: GradientBoostedTrees.Settings = {
    var settings = GradientBoostedTrees.Settings()
    settings.trees = 200
    settings.rate = 0.1
    settings.leaves = 24
    settings.patience = 20
    return settings
  }()

  /// For each row the probability of each of ``Relation/allCases``; they sum to 1.
  public func probabilities(_ rows: FeatureRows) -> [[Double]] {
    let each = zip(trees, calibrations).map { trees, calibration in
      trees.logits(rows).map { calibration.probability([$0]) }
    }
    return (0..<rows.count).map { row in
      let values = each.map { max($0[row], 1e-9) }
      let sum = values.reduce(0, +)
      return values.map { $0 / sum }
    }
  }
}
