public import AkinCatalogue
internal import AkinSimilarity
internal import Foundation

/// Factors smoothed over the graph of shoppers and items, learnt so that what was taken ranks above
/// what was not.
///
///     E* = (E + Ã·E + … + Ã^layers·E) / (layers + 1),   Ã(u, i) = 1 / √(n(u) · n(i))
///     max Σ over (u, i, j) of ln σ(⟨E*(u), E*(i) − E*(j)⟩) − ½ · regularisation · |E|²
///
/// He et al., *LightGCN: simplifying and powering graph convolution network for recommendation*
/// (SIGIR 2020), with Adam. Ã is symmetric, so that gradients pass back through the same product.
/// O(epochs · steps · layers · n · factors) time, `steps` an epoch.
public struct LightGCN: RecommenderAlgorithm, Equatable, Codable {
  /// The length of a factor.
  public var factors: Int
  /// Times the factors are spread along the graph.
  public var layers: Int
  /// Adam's pace.
  public var learningRate: Float
  /// What keeps factors small.
  public var regularisation: Float
  /// Times that as many triples are drawn as there are interactions.
  public var epochs: Int
  /// Steps of Adam an epoch.
  public var steps: Int
  /// What triples and first factors are drawn by.
  public var seed: UInt64

  /// Creates the algorithm.
  public init(
    factors: Int = 64, layers: Int = 3, learningRate: Float = 0.01, regularisation: Float = 1e-4,
    epochs: Int = 40, steps: Int = 20, seed: UInt64 = 0
  ) {
    self.factors = factors
    self.layers = layers
    self.learningRate = learningRate
    self.regularisation = regularisation
    self.epochs = epochs
    self.steps = steps
    self.seed = seed
  }

  /// Ascends.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`, `diverged`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> LightGCNModel {
    guard (1...4096).contains(factors), (0...10).contains(layers), learningRate > 0,
      learningRate.isFinite, regularisation >= 0, epochs > 0, steps > 0
    else {
      throw RecommenderError(
        .badSetting,
        "lightgcn takes 1 to 4096 factors, 0 to 10 layers and a positive learningRate,"
          + " epochs and steps")
    }
    let graph = Graph(interactions, layers: layers)
    var generator = SplitMix64(seed: seed)
    var ego = Sides(
      users: DenseRows(count: interactions.userCount, dimension: factors),
      items: DenseRows(count: interactions.itemCount, dimension: factors))
    ego.users.fillRandomly(factors, using: &generator)
    ego.items.fillRandomly(factors, using: &generator)
    var adam = (
      users: Adam(count: ego.users.values.count), items: Adam(count: ego.items.values.count)
    )
    let batch = max(1, interactions.count / steps)
    for epoch in 0..<epochs {
      for _ in 0..<steps {
        let spread = graph.spread(ego)
        let slope = graph.spread(
          gradient(of: spread, interactions, graph.owners, batch, &generator))
        adam.users.step(&ego.users.values, slope.users.values, learningRate, regularisation)
        adam.items.step(&ego.items.values, slope.items.values, learningRate, regularisation)
      }
      guard ego.users.values.allSatisfy(\.isFinite) else {
        throw RecommenderError(.diverged, "lightgcn left the numbers' range; lower learningRate")
      }
      try progress(epoch + 1, epochs)
    }
    let spread = graph.spread(ego)
    return LightGCNModel(
      factors: FactorTables(
        items: spread.items, users: spread.users,
        folding: .init(alpha: 20, regularisation: 10, exponent: 0)))
  }

  /// Factors, or their gradients, of both sides.
  private struct Sides {
    var users: DenseRows
    var items: DenseRows
  }

  private struct Graph {
    let rows: Interactions
    let turned: Interactions
    let values: [Float]
    let turnedValues: [Float]
    let owners: [Int32]
    let layers: Int

    init(_ interactions: Interactions, layers: Int) {
      rows = interactions
      turned = interactions.transposed()
      values =
        ScaledInteractions(interactions, userExponent: 0.5, itemExponent: 0.5).values
      let values = self.values
      turnedValues = interactions.transposedEntries().entries.map { values[$0] }
      owners = (0..<interactions.userCount).flatMap { user in
        repeatElement(Int32(user), count: interactions[user].count)
      }
      self.layers = layers
    }

    /// The mean over the layers.
    func spread(_ sides: Sides) -> Sides {
      var (layer, sum) = (sides, sides)
      for _ in 0..<layers {
        layer = Sides(
          users: rows.times(layer.items, values: values),
          items: turned.times(layer.users, values: turnedValues))
        for index in sum.users.values.indices {
          sum.users.values[index] += layer.users.values[index]
        }
        for index in sum.items.values.indices {
          sum.items.values[index] += layer.items.values[index]
        }
      }
      let share = 1 / Float(layers + 1)
      for index in sum.users.values.indices { sum.users.values[index] *= share }
      for index in sum.items.values.indices { sum.items.values[index] *= share }
      return sum
    }
  }

  /// The mean gradient over a batch of triples, with respect to the spread factors.
  private func gradient(
    of spread: Sides, _ interactions: Interactions, _ owners: [Int32], _ batch: Int,
    _ generator: inout SplitMix64
  ) -> Sides {
    let dimension = spread.users.dimension
    var slope = Sides(
      users: DenseRows(count: spread.users.count, padded: dimension),
      items: DenseRows(count: spread.items.count, padded: dimension))
    guard interactions.count > 0 else { return slope }
    for _ in 0..<batch {
      let entry = Int.random(in: 0..<interactions.count, using: &generator)
      let user = Int(owners[entry])
      let other = Int.random(in: 0..<interactions.itemCount, using: &generator)
      guard !interactions.contains(user: user, item: other) else { continue }
      let (x, y, z) = (
        user * dimension, Int(interactions.items[entry]) * dimension, other * dimension
      )
      var margin: Float = 0
      for column in 0..<dimension {
        margin +=
          spread.users.values[x + column]
          * (spread.items.values[y + column] - spread.items.values[z + column])
      }
      let force = 1 / (1 + exp(margin)) / Float(batch)
      for column in 0..<dimension {
        let own = spread.users.values[x + column]
        slope.users.values[x + column] +=
          force * (spread.items.values[y + column] - spread.items.values[z + column])
        slope.items.values[y + column] += force * own
        slope.items.values[z + column] -= force * own
      }
    }
    return slope
  }

  /// Kingma and Ba, *Adam: a method for stochastic optimization* (ICLR 2015), uphill.
  private struct Adam {
    private var mean: [Float]
    private var square: [Float]
    private var steps = 0

    init(count: Int) {
      mean = [Float](repeating: 0, count: count)
      square = [Float](repeating: 0, count: count)
    }

    mutating func step(
      _ values: inout [Float], _ slope: [Float], _ pace: Float, _ regularisation: Float
    ) {
      steps += 1
      let first = 1 / (1 - pow(0.9, Float(steps)))
      let second = 1 / (1 - pow(0.999, Float(steps)))
      // As the loss is a mean over triples, the decay is that of a mean over rows.
      let decay = regularisation / Float(max(1, values.count))
      for index in values.indices {
        let gradient = slope[index] - decay * values[index]
        mean[index] = 0.9 * mean[index] + 0.1 * gradient
        square[index] = 0.999 * square[index] + 0.001 * gradient * gradient
        values[index] +=
          pace * mean[index] * first / ((square[index] * second).squareRoot() + 1e-8)
      }
    }
  }
}

/// The fitted ``LightGCN``.
public struct LightGCNModel: FactorRecommender {
  /// `lightgcn`.
  public static let kind = "lightgcn"
  /// The spread factors.
  public let factors: FactorTables

  /// Takes factors over.
  public init(factors: FactorTables) { self.factors = factors }
}
