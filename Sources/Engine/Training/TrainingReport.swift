public import AkinEvaluation

/// What training came to: the comparison that the choice was made on, and the figures of the test
/// span, which was opened once, after the choice.
public struct TrainingReport: Sendable, Codable, Equatable {
  /// One recommender.
  public struct Candidate: Sendable, Codable, Equatable {
    /// Its name.
    public var name: String
    /// Its settings in words.
    public var settings: String
    /// Seconds of one fit.
    public var fitSeconds: Double
    /// On lists that may hold what the shopper has.
    public var all: Share
    /// On lists of what is new to the shopper.
    public var new: Share
  }

  /// What a recommender is worth on one kind of list.
  public struct Share: Sendable, Codable, Equatable {
    /// Its weight in the blend; 0 where it was left out.
    public var weight: Float
    /// NDCG on validation.
    public var validation: Double
    /// Figures on test.
    public var test: Figures
  }

  /// Means over the shoppers of the test span.
  public struct Figures: Sendable, Codable, Equatable {
    /// The share of what shoppers took that the lists held.
    public var recall: Double
    /// The same, discounted by rank.
    public var ndcg: Double
    /// The share of shoppers with at least one hit.
    public var hit: Double
    /// The share of all items that stand in at least one list.
    public var coverage: Double
    /// Where the NDCG of 95 % of other samples of shoppers would lie (bootstrap); `nil` in reports
    /// of older versions.
    public var interval: ConfidenceInterval?
  }

  /// A blend and how it did.
  public struct BlendFigures: Sendable, Codable, Equatable {
    /// NDCG on validation.
    public var validation: Double
    /// Figures on test.
    public var test: Figures
    /// The best single candidate on validation.
    public var best: String
    /// Probability of a difference in NDCG on test as large as that to the best single candidate,
    /// if there were none (paired, two-sided); `nil` where the blend is that candidate.
    public var pValue: Double?
    /// Shoppers of the test span that took something which such lists can hold.
    public var testShoppers: Int
    /// The blend's test looked at by how much is known of shoppers and how popular items are; `nil`
    /// in reports of older versions.
    public var strata: [EvaluationReport.Stratum]?
    /// The order learnt over it; `nil` where shoppers were too few or time too short.
    public var learned: LearnedFigures?
  }

  /// An order learnt over a blend, and how it did.
  public struct LearnedFigures: Sendable, Codable, Equatable {
    /// Trees that correct the blend.
    public var trees: Int
    /// NDCG on validation, of shoppers that the trees had not seen.
    public var validation: Double
    /// That of the blend for the same shoppers.
    public var blendValidation: Double
    /// Figures on test.
    public var test: Figures
    /// Probability of a difference in NDCG on test as large as that to the blend, if there were none
    /// (paired, two-sided).
    public var pValue: Double?
    /// Whether validation preferred it to the blend.
    public var isKept: Bool
  }

  /// How well the heads tell the purchase and the time after a shopper's step, on the last tenth of
  /// the shop's time, beside what is simple.
  public struct HeadFigures: Sendable, Codable, Equatable {
    /// The network and its settings in words.
    public var network: String, settings: String
    /// Seconds within which a purchase counts.
    public var horizon: Double
    /// Area under the ROC curve of the purchase, and that of the best simple way.
    public var area: Double, simpleArea: Double
    /// Mean absolute error of the time until the next step in seconds, and that of the best simple
    /// way.
    public var absoluteError: Double, simpleAbsoluteError: Double
    /// Steps that were judged.
    public var purchaseSteps: Int, timeSteps: Int
    /// Seconds of training.
    public var seconds: Double
  }

  /// Length of the lists.
  public var cut: Int
  /// Shoppers with a history.
  public var shoppers: Int
  /// Items: distinct texts of products that somebody took.
  public var items: Int
  /// Deeds that counted.
  public var deeds: Int
  /// Deeds of products that the catalogue lacks.
  public var unknownProducts: Int
  /// The type of event that is predicted.
  public var target: String
  /// How the data were parted, in words.
  public var split: String
  /// Whether what a shopper has may be recommended again unless one asks otherwise, learnt from
  /// validation.
  public var allowsRepeats: Bool
  /// All candidates, cheapest first.
  public var candidates: [Candidate]
  /// The blend for lists that may hold what the shopper has.
  public var all: BlendFigures
  /// The blend for lists of what is new to the shopper.
  public var new: BlendFigures
  /// The heads that were kept; `nil` where they were not asked for or there was too little to learn
  /// from.
  public var heads: HeadFigures?
  /// What was chosen and why, in a sentence.
  public var reason: String
  /// Seconds of the whole training.
  public var seconds: Double
  /// When it was done, in seconds since 1970-01-01 UTC.
  public var finished: Double
}
