internal import AkinEvaluation
internal import Foundation

/// Learns what shoppers do after a step, chooses among networks by the second span, and reports on
/// the third, which is opened once.
public struct OutcomeSelection: Sendable {
  /// One network on validation.
  public struct Trial: Sendable, Equatable, Codable {
    /// Its name.
    public var name: String
    /// Its settings in words.
    public var settings: String
    /// Area under the ROC curve of the purchase.
    public var area: Double
    /// Mean absolute error of the time, in seconds.
    public var absoluteError: Double
    /// The loss that chose.
    public var loss: Double
    /// Seconds of training.
    public var seconds: Double
  }

  /// A way to predict, on both spans.
  public struct Line: Sendable, Equatable, Codable {
    /// Its name.
    public var name: String
    /// On validation, and on test.
    public var validation: Double, test: Double
  }

  /// What came of it.
  public struct Outcome: Sendable {
    /// The chosen network.
    public var model: OutcomeModel
    /// All networks.
    public var trials: [Trial]
    /// Areas under the ROC curve: the network, then the simple ways.
    public var purchases: [Line]
    /// The probability loss of the network on test, and that of naming the train rate for all.
    public var logLoss: Double, rateLogLoss: Double
    /// The share of test steps after which something was bought.
    public var rate: Double
    /// Mean absolute errors of the time in seconds: the network, then the simple ways.
    public var times: [Line]
    /// Steps of the test span that were judged.
    public var purchaseSteps: Int, timeSteps: Int
    /// How the data were parted.
    public var spans: OutcomeSpans
  }

  /// Networks that are tried.
  public var architectures: [NextItem.Architecture] = [.gru4rec, .sasrec, .lstm]
  /// Seconds within which a purchase counts.
  public var horizon = 7 * 86_400.0
  /// Seconds that training may take in all, about.
  public var budget = 300.0
  /// What every random choice begins from.
  public var seed: UInt64 = 0

  /// The usual settings.
  public init() {}

  /// Runs.
  ///
  /// - Throws: ``RecommenderError`` `noInteractions` where the steps cannot be parted or a span lacks
  ///   answers; what `progress` throws.
  public func run(
    _ steps: ShopperSteps, progress: (_ what: String, _ done: Int, _ total: Int) throws -> Void
  ) throws -> Outcome {
    guard let spans = OutcomeSpans(of: steps) else {
      throw RecommenderError(.noInteractions, "there are too few moments to part them in time")
    }
    let data = OutcomeData(steps, spans, horizon: horizon)
    var (trials, best): ([Trial], (model: OutcomeModel, loss: Double)?) = ([], nil)
    for architecture in architectures {
      var settings = OutcomeHeads(architecture)
      (settings.budget, settings.seed) = (budget / Double(architectures.count), seed)
      let started = ContinuousClock.now
      let model = try settings.fit(data) { try progress(architecture.rawValue, $0, $1) }
      let seconds = started.duration(to: .now)
      let loss = try model.loss(data.validation, of: steps, data.numbers)
      let (area, error) = try judged(model, data.validation, data)
      trials.append(
        Trial(
          name: architecture.rawValue, settings: settings.summary, area: area, absoluteError: error,
          loss: loss,
          seconds: Double(seconds.components.seconds)
            + Double(seconds.components.attoseconds) / 1e18))
      if best.map({ loss < $0.loss }) ?? true { best = (model, loss) }
    }
    guard let model = best?.model else {
      throw RecommenderError(.badSetting, "no network is to be tried")
    }
    return try report(model, trials, data)
  }

  private func judged(_ model: OutcomeModel, _ span: StepOutcomes, _ data: OutcomeData) throws
    -> (area: Double, error: Double)
  {
    let purchases = try model.outcomes(span.purchaseSteps, of: data.steps, data.numbers)
    let times = try model.outcomes(span.timeSteps, of: data.steps, data.numbers)
    return (
      PointMetrics.area(purchases.map(\.purchase), span.isBought) ?? 0.5,
      PointMetrics.meanAbsoluteError(times.map(\.seconds), span.seconds) ?? 0
    )
  }

  /// Opens the test span.
  private func report(_ model: OutcomeModel, _ trials: [Trial], _ data: OutcomeData) throws
    -> Outcome
  {
    let bounds = data.spans.bounds[2]
    let test = StepOutcomes(data.steps, from: bounds.from, to: bounds.to, horizon: horizon)
    guard test.isBought.contains(true), test.isBought.contains(false), !test.timeSteps.isEmpty
    else {
      throw RecommenderError(
        .noInteractions,
        "the test span has no answers to compare with; give more events or"
          + " another horizon")
    }
    let simple = SimpleOutcomes(data.numbers, data.train)
    let (validation, tested) = (
      try judged(model, data.validation, data), try judged(model, test, data)
    )
    let network = model.settings.architecture.rawValue
    let areas = [data.validation, test].map { span in
      simple.purchases(span.purchaseSteps).mapValues {
        PointMetrics.area($0, span.isBought) ?? 0.5
      }
    }
    let errors = [data.validation, test].map { span in
      simple.times(span.timeSteps).mapValues {
        PointMetrics.meanAbsoluteError($0, span.seconds) ?? 0
      }
    }
    func lines(_ first: Line, _ parts: [[String: Double]], _ order: (Double, Double) -> Bool)
      -> [Line]
    {
      [first]
        + parts[0].keys.sorted().map {
          Line(name: $0, validation: parts[0][$0] ?? 0, test: parts[1][$0] ?? 0)
        }.sorted { order($0.validation, $1.validation) }
    }
    let probabilities = try model.outcomes(test.purchaseSteps, of: data.steps, data.numbers)
      .map(\.purchase)
    let trainRate =
      Double(data.train.isBought.count { $0 }) / Double(max(1, data.train.isBought.count))
    return Outcome(
      model: model, trials: trials,
      purchases: lines(
        Line(name: network, validation: validation.area, test: tested.area), areas, >),
      logLoss: PointMetrics.logLoss(probabilities, test.isBought) ?? 0,
      rateLogLoss: PointMetrics.logLoss(test.isBought.map { _ in trainRate }, test.isBought) ?? 0,
      rate: Double(test.isBought.count { $0 }) / Double(test.isBought.count),
      times: lines(
        Line(name: network, validation: validation.error, test: tested.error), errors, <),
      purchaseSteps: test.purchaseSteps.count, timeSteps: test.timeSteps.count, spans: data.spans)
  }
}
