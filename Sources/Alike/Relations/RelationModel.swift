public import AkinEncoders
internal import AkinSimilarity
internal import Foundation

/// What pairs of known type taught: for each type boosted trees against the others, and how their
/// answers and a prior's join to probabilities.
///
///     z(type) = bias + share · prior(type) + weight · trees(type)      probability = softmax z
///
/// Bias, share and weights are fitted on pairs that the trees did not see, so that a prior or trees
/// that say little there weigh little (temperature and bias after Guo et al., *On calibration of
/// modern neural networks*, 2017; joining as in Wolpert, *Stacked generalization*, 1992).
public struct RelationModel: Sendable, Codable, Equatable {
  /// The types that there were examples of, by their order in `Relation.allCases`.
  public let relations: [Relation]
  private let trees: [GradientBoostedTrees]
  private let accounts: [TreeAccount]
  private(set) var biases: [Double]
  private(set) var weights: [Double]
  private(set) var share: Double

  /// Learns from pairs of known type.
  ///
  /// - Parameters:
  ///   - rows: the numbers of the training pairs.
  ///   - relations: what each pair is.
  ///   - validation: pairs that end the growth of trees and calibrate them; `prior` holds for each
  ///     the log-odds of each of `Relation.allCases`, or nothing.
  public init(
    _ rows: FeatureRows, _ relations: [Relation],
    validation: (rows: FeatureRows, relations: [Relation], prior: [[Double]]),
    settings: GradientBoostedTrees.Settings = Self.usual
  ) {
    let known = Set(relations)
    let present = Relation.allCases.filter(known.contains)
    self.relations = present
    let grown = RowSlots<(GradientBoostedTrees, TreeAccount)?>(count: present.count, empty: nil)
    Workers(count: ProcessInfo.processInfo.activeProcessorCount).run(0..<present.count, by: 1) {
      places, _ in
      for place in places {
        let model = GradientBoostedTrees(
          rows, relations.map { $0 == present[place] },
          validation: (validation.rows, validation.relations.map { $0 == present[place] }),
          settings: settings)
        grown[place] = (model, TreeAccount(model, over: rows))
      }
    }
    let found = (0..<present.count).compactMap { grown[$0] }
    trees = found.map(\.0)
    accounts = found.map(\.1)
    biases = Array(repeating: 0, count: present.count)
    weights = Array(repeating: 1, count: present.count)
    share = validation.prior.isEmpty ? 0 : 0.5
    calibrate(validation.rows, validation.relations, validation.prior)
  }

  /// Trees enough for tens of thousands of pairs.
  public static let usual: GradientBoostedTrees.Settings = {
    var settings = GradientBoostedTrees.Settings()
    settings.trees = 400
    settings.rate = 0.08
    settings.leaves = 24
    settings.patience = 25
    return settings
  }()

  /// Numbers in a row.
  public var width: Int { trees.first?.features ?? 0 }

  /// For each row the probability of each of ``relations``; they sum to 1.
  public func probabilities(_ rows: FeatureRows, prior: [[Double]] = []) -> [[Double]] {
    let found = RowSlots<[Double]>(count: rows.count, empty: [])
    Workers(count: ProcessInfo.processInfo.activeProcessorCount).run(0..<rows.count, by: 256) {
      piece, _ in
      for row in piece {
        found[row] = Self.softmax(
          logits(Array(rows[row]), prior: prior.isEmpty ? nil : prior[row]))
      }
    }
    return (0..<rows.count).map { found[$0] }
  }

  /// z of each of ``relations``. O(trees · depth).
  func logits(_ row: [Float], prior: [Double]?) -> [Double] {
    relations.indices.map { place in
      biases[place] + weights[place] * trees[place].logit(row)
        + share * (prior?[relations[place].ordinal] ?? 0)
    }
  }

  /// What z of `relation` is made of: the base, what each number adds, and the prior's share.
  func parts(_ row: [Float], _ relation: Relation) -> (base: Double, parts: [Double])? {
    guard let place = relations.firstIndex(of: relation) else { return nil }
    let (base, parts) = accounts[place].parts(of: row, by: trees[place])
    return (biases[place] + weights[place] * base, parts.map { weights[place] * $0 })
  }

  /// Whether the model can be used with rows of `width` numbers: for what comes from a file.
  public func isSound(width: Int) -> Bool {
    let count = relations.count
    return count > 1 && Set(relations).count == count
      && [trees.count, accounts.count, biases.count, weights.count].allSatisfy { $0 == count }
      && zip(trees, accounts).allSatisfy { $0.isSound(features: width, account: $1) }
      && (biases + weights + [share]).allSatisfy(\.isFinite)
  }

  static func softmax(_ logits: [Double]) -> [Double] {
    let most = logits.max() ?? 0
    let values = logits.map { exp($0 - most) }
    let sum = values.reduce(0, +)
    return values.map { $0 / sum }
  }
}

// MARK: Calibration

extension RelationModel {
  /// The penalty on the distance from plain answers, in rows.
  private static let penalty = 20.0

  /// Minimises the logarithmic loss over biases, weights and share by Adam (Kingma & Ba, 2015).
  private mutating func calibrate(
    _ rows: FeatureRows, _ relations: [Relation], _ prior: [[Double]]
  ) {
    let places = relations.map { self.relations.firstIndex(of: $0) ?? 0 }
    let answers = trees.map { $0.logits(rows) }
    let count = self.relations.count
    guard rows.count > 0 else { return }
    var solution = biases + weights + [share]
    let start = solution
    var (first, second) = (
      [Double](repeating: 0, count: solution.count), [Double](repeating: 0, count: solution.count)
    )
    for step in 1...400 {
      var gradient = zip(solution, start).map { Self.penalty * ($0 - $1) / Double(rows.count) }
      for row in 0..<rows.count {
        let before = prior.isEmpty ? [] : self.relations.map { prior[row][$0.ordinal] }
        let logits = (0..<count).map { place in
          solution[place] + solution[count + place] * answers[place][row]
            + (before.isEmpty ? 0 : solution[2 * count] * before[place])
        }
        let values = Self.softmax(logits)
        for place in 0..<count {
          let slope = (values[place] - (places[row] == place ? 1 : 0)) / Double(rows.count)
          gradient[place] += slope
          gradient[count + place] += slope * answers[place][row]
          if !before.isEmpty { gradient[2 * count] += slope * before[place] }
        }
      }
      let rate = 0.05 / (1 + Double(step) / 100)
      for index in solution.indices {
        first[index] = 0.9 * first[index] + 0.1 * gradient[index]
        second[index] = 0.999 * second[index] + 0.001 * gradient[index] * gradient[index]
        let mean = first[index] / (1 - pow(0.9, Double(step)))
        let spread = second[index] / (1 - pow(0.999, Double(step)))
        solution[index] -= rate * mean / (spread.squareRoot() + 1e-8)
      }
    }
    biases = Array(solution[..<count])
    weights = solution[count..<2 * count].map { max(0, $0) }
    share = max(0, solution[2 * count])
  }
}
