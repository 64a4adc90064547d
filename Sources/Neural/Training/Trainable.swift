/// What the training loop needs to know of a model and its data.
///
/// ```swift
/// final class LineFit: Trainable {
///   let line: Linear, examples: [(x: Tensor, y: Tensor)]
///   var parameters: [Parameter] { line.parameters }
///   func batches(epoch: Int, seed: UInt64) -> [[Int]] { examples.indices.map { [$0] } }
///   func loss(of batch: Int, _ pass: Pass) throws -> Tensor {
///     try Loss.meanSquared(line(examples[batch].x), examples[batch].y)
///   }
/// }
/// let history = try Trainer(TrainingOptions(epochs: 10)).fit(LineFit(…))
/// ```
public protocol Trainable: AnyObject {
  /// A part of a step, such as the numbers of the rows that it is about.
  associatedtype Batch: Sendable

  /// Everything that may change; those that are frozen are left alone.
  var parameters: [Parameter] { get }

  /// The steps of an epoch. The batches of one step are computed side by side, one a processor
  /// core, and their gradients averaged by ``weight(of:)``; one batch a step is the plain case.
  ///
  /// Must depend on the arguments only: an epoch that is repeated after a crash is the same.
  func batches(epoch: Int, seed: UInt64) throws -> [[Batch]]

  /// The mean loss over a batch, a tensor of one element. Called on several threads at once where
  /// steps have several batches.
  func loss(of batch: Batch, _ pass: Pass) throws -> Tensor

  /// What a batch weighs in its step, such as the number of its examples.
  func weight(of batch: Batch) -> Double

  /// Measures on data that training does not see, by name; called after every epoch.
  func validate() throws -> [String: Double]
}

extension Trainable {
  /// All weigh the same.
  public func weight(of batch: Batch) -> Double { 1 }
  /// Nothing is measured.
  public func validate() throws -> [String: Double] { [:] }
}

/// The settings of a training run.
public struct TrainingOptions: Sendable {
  /// When to stop early.
  public struct EarlyStopping: Sendable, Equatable {
    /// The name of the measure among those of ``Trainable/validate()``.
    public var metric: String
    /// Epochs without a better value after which training stops.
    public var patience: Int
    /// Whether larger values are better.
    public var largerIsBetter: Bool

    /// Watches `metric`.
    public init(_ metric: String, patience: Int, largerIsBetter: Bool = true) {
      (self.metric, self.patience, self.largerIsBetter) = (metric, patience, largerIsBetter)
    }
  }

  /// Passes over the data, at most.
  public var epochs: Int
  /// How parameters follow their gradients.
  public var optimiser: Optimiser = .adamW()
  /// The learning rate.
  public var schedule = Schedule(peak: 1e-3)
  /// Penalties.
  public var regularisation = Regularisation()
  /// The greatest length of all gradients together; `nil` for no limit.
  public var clipNorm: Double?
  /// When to stop early; the parameters of the best epoch are kept. `nil` keeps the last ones.
  public var earlyStopping: EarlyStopping?
  /// Time for the whole run: no epoch begins that would end later, if it takes as long as the
  /// longest so far. The first one is always run.
  public var budget: Duration?
  /// Whether matrix products run in bfloat16.
  public var autocasts = false
  /// What all random choices follow from.
  public var seed: UInt64 = 0
  /// A file that is replaced after every epoch and taken up if it is there.
  public var checkpoint: String?

  /// The usual settings.
  public init(epochs: Int) { self.epochs = epochs }
}

/// What is known after an epoch.
public struct EpochRecord: Sendable, Equatable, Codable {
  /// Counted from 1.
  public let epoch: Int
  /// The mean of the steps' losses.
  public let loss: Double
  /// The measures of ``Trainable/validate()``.
  public let metrics: [String: Double]
  /// Seconds that the steps took, and the validation.
  public let seconds: Double, validationSeconds: Double
}

/// What came of a training run.
public struct TrainingHistory: Sendable, Equatable, Codable {
  /// The epochs in order.
  public internal(set) var epochs: [EpochRecord] = []
  /// The epoch whose parameters were kept, counted from 1; `nil` before the first.
  public internal(set) var best: Int?
}

/// How far a training run is.
public struct TrainingProgress: Sendable, CustomStringConvertible {
  /// Counted from 1.
  public let epoch: Int, epochs: Int
  /// Steps of this epoch that are done.
  public let step: Int, steps: Int
  /// The mean loss of this epoch so far.
  public let loss: Double
  /// Seconds until the last epoch ends, if it comes to that.
  public let secondsLeft: Double

  /// One line: `epoch 3/40, step 120/176, loss 7.3012, 84 s left`.
  public var description: String {
    let rounded = (loss * 10_000).rounded() / 10_000
    return "epoch \(epoch)/\(epochs), step \(step)/\(steps), loss \(rounded), "
      + "\(Int(secondsLeft.rounded())) s left"
  }
}
