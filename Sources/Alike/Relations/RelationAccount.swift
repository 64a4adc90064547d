/// The type of a pair with its probability and the evidence.
public struct RelationAccount: Sendable, Codable, Equatable {
  /// The type.
  public var relation: Relation
  /// How likely the pair is of the type.
  public var probability: Float
  /// The logarithm of the odds of the type against "unrelated": the sum of the parts.
  public var score: Float
  /// The parts, the weightiest first: `text`, `attributes`, `category`, `made for`, `price`,
  /// `behaviour`, `links`, `base`.
  public var parts: [LikenessAccount.Part]
}

/// Types pairs by a prior and, where a shop was trained, by what its pairs taught.
public struct RelationJudge: Sendable {
  private let prior: RelationPrior
  /// What was learnt; `nil` before the first training.
  public let model: RelationModel?

  /// A judge; without a model the prior decides alone.
  public init(model: RelationModel? = nil, prior: RelationPrior = RelationPrior()) {
    self.model = model
    self.prior = prior
  }

  /// The prior's log-odds of each of `Relation.allCases` from indirect numbers alone: what a model
  /// is trained beside.
  public static func priorLogits(_ row: [Float], prior: RelationPrior = RelationPrior())
    -> [Double]
  {
    prior.logits(row, in: 0..<RelationSignals.indirectCount, withBase: true)
  }

  /// The numbers of `row` that a model is trained on: all but the direct ones, then what a graph of
  /// known links says.
  public static func learnable(_ row: [Float], links: [Float]) -> [Float] {
    Array(row[..<RelationSignals.indirectCount]) + links
  }

  /// The probability of each of `Relation.allCases`. O(numbers), with a model O(trees · depth).
  ///
  /// - Parameters:
  ///   - row: the numbers of ``RelationSignals``.
  ///   - links: what the graph of known links says, where the model was trained with one.
  public func probabilities(_ row: [Float], links: [Float] = []) -> [Double] {
    RelationModel.softmax(logits(row, links))
  }

  /// The type that is most likely, with its probability. O(numbers).
  public func verdict(_ row: [Float], links: [Float] = []) -> (Relation, Float) {
    let values = probabilities(row, links: links)
    let best = values.indices.max { values[$0] < values[$1] } ?? Relation.unrelated.ordinal
    return (Relation.allCases[best], Float(values[best]))
  }

  private func logits(_ row: [Float], _ links: [Float]) -> [Double] {
    guard let model else {
      return prior.logits(row, in: 0..<row.count, withBase: true)
    }
    let before = prior.logits(row, in: 0..<RelationSignals.indirectCount, withBase: true)
    let direct = prior.logits(row, in: RelationSignals.direct, withBase: false)
    let learnt = model.logits(Self.learnable(row, links: links), prior: before)
    var result = before
    let reference = model.relations.firstIndex(of: .unrelated).map { learnt[$0] } ?? 0
    for (place, relation) in model.relations.enumerated() {
      result[relation.ordinal] = learnt[place] - reference
    }
    return zip(result, direct).map { $0 + $1 }
  }

  /// Why a pair is of a type: parts that add up to its score. O(numbers + trees · depth).
  ///
  /// - Parameter details: for each source what was seen, for people.
  public func account(
    _ row: [Float], links: [Float] = [], as relation: Relation,
    details: [RelationSignals.Source: [String]] = [:]
  ) -> RelationAccount {
    let logits = logits(row, links)
    var sums: [RelationSignals.Source: Double] = [:]
    let before = prior.parts(row, relation)
    let isLearnt = model?.relations.contains(relation) ?? false
    let share = isLearnt ? model?.share ?? 1 : 1
    for (place, part) in before.enumerated() {
      let isDirect = RelationSignals.direct.contains(place)
      sums[RelationSignals.sources[place], default: 0] += Double(part) * (isDirect ? 1 : share)
    }
    if relation != .unrelated {
      sums[.base, default: 0] += share * Double(prior.base[relation.ordinal])
    }
    if let model, isLearnt {
      let numbers = Self.learnable(row, links: links)
      for (sign, type) in [(1.0, relation), (-1.0, Relation.unrelated)] {
        guard let (base, parts) = model.parts(numbers, type) else { continue }
        sums[.base, default: 0] += sign * base
        for (place, part) in parts.enumerated() {
          let source =
            place < RelationSignals.indirectCount ? RelationSignals.sources[place] : .links
          sums[source, default: 0] += sign * part
        }
      }
    }
    let parts = RelationSignals.Source.allCases.compactMap { source -> LikenessAccount.Part? in
      guard let sum = sums[source], abs(sum) > 1e-6 else { return nil }
      return .init(
        source: source.rawValue, contribution: Float(sum), detail: details[source] ?? [])
    }.sorted { abs($0.contribution) > abs($1.contribution) }
    return RelationAccount(
      relation: relation,
      probability: Float(RelationModel.softmax(logits)[relation.ordinal]),
      score: Float(logits[relation.ordinal] - logits[Relation.unrelated.ordinal]), parts: parts)
  }
}
