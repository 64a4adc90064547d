public import AkinAlike
internal import AkinEncoders

/// What training types of relation came to, on pairs that it did not see.
public struct RelationReport: Sendable, Codable, Equatable {
  /// One type.
  public struct Line: Sendable, Codable, Equatable {
    /// The type.
    public var relation: Relation
    /// Where its pairs come from, in words.
    public var source: String
    /// Pairs in all parts.
    public var pairs: Int
    /// Held-out pairs.
    public var test: Int
    /// Of the held-out pairs called so, the share that is.
    public var precision: Double
    /// Of the held-out pairs that are so, the share that is called so.
    public var recall: Double
    /// Their harmonic mean.
    public var f1: Double
    /// The probability that a pair of the type is given a higher probability of it than one of
    /// another.
    public var auc: Double
    /// F1 of the prior, which knows none of the shop's pairs.
    public var priorF1: Double
  }

  /// The types that there were examples of.
  public var lines: [Line]
  /// The mean of the types' F1.
  public var macroF1: Double
  /// The same for the prior.
  public var priorMacroF1: Double
  /// The same for calling every pair the most frequent type.
  public var baselineMacroF1: Double
  /// The mean distance between the probability of the most likely type and how often it is right.
  public var ece: Double
  /// The same for the prior.
  public var priorEce: Double
  /// Pairs of the three parts.
  public var trainPairs: Int, validationPairs: Int, testPairs: Int
  /// Known links whose products the shop has.
  public var links: Int
  /// Seconds of the training.
  public var seconds: Double
  /// When it was done, in seconds since 1970-01-01 UTC.
  public var finished: Double

  /// Figures of one way to judge pairs.
  struct Figures {
    var precision: [Relation: Double] = [:]
    var recall: [Relation: Double] = [:]
    var f1: [Relation: Double] = [:]
    var auc: [Relation: Double] = [:]
    var ece = 0.0

    /// - Parameter probabilities: of each of `Relation.allCases`.
    init(_ probabilities: [[Double]], _ truth: [Relation], _ types: [Relation]) {
      let chosen = probabilities.map { values -> Relation in
        let best = values.indices.max { values[$0] < values[$1] } ?? 0
        return Relation.allCases[best]
      }
      for type in types {
        let scores = probabilities.map { $0[type.ordinal] }
        let measures = MatchMeasures(
          scores, truth.map { $0 == type }, threshold: 2)
        let hits = Double(zip(chosen, truth).count { $0 == type && $1 == type })
        let called = Double(chosen.count { $0 == type })
        let there = Double(truth.count { $0 == type })
        precision[type] = called > 0 ? hits / called : 0
        recall[type] = there > 0 ? hits / there : 0
        f1[type] = called + there > 0 ? 2 * hits / (called + there) : 0
        auc[type] = measures.auc
      }
      ece = MatchMeasures.expectedCalibrationError(
        zip(probabilities, chosen).map { $0[$1.ordinal] }, zip(chosen, truth).map { $0 == $1 })
    }

    var macroF1: Double { f1.isEmpty ? 0 : f1.values.reduce(0, +) / Double(f1.count) }
  }
}
