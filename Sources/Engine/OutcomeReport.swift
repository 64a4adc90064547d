internal import AkinRecommenders

/// How well the purchase and the time after a step are told, beside simple ways.
public struct OutcomeReport: Sendable, Encodable {
  /// A network that was tried, on validation.
  public struct Candidate: Sendable, Encodable {
    /// Its name, and its settings in words.
    public var recommender: String, settings: String
    /// Area under the ROC curve of the purchase.
    public var auc: Double
    /// Mean absolute error of the time, in seconds.
    public var maeSeconds: Double
    /// What chose: cross-entropy plus the absolute error of the time's standardised logarithm.
    public var loss: Double
    /// Seconds of training.
    public var fitSeconds: Double

    private enum CodingKeys: String, CodingKey {
      case recommender, settings, auc, loss
      case maeSeconds = "mae_seconds"
      case fitSeconds = "fit_seconds"
    }
  }

  /// A way to tell, on both spans.
  public struct Line: Sendable, Encodable {
    /// The chosen network's name, or that of a simple way.
    public var name: String
    /// The figure on validation, and on test.
    public var validation: Double, test: Double
  }

  /// The purchase within the horizon.
  public struct Purchase: Sendable, Encodable {
    /// Area under the ROC curve on test.
    public var auc: Double
    /// The simple way that did best on validation, and its area on test.
    public var baseline: String, baselineAUC: Double
    /// Mean log loss on test, and that of naming the train rate for every step.
    public var logLoss: Double, rateLogLoss: Double
    /// The share of test steps after which something was bought within the horizon.
    public var rate: Double
    /// Areas of all: the network first.
    public var lines: [Line]

    private enum CodingKeys: String, CodingKey {
      case auc, baseline, rate, lines
      case baselineAUC = "baseline_auc"
      case logLoss = "log_loss"
      case rateLogLoss = "rate_log_loss"
    }
  }

  /// The time until the next step.
  public struct Dwell: Sendable, Encodable {
    /// Mean absolute error on test, in seconds.
    public var maeSeconds: Double
    /// That of the train median for every step.
    public var medianMAESeconds: Double
    /// The simple way that did best on validation, and its error on test.
    public var baseline: String, baselineMAESeconds: Double
    /// Errors of all: the network first.
    public var lines: [Line]

    private enum CodingKeys: String, CodingKey {
      case baseline, lines
      case maeSeconds = "mae_seconds"
      case medianMAESeconds = "median_mae_seconds"
      case baselineMAESeconds = "baseline_mae_seconds"
    }
  }

  /// The network that was tested.
  public var chosen: String
  /// Its settings in words.
  public var settings: String
  /// Seconds within which a purchase counts.
  public var horizonSeconds: Double
  /// What was compared on validation, best first.
  public var candidates: [Candidate]
  /// The purchase within the horizon.
  public var purchase: Purchase
  /// The time until the next step.
  public var dwell: Dwell
  /// When validation began, and test, in seconds since 1970.
  public var validationFrom: Double, testFrom: Double
  /// How often the test span was opened: once.
  public var testOpened = 1
  /// Numbers of events, shoppers, steps and the like, by name.
  public var sizes: [String: Int]

  private enum CodingKeys: String, CodingKey {
    case chosen, settings, candidates, purchase, dwell, sizes
    case horizonSeconds = "horizon_seconds"
    case validationFrom = "validation_from"
    case testFrom = "test_from"
    case testOpened = "test_opened"
  }

  init(_ outcome: OutcomeSelection.Outcome, horizon: Double, sizes: [String: Int]) {
    func line(_ line: OutcomeSelection.Line) -> Line {
      Line(name: line.name, validation: line.validation, test: line.test)
    }
    let (areas, errors) = (outcome.purchases.map(line), outcome.times.map(line))
    chosen = outcome.model.settings.architecture.rawValue
    settings = outcome.model.settings.summary
    horizonSeconds = horizon
    candidates = outcome.trials.sorted { $0.loss < $1.loss }.map {
      Candidate(
        recommender: $0.name, settings: $0.settings, auc: $0.area, maeSeconds: $0.absoluteError,
        loss: $0.loss, fitSeconds: $0.seconds)
    }
    purchase = Purchase(
      auc: areas[0].test, baseline: areas[1].name, baselineAUC: areas[1].test,
      logLoss: outcome.logLoss, rateLogLoss: outcome.rateLogLoss, rate: outcome.rate, lines: areas)
    dwell = Dwell(
      maeSeconds: errors[0].test,
      medianMAESeconds: errors.first { $0.name == "median" }?.test ?? errors[1].test,
      baseline: errors[1].name, baselineMAESeconds: errors[1].test, lines: errors)
    (validationFrom, testFrom) = (outcome.spans.validation, outcome.spans.test)
    self.sizes = sizes
  }
}
