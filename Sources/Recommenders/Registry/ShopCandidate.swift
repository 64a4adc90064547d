public import AkinCatalogue

/// A recommender worth trying on a shop, under a name of its own.
public struct ShopCandidate: Sendable, Equatable {
  /// How it comes by what it knows.
  public enum Source: Sendable, Equatable {
    /// It learns from interactions.
    case interactions(RecommenderSettings)
    /// It learns from the order of histories: a Markov chain.
    case markov(Markov)
    /// It learns from the order of histories: votes of those alike.
    case sessionNeighbours(SessionNeighbours)
    /// It learns from the order of histories: a network that predicts the next item.
    case network(NextItem)
    /// It knows what products are like.
    case content(ContentModel)
    /// It learns from interactions and from what products are like, together.
    case collective(Collective)
  }

  /// What people call it; no two of a shop's candidates have the same.
  public var name: String
  /// How it comes by what it knows.
  public var source: Source
  /// The form of the interactions it learns from.
  public var form: WeightForm

  /// The candidate that knows something for everybody.
  public static let fallback = "popularity"

  /// What is worth trying on a shop's interactions, cheapest first, with settings that suit their
  /// size: what a shop compares before it blends.
  ///
  /// - Parameters:
  ///   - content: each item's nearest by content; `nil` where nothing is known of that.
  ///   - seed: for what is random.
  public static func all(
    for interactions: Interactions, content: NeighbourLists? = nil, seed: UInt64
  ) -> [ShopCandidate] {
    let day = 86_400.0
    func learnt(_ name: String, _ settings: RecommenderSettings, _ form: WeightForm = .logarithm)
      -> ShopCandidate
    {
      ShopCandidate(name, .interactions(settings), form)
    }
    var candidates = [learnt(fallback, .popularity(Popularity()), .counts)]
    if interactions.times != nil {
      candidates += [
        learnt("trend", .popularity(Popularity(halfLife: 30 * day)), .counts),
        learnt("habit", .habit(Habit(halfLife: 60 * day)), .counts),
        learnt("lasting-habit", .habit(Habit(halfLife: 365 * day)), .counts),
      ]
    } else {
      candidates.append(learnt("habit", .habit(Habit(halfLife: nil)), .counts))
    }
    if let content {
      candidates.append(ShopCandidate("content", .content(ContentModel(content)), .logarithm))
    }
    if OrderedModel.knowsOrder(of: interactions) {
      candidates += [
        ShopCandidate("markov", .markov(Markov(order: 1, reach: 10)), .counts),
        ShopCandidate("session-knn", .sessionNeighbours(SessionNeighbours()), .counts),
      ]
    }
    candidates += [
      learnt("item-knn", .itemKNN(ItemKNN())), learnt("user-knn", .userKNN(UserKNN())),
    ]
    let factors = interactions.itemCount < 2_000 ? 32 : 64
    candidates.append(learnt("ials", .ials(ImplicitALS(factors: factors, seed: seed))))
    // The inverse grows with the cube of the items: beyond these it would take the whole budget.
    if interactions.itemCount <= largestForEASE { candidates.append(learnt("ease", .ease(EASE()))) }
    if let content {
      let base: RecommenderSettings =
        interactions.itemCount <= largestForEASE
        ? .ease(EASE()) : .ials(ImplicitALS(factors: factors, seed: seed))
      let fused = Collective(base, alike: ContentModel(content), weight: sideWeight)
      candidates.append(
        ShopCandidate("fused-\(base.name.rawValue)", .collective(fused), .logarithm))
    }
    return candidates
  }

  /// What a row of products that are alike weighs beside a shopper's.
  static let sideWeight: Float = 0.3

  /// The most items that a shop's EASE is fitted to.
  public static let largestForEASE = 6_000

  /// Creates a candidate.
  public init(_ name: String, _ source: Source, _ form: WeightForm) {
    self.name = name
    self.source = source
    self.form = form
  }

  /// Learns from `interactions`, which are in the candidate's form.
  ///
  /// - Parameter former: the candidate's model of a part of the interactions, from which a network
  ///   goes on; others begin anew.
  /// - Throws: as ``RecommenderAlgorithm/fit(_:progress:)``.
  public func fit(
    _ interactions: Interactions, from former: (any Recommender)? = nil, progress: FitProgress
  ) throws -> any Recommender {
    switch source {
    case .interactions(let settings):
      return try settings.fit(interactions, progress: progress)
    case .markov(let chain):
      return try OrderedModel.fitting(chain, to: interactions, progress: progress)
    case .sessionNeighbours(let neighbours):
      return try OrderedModel.fitting(neighbours, to: interactions, progress: progress)
    case .network(let network):
      return try OrderedModel.fitting(
        network, to: interactions, from: former as? OrderedModel, progress: progress)
    case .collective(let collective):
      return try collective.fit(interactions, progress: progress)
    case .content(let model):
      try RecommenderError.check(interactions.itemCount, against: model.itemCount)
      return model
    }
  }

  /// Its settings in words.
  public var summary: String {
    switch source {
    case .interactions(let settings): settings.summary
    case .markov(let chain): "order \(chain.order), reach \(chain.reach)"
    case .sessionNeighbours(let settings):
      "\(settings.neighbours) neighbours, last \(settings.longest) items"
    case .network(let network): network.summary
    case .collective(let collective): collective.summary
    case .content(let model): "\(model.similarity.columns.count) pairs of alike products"
    }
  }
}
