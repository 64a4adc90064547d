public import AkinCatalogue
internal import AkinNeural
internal import Foundation

/// Neural collaborative filtering: a factorisation whose inner product is weighted, and beside it a
/// network that reads shopper and item together; one layer joins both.
///
///     score(u, i) = b(i) + ⟨w, p(u) ⊙ q(i)⟩ + ⟨v, MLP(p′(u), q′(i))⟩
///
/// He et al., *Neural collaborative filtering* (WWW 2017). There a shopper is a number with a vector
/// of its own, so that strangers have none. Here a shopper is what he took, p(u) = Σ e(j) / √n over
/// the history, which the paper allows for and which knows strangers as well as everybody else. An
/// item to be found is taken out of the history that is to find it, or it would find itself.
///
/// Rendle et al., *Neural collaborative filtering vs. matrix factorization revisited* (RecSys 2020)
/// found that the network adds little to a factorisation: it is here to be compared with.
/// O(epochs · n · (1 + negatives) · factors²) time.
public struct NeuMF: RecommenderAlgorithm, Equatable, Codable {
  /// What is made small.
  public enum Objective: String, Sendable, CaseIterable, Codable {
    /// The cross-entropy of finding the item among itself and the negatives.
    case softmax
    /// The paper's: the log loss of each item by itself.
    case logistic
  }

  /// The length of a vector in either half.
  public var factors: Int
  /// Layers of the network; each is half as wide as the one before, the first as wide as a vector.
  public var layers: Int
  /// The share of vectors and states dropped in training.
  public var dropout: Double
  /// Items drawn beside each one that was taken.
  public var negatives: Int
  /// What is made small.
  public var objective: Objective
  /// AdamW's rate, which falls to a tenth.
  public var learningRate: Double
  /// The share of each weight that a step at rate 1 takes off.
  public var regularisation: Double
  /// Passes over the interactions.
  public var epochs: Int
  /// Interactions a step.
  public var rowsPerStep: Int
  /// What all random choices follow from.
  public var seed: UInt64

  /// Creates the algorithm.
  public init(
    factors: Int = 64, layers: Int = 3, dropout: Double = 0.2, negatives: Int = 8,
    objective: Objective = .softmax, learningRate: Double = 0.01, regularisation: Double = 0.01,
    epochs: Int = 20, rowsPerStep: Int = 4096, seed: UInt64 = 0
  ) {
    self.factors = factors
    self.layers = layers
    self.dropout = dropout
    self.negatives = negatives
    self.objective = objective
    self.learningRate = learningRate
    self.regularisation = regularisation
    self.epochs = epochs
    self.rowsPerStep = rowsPerStep
    self.seed = seed
  }

  /// Trains.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`, `noInteractions`, `diverged`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> NeuMFModel {
    try check()
    guard interactions.count > 0 else {
      throw RecommenderError(.noInteractions, "there is nothing to learn from")
    }
    let network = try NeuMFNetwork(itemCount: interactions.itemCount, shape: shape, seed: seed)
    let training = NeuMFTraining(network, interactions, self)
    var options = TrainingOptions(epochs: epochs)
    options.schedule = Schedule(peak: learningRate, shape: .linear(floor: 0.1))
    options.regularisation.l2 = regularisation
    options.clipNorm = 5
    options.seed = seed
    do {
      try withoutActuallyEscaping(progress) { progress in
        var trainer = Trainer(options)
        trainer.report = {
          try progress(($0.epoch - 1) * $0.steps + $0.step, $0.epochs * $0.steps)
        }
        _ = try trainer.fit(training)
      }
    } catch let error as NeuralError {
      throw RecommenderError(.diverged, "neumf: \(error)")
    }
    return try NeuMFModel(network, itemCount: interactions.itemCount)
  }

  var shape: NeuMFNetwork.Shape {
    .init(factors: factors, layers: layers, dropout: dropout)
  }

  private func check() throws(RecommenderError) {
    guard shape.isPlausible, (1...1000).contains(negatives), learningRate > 0,
      learningRate.isFinite, regularisation >= 0, regularisation.isFinite, epochs > 0,
      rowsPerStep > 0
    else {
      throw RecommenderError(
        .badSetting,
        "neumf takes 4 to 4096 factors, 0 to 8 layers, a dropout in 0..<1, 1 to 1000 negatives,"
          + " and a positive learningRate, epochs and rowsPerStep")
    }
  }
}
