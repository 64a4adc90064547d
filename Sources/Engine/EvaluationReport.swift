public import AkinEvaluation
internal import Foundation

/// What an evaluation found: means of every metric at every cut, intervals, strata, the lists as a
/// whole, and how long it took.
///
/// As JSON, the means stand at the top under names such as `recall@20`, beside `fit_seconds`,
/// `evaluate_seconds` and `chosen`.
public struct EvaluationReport: Sendable, Encodable {
  /// A line of the comparison on the validation split.
  public struct Candidate: Sendable, Encodable {
    /// The recommender.
    public var recommender: String
    /// Its settings in words.
    public var settings: String
    /// The metric that chose, on validation.
    public var score: Double
    /// Seconds it took to fit.
    public var fitSeconds: Double

    private enum CodingKeys: String, CodingKey {
      case recommender, settings, score
      case fitSeconds = "fit_seconds"
    }
  }

  /// One part of the test looked at apart.
  public struct Stratum: Sendable, Codable, Equatable {
    /// Such as `new users`.
    public var name: String
    /// Users that have test items in it.
    public var users: Int
    /// `recall@20` and the like.
    public var means: [String: Double]
  }

  /// A point of a curve over the length of the lists.
  public struct CurvePoint: Sendable, Codable, Equatable {
    /// The length.
    public var cut: Int
    /// The mean recall of so long a list, or the hit rate where one item is to be found.
    public var recall: Double
  }

  /// A recommender that was measured beside the chosen one, on the same rows.
  public struct Other: Sendable, Encodable {
    /// The recommender.
    public var recommender: String
    /// Its settings in words.
    public var settings: String
    /// Means by `metric@cut`.
    public var means: [String: Double] = [:]
    /// 95 % bootstrap intervals, by `metric@cut`.
    public var intervals: [String: ConfidenceInterval] = [:]
    /// What the chosen one has more, by `metric@cut`, and the probability of a difference so large
    /// if there were none (randomisation test over rows).
    public var chosenMinusThis: [String: PairedTest] = [:]
    /// The lists as a whole.
    public var lists: ListMetrics?
    /// Parts of the test.
    public var strata: [Stratum] = []
    /// Recall as lists grow.
    public var curve: [CurvePoint] = []
    /// Seconds of fitting, and of ranking and measuring.
    public var fitSeconds = 0.0, evaluateSeconds = 0.0

    private enum CodingKeys: String, CodingKey {
      case recommender, settings, means, intervals, lists, strata, curve
      case chosenMinusThis = "chosen_minus_this"
      case fitSeconds = "fit_seconds"
      case evaluateSeconds = "evaluate_seconds"
    }
  }

  /// The recommender that was measured.
  public var chosen: String
  /// Its settings in words.
  public var settings: String
  /// Why this one, where there was a choice.
  public var reason: String?
  /// What was compared on validation, best first.
  public var candidates: [Candidate] = []
  /// Means over rows (users or cases), by `metric@cut`.
  public var means: [String: Double] = [:]
  /// 95 % bootstrap intervals of recall and NDCG, by `metric@cut`.
  public var intervals: [String: ConfidenceInterval] = [:]
  /// The lists as a whole.
  public var lists: ListMetrics?
  /// Parts of the test.
  public var strata: [Stratum] = []
  /// Recall as lists grow.
  public var curve: [CurvePoint] = []
  /// What was measured beside it, as it was asked for.
  public var others: [Other] = []
  /// How often the test was opened to measure something: once for what was chosen, and once for
  /// each of ``others``. Nothing was chosen by it.
  public var testOpened = 0
  /// Numbers of users, items, interactions and the like, by name.
  public var sizes: [String: Int] = [:]
  /// Seconds of fitting on all of train.
  public var fitSeconds = 0.0
  /// Seconds of ranking and measuring.
  public var evaluateSeconds = 0.0
  /// Seconds of choosing, where there was a choice.
  public var choiceSeconds: Double?

  init(chosen: String, settings: String) {
    self.chosen = chosen
    self.settings = settings
  }

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Writes the flat form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for (name, value) in means { try container.encode(value, forKey: Key(name)) }
    try container.encode(chosen, forKey: Key("chosen"))
    try container.encode(settings, forKey: Key("settings"))
    try container.encodeIfPresent(reason, forKey: Key("reason"))
    if !candidates.isEmpty { try container.encode(candidates, forKey: Key("candidates")) }
    try container.encode(intervals, forKey: Key("intervals"))
    try container.encodeIfPresent(lists, forKey: Key("lists"))
    try container.encode(strata, forKey: Key("strata"))
    try container.encode(curve, forKey: Key("curve"))
    if !others.isEmpty { try container.encode(others, forKey: Key("others")) }
    try container.encode(testOpened, forKey: Key("test_opened"))
    try container.encode(sizes, forKey: Key("sizes"))
    try container.encode(fitSeconds, forKey: Key("fit_seconds"))
    try container.encode(evaluateSeconds, forKey: Key("evaluate_seconds"))
    try container.encodeIfPresent(choiceSeconds, forKey: Key("choice_seconds"))
  }
}
