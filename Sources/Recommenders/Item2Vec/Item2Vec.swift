public import AkinCatalogue
internal import AkinNeural
internal import AkinSimilarity
internal import Foundation

/// Vectors of items by the company they keep in shoppers' histories: skip-gram with negative
/// sampling, histories taken for sentences.
///
/// Barkan and Koenigstein, *Item2Vec: neural item embedding for collaborative filtering* (2016);
/// `negativeExponent`, `subsampling` and `epochs` matter more than in texts (Caselles-Dupré et al.,
/// *Word2vec applied to recommendation: hyperparameters matter*, 2018). A shopper with history H gives
/// item i the score
///
///     Σ over h in H of weight(h) · (sim(h, i) + popularity · ln(1 + takers of i))
///
/// with sim the cosine of the vectors, or ⟨x(h), y(i)⟩ of the input and the output vector, which is how
/// much more often than by chance the two are together, by its logarithm (Levy and Goldberg, 2014).
/// O(epochs · n · window · negatives · f) time on one core.
public struct Item2Vec: RecommenderAlgorithm, Equatable, Codable {
  /// How an item is compared with one of the history.
  public enum Comparison: String, Sendable, Codable {
    /// The cosine of both vectors: items of one kind.
    case cosine
    /// The input vector of the one with the output vector of the other: items that go together.
    case context
  }

  /// What is predicted from what.
  public enum Objective: String, Sendable, Codable {
    /// Each item of the company alone.
    case skipGram = "skip-gram"
    /// The company's mean.
    case cbow
  }

  /// What is predicted from what.
  public var objective: Objective
  /// The length of a vector.
  public var factors: Int
  /// Items on either side that are company, at most; histories are shuffled before every pass.
  public var window: Int
  /// Items that an item is told apart from, each time.
  public var negatives: Int
  /// The power of popularity by which these are drawn.
  public var negativeExponent: Double
  /// The share of all interactions from which on an item is thinned out; 0 for never.
  public var subsampling: Double
  /// The first pace.
  public var learningRate: Float
  /// Passes over the histories.
  public var epochs: Int
  /// Whether histories are read in the order of time, where it is known, instead of as sets.
  public var isOrdered: Bool
  /// How an item is compared with one of the history.
  public var comparison: Comparison
  /// What popularity adds.
  public var popularity: Float
  /// What every draw follows from.
  public var seed: UInt64

  /// Creates the algorithm.
  public init(
    objective: Objective = .skipGram, factors: Int = 64, window: Int = 10, negatives: Int = 10,
    negativeExponent: Double = 0.5, subsampling: Double = 1e-3, learningRate: Float = 0.05,
    epochs: Int = 20, isOrdered: Bool = false, comparison: Comparison = .context,
    popularity: Float = 0, seed: UInt64 = 0
  ) {
    self.objective = objective
    self.factors = factors
    self.window = window
    self.negatives = negatives
    self.negativeExponent = negativeExponent
    self.subsampling = subsampling
    self.learningRate = learningRate
    self.epochs = epochs
    self.isOrdered = isOrdered
    self.comparison = comparison
    self.popularity = popularity
    self.seed = seed
  }

  /// Learns the vectors.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`, `diverged`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> Item2VecModel {
    var sampling = NegativeSampling()
    sampling.objective = objective == .cbow ? .cbow : .skipGram
    sampling.dimension = factors
    sampling.window = window
    sampling.negatives = negatives
    sampling.negativeExponent = negativeExponent
    sampling.subsampling = subsampling
    sampling.learningRate = learningRate
    sampling.epochs = epochs
    sampling.isOrdered = isOrdered && interactions.times != nil
    sampling.seed = seed
    if let fault = sampling.fault {
      throw RecommenderError(
        .badSetting, "item2vec: \(fault)".replacing("dimension", with: "factors"))
    }
    guard popularity.isFinite else {
      throw RecommenderError(.badSetting, "item2vec takes a finite popularity")
    }
    let tables: NegativeSampling.Tables
    do {
      tables = try sampling.fit(
        items: sampling.isOrdered
          ? (0..<interactions.userCount).flatMap { OrderedModel.ordered($0, of: interactions) }
          : interactions.items,
        offsets: interactions.offsets, count: interactions.itemCount, progress: progress)
    } catch let error as NeuralError {
      throw RecommenderError(.diverged, "item2vec: \(error.message)")
    }
    return model(of: tables, interactions.itemCounts())
  }

  private func model(of tables: NegativeSampling.Tables, _ takers: [Int]) -> Item2VecModel {
    let (count, stride) = (takers.count, tables.stride)
    var vectors = DenseRows(count: count, padded: stride, values: tables.inputs)
    var left = DenseRows(count: count, dimension: factors + 1)
    var right = DenseRows(count: count, dimension: factors + 1)
    for item in 0..<count {
      let row = item * stride..<item * stride + factors
      // What nobody took has no company: its first random vector means nothing.
      if takers[item] == 0 { for place in row { vectors.values[place] = 0 } }
      let length = vectors.values[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
      for place in row where length > 0 { vectors.values[place] /= length }
      let target = item * left.dimension
      for column in 0..<factors {
        let own = vectors.values[row.lowerBound + column]
        switch comparison {
        case .cosine:
          left.values[target + column] = own
          right.values[target + column] = own
        case .context:
          left.values[target + column] = own * length
          right.values[target + column] = tables.outputs[row.lowerBound + column]
        }
      }
      left.values[target + factors] = 1
      right.values[target + factors] = popularity * log(1 + Float(takers[item]))
    }
    return Item2VecModel(vectors: vectors, factors: ItemFactors(left: left, right: right))
  }
}

/// The fitted ``Item2Vec``.
public struct Item2VecModel: Recommender {
  /// `item2vec`.
  public static let kind = "item2vec"
  /// Of unit length.
  private let vectors: DenseRows
  private let factors: ItemFactors

  init(vectors: DenseRows, factors: ItemFactors) {
    (self.vectors, self.factors) = (vectors, factors)
  }

  /// The number of items that are ranked.
  public var itemCount: Int { vectors.count }

  /// O(shoppers · items · f).
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    try RecommenderError.check(shoppers.histories.itemCount, against: itemCount)
    factors.score(shoppers, into: scores)
  }

  /// The nearest vectors by their cosine. O(items · f).
  public func similarItems(to item: Int, k: Int) -> [Neighbour] { vectors.cosines(of: item, k: k) }

  /// weight · (sim(h, item) + popularity) of each h of the history; the sum is the score.
  public func explain(_ item: Int, for shopper: Shoppers) throws -> [Neighbour]? {
    try RecommenderError.check(shopper.histories.itemCount, against: itemCount)
    let histories = shopper.histories
    return histories.range(of: shopper.rows.lowerBound).map { entry in
      let other = Int(histories.items[entry])
      let weight = histories.weights?[entry] ?? 1
      return Neighbour(item: other, score: weight * factors.product(other, item))
    }.sorted { $0.precedes($1) }
  }

  /// The vectors, and the factors of scores.
  public func archived() -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    archive.notes["length"] = "\(vectors.dimension)"
    archive.floats["vectors"] = vectors.values
    factors.store(in: &archive)
    return archive
  }

  /// Takes the parts.
  public init(_ archive: ModelArchive) throws {
    let length = try archive.whole("length")
    let values = try archive.numbers("vectors")
    guard length > 0, length % 16 == 0, values.count % length == 0 else {
      throw archive.damaged("has vectors that are no whole rows")
    }
    vectors = DenseRows(count: values.count / length, padded: length, values: values)
    factors = try ItemFactors(archive, count: vectors.count)
  }
}
