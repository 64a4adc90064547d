internal import AkinCatalogue

/// A recommender with the settings that are worth trying: where to begin, and which steps may be
/// taken from there.
struct RecommenderFamily: Sendable {
  /// One setting and its values, in order, so that a step up or down is a small change.
  struct Axis: Sendable {
    var name: String
    var values: [String]

    init(_ name: String, _ values: [Float]) {
      self.name = name
      self.values = values.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
    }

    init(_ name: String, words: [String]) {
      self.name = name
      values = words
    }
  }

  var name: RecommenderName
  /// The values to begin with, by setting; there may be several beginnings.
  var starts: [[String: String]]
  var axes: [Axis]

  /// What can be fitted to `interactions` in about `seconds` each, cheap ones first.
  static func all(for interactions: Interactions, seconds: Double) -> [RecommenderFamily] {
    let items = Double(interactions.itemCount)
    var families = [popularity, itemKNN]
    let pairs = interactions.itemCounts().reduce(0.0) { $0 + Double($1) * Double($1) }
    // Sums over shared takers, about 2·10⁸ a second.
    if pairs / 2e8 < seconds { families.append(userKNN) }
    // A blocked inverse: about 10¹¹ additions and multiplications a second.
    if items * items * items / 1e11 < seconds { families.append(ease) }
    families.append(graphFilter(items: interactions.itemCount))
    families.append(ials(items: interactions.itemCount))
    return families
  }

  private static let popularity = RecommenderFamily(name: .popularity, starts: [[:]], axes: [])

  private static let itemKNN = RecommenderFamily(
    name: .itemKNN, starts: [["k": "200", "weighting": "tf-idf"]],
    axes: [
      Axis("k", [10, 20, 50, 100, 200, 500]),
      Axis("weighting", words: ["none", "tf-idf", "bm25"]),
      Axis("shrinkage", [0, 5, 20, 100]),
    ])

  private static let userKNN = RecommenderFamily(
    name: .userKNN, starts: [["k": "200", "similarity": "cosine"]],
    axes: [
      Axis("k", [20, 50, 100, 200, 500, 1000]),
      Axis("similarity", words: ["jaccard", "cosine", "pearson"]),
      Axis("shrinkage", [0, 2, 5, 20]),
    ])

  private static let ease = RecommenderFamily(
    name: .ease,
    starts: [
      [
        "isRelative": "true", "regularisation": "5", "diagonalExponent": "0",
        "userExponent": "0.3", "itemExponent": "0.4", "outputExponent": "0.3",
      ],
      [
        "isRelative": "true", "regularisation": "20", "diagonalExponent": "1",
        "userExponent": "0.3", "itemExponent": "0.3", "outputExponent": "0.1",
      ],
    ],
    axes: [
      Axis("regularisation", [0.5, 1, 2, 5, 10, 20, 40, 80, 160]),
      Axis("diagonalExponent", [0, 0.5, 1]),
      Axis("userExponent", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
      Axis("itemExponent", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
      Axis("outputExponent", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
    ])

  private static func graphFilter(items: Int) -> RecommenderFamily {
    let rank = max(16, min(512, items / 8))
    return RecommenderFamily(
      name: .graphFilter,
      starts: [
        [
          "rank": "\(rank)", "saturation": "3", "userExponent": "0.3", "itemExponent": "0.5",
          "outputExponent": "0.5", "idealWeight": "0",
        ]
      ],
      axes: [
        Axis("saturation", [0, 0.5, 1, 2, 3, 5, 10, 20]),
        Axis("userExponent", [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        Axis("outputExponent", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
        Axis("itemExponent", [0.2, 0.3, 0.4, 0.5, 0.6]),
        Axis("idealWeight", [0, 0.05, 0.1, 0.2, 0.4]),
      ])
  }

  private static func ials(items: Int) -> RecommenderFamily {
    let factors: [Float] = items < 5_000 ? [32, 64, 128] : [64, 128, 256]
    return RecommenderFamily(
      name: .ials,
      starts: [
        [
          "factors": "\(Int(factors[1]))", "alpha": "20", "regularisation": "100",
          "iterations": "12",
        ],
        [
          "factors": "\(Int(factors[2]))", "alpha": "80", "regularisation": "30",
          "iterations": "12",
        ],
      ],
      axes: [
        Axis("alpha", [1, 2, 5, 10, 20, 40, 80, 160]),
        Axis("regularisation", [1, 3, 10, 30, 100, 300]),
        Axis("factors", factors),
      ])
  }
}
