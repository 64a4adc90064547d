public import AkinCatalogue

/// A recommender worth trying on a shop, under a name of its own.
public struct ShopCandidate: Sendable, Equatable {
  /// What people call it; no two of a shop's candidates have the same.
  public var name: String
  /// The recommender.
  public var settings: RecommenderSettings
  /// The form of the interactions it learns from.
  public var form: WeightForm

  /// The candidate that knows something for everybody.
  public static let fallback = "popularity"

  /// What is worth trying on a shop's interactions, cheapest first, with settings that suit their
  /// size: what a shop compares before it blends.
  ///
  /// - Parameter seed: for what is random.
  public static func all(for interactions: Interactions, seed: UInt64) -> [ShopCandidate] {
    let day = 86_400.0
    var candidates = [ShopCandidate(fallback, .popularity(Popularity()), .counts)]
    if interactions.times != nil {
      candidates += [
        ShopCandidate("trend", .popularity(Popularity(halfLife: 30 * day)), .counts),
        ShopCandidate("habit", .habit(Habit(halfLife: 60 * day)), .counts),
        ShopCandidate("lasting-habit", .habit(Habit(halfLife: 365 * day)), .counts),
      ]
    } else {
      candidates.append(ShopCandidate("habit", .habit(Habit(halfLife: nil)), .counts))
    }
    candidates += [
      ShopCandidate("item-knn", .itemKNN(ItemKNN()), .logarithm),
      ShopCandidate("user-knn", .userKNN(UserKNN()), .logarithm),
    ]
    let factors = interactions.itemCount < 2_000 ? 32 : 64
    candidates.append(
      ShopCandidate("ials", .ials(ImplicitALS(factors: factors, seed: seed)), .logarithm))
    // The inverse grows with the cube of the items: beyond these it would take the whole budget.
    if interactions.itemCount <= 6_000 {
      candidates.append(ShopCandidate("ease", .ease(EASE()), .logarithm))
    }
    return candidates
  }

  /// Creates a candidate.
  public init(_ name: String, _ settings: RecommenderSettings, _ form: WeightForm) {
    self.name = name
    self.settings = settings
    self.form = form
  }
}
