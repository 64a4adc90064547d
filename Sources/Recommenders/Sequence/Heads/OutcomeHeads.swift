internal import AkinNeural
internal import Foundation

/// A network that reads a shopper's steps and says, after each, how probably something is bought
/// within a horizon and how long it will be until the next step: SASRec, GRU4Rec or an LSTM with two
/// heads.
///
/// A step is the mean of its items' vectors plus a projection of when and how often the shopper came
/// (`StepNumbers`). One pass over a shopper trains all steps: the sum of the cross-entropy of the
/// purchase and of the absolute error of the time's logarithm, whose optimum is the median. Time gaps
/// beside items: Beutel et al., *Latent cross: making use of context in recurrent recommender
/// systems*, WSDM 2018; return times: Jing and Smola, *Neural survival recommender*, WSDM 2017.
///
/// O(epochs · steps · width²).
public struct OutcomeHeads: Sendable, Equatable, Codable {
  /// What reads the steps.
  public var architecture: NextItem.Architecture
  /// Features of items and states.
  public var width = 32
  /// Transformer blocks or recurrent layers.
  public var layers = 1
  /// Heads of attention.
  public var heads = 2
  /// The last steps that are read.
  public var longest = 200
  /// Items of a step that are read, evenly spread.
  public var itemsPerStep = 8
  /// The share of features dropped in training.
  public var dropout = 0.2
  /// Passes over the data, at most.
  public var epochs = 30
  /// Epochs without a better validation loss after which training stops.
  public var patience = 4
  /// The largest learning rate.
  public var rate = 3e-3
  /// Steps of shoppers that one step of training learns from, at most; so many fewer that an epoch
  /// has twenty.
  public var rowsPerStep = 2_048
  /// Seconds after which training ends with the best epoch so far; `nil` for no limit.
  public var budget: Double?
  /// Batches that are computed side by side. Part of what results depend on.
  public var threads = 2
  /// What all random choices follow from.
  public var seed: UInt64 = 0

  /// The usual settings.
  public init(_ architecture: NextItem.Architecture) { self.architecture = architecture }

  /// The settings in words.
  public var summary: String {
    "\(architecture.rawValue) of width \(width), \(layers) layers, last \(longest) steps, dropout "
      + "\(dropout), rate \(rate)"
  }

  /// The settings of the encoder inside.
  var encoder: NextItem {
    var settings = NextItem(architecture)
    (settings.width, settings.layers, settings.heads) = (width, layers, heads)
    (settings.longest, settings.dropout, settings.seed) = (longest, dropout, seed)
    settings.deviation = 0.1
    return settings
  }

  /// Trains on the answers of the first span; stops by those of the second.
  ///
  /// - Throws: ``RecommenderError`` `noInteractions` where a head has no answers to learn from or to
  ///   stop by, `badSetting`; what `progress` throws.
  func fit(
    _ data: OutcomeData, progress: FitProgress
  ) throws -> OutcomeModel {
    try check(data)
    let network = try OutcomeNetwork(itemCount: data.steps.itemCount, self)
    let training = OutcomeTraining(network, data, self)
    var options = TrainingOptions(epochs: epochs)
    options.schedule = Schedule(peak: rate, warmUp: 0.02, shape: .constant)
    options.clipNorm = 5
    options.seed = seed
    options.budget = budget.map { .seconds($0) }
    options.earlyStopping = .init("loss", patience: patience, largerIsBetter: false)
    _ = try withoutActuallyEscaping(progress) { progress in
      var trainer = Trainer(options)
      trainer.report = { try progress(($0.epoch - 1) * $0.steps + $0.step, $0.epochs * $0.steps) }
      return try trainer.fit(training)
    }
    return OutcomeModel(network, data.scale, data.time, self, itemCount: data.steps.itemCount)
  }

  private func check(_ data: OutcomeData) throws(RecommenderError) {
    let whole = [
      width, layers, heads, longest, itemsPerStep, epochs, patience, rowsPerStep, threads,
    ]
    guard whole.allSatisfy({ $0 > 0 }), (0..<1).contains(dropout), rate > 0,
      architecture != .sasrec || width % heads == 0
    else {
      throw RecommenderError(
        .badSetting,
        "sizes and the rate must be positive, the dropout in 0..<1, and heads divide"
          + " the width")
    }
    for span in [data.train, data.validation] {
      guard !span.timeSteps.isEmpty, span.isBought.contains(true), span.isBought.contains(false)
      else {
        throw RecommenderError(
          .noInteractions,
          "a span has no steps after which something was bought within the horizon, none after which"
            + " nothing was, or none that another follows; give more events or another horizon")
      }
    }
  }
}

/// Steps, what is known of them, and their answers in the spans that learning may see.
struct OutcomeData: Sendable {
  let steps: ShopperSteps
  let numbers: StepNumbers
  let spans: OutcomeSpans
  let train: StepOutcomes
  let validation: StepOutcomes
  /// Of all numbers, over the train steps.
  let scale: Standardisation
  /// Mean and deviation of the logarithms of the train times.
  let time: (mean: Double, deviation: Double)

  init(_ steps: ShopperSteps, _ spans: OutcomeSpans, horizon: Double) {
    self.steps = steps
    self.spans = spans
    numbers = StepNumbers(steps)
    let bounds = spans.bounds
    train = StepOutcomes(steps, from: bounds[0].from, to: bounds[0].to, horizon: horizon)
    validation = StepOutcomes(steps, from: bounds[1].from, to: bounds[1].to, horizon: horizon)
    let before = steps.steps.indices.filter { steps.steps[$0].time < spans.validation }
    scale = Standardisation(numbers, over: before, width: StepNumbers.names.count)
    let sizes = train.seconds.map { log1p($0) }
    let mean = sizes.reduce(0, +) / Double(max(1, sizes.count))
    let variance =
      sizes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, sizes.count))
    time = (mean, max(variance.squareRoot(), 1e-3))
  }
}
