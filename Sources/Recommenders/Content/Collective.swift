public import AkinCatalogue

/// Behaviour and content in one model: rows of items that belong together (the products of one
/// brand, a product and those like it) stand below the rows of the shoppers, and one model explains
/// both.
///
///     min over B of |X − X·B|² + w² · |T − T·B|² + λ|B|²      (EASE, SLIM, the graph filter)
///     min over x, y, z of |X − x·yᵀ|² + |T − z·yᵀ|² + …       (iALS, weighed by confidence)
///
/// The first is the collective form of Jeunen, Van Balen and Goethals, *Closed-form models for
/// collaborative filtering with side-information* (RecSys 2020), the second collective matrix
/// factorisation (Singh and Gordon, KDD 2008). A product nobody has taken has a place in the model
/// by what it is like. What comes out is a model of the base's kind.
public struct Collective: Sendable, Equatable {
  /// What learns.
  public var base: RecommenderSettings
  /// Rows of items that belong together; a weight says how much an item belongs.
  public var side: Interactions
  /// w: what those rows weigh beside shoppers.
  public var weight: Float

  /// Recommenders that a side can be put below: they score by the history alone.
  public static let bases: [RecommenderName] = [.ease, .ials, .slim, .graphFilter, .itemKNN]

  /// Creates the recommender.
  public init(_ base: RecommenderSettings, side: Interactions, weight: Float) {
    (self.base, self.side, self.weight) = (base, side, weight)
  }

  /// With a row for each item that has any like it: itself, and the nearest by their likeness.
  ///
  /// - Parameter nearest: of each item's list, at most.
  public init(
    _ base: RecommenderSettings, alike content: ContentModel, nearest: Int = 10, weight: Float
  ) {
    var rows = InteractionsBuilder()
    for item in 0..<content.itemCount {
      let own = content.similarItems(to: item, k: nearest)
      guard !own.isEmpty else { continue }
      rows.append(user: item, item: item)
      for other in own { rows.append(user: item, item: other.item, weight: other.score) }
    }
    self.init(
      base, side: rows.build(userCount: content.itemCount, itemCount: content.itemCount),
      weight: weight)
  }

  /// Learns from `interactions` and the side.
  ///
  /// - Throws: ``RecommenderError`` `badSetting` for a base that takes no side or a weight that is
  ///   not positive, `wrongItems` where the side has more items than the interactions; as the base's
  ///   `fit`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> any Recommender {
    guard Self.bases.contains(base.name) else {
      let names = Self.bases.map(\.rawValue).joined(separator: ", ")
      throw RecommenderError(
        .badSetting, "\(base.name.rawValue) takes no side information; \(names) do")
    }
    guard weight > 0, weight.isFinite else {
      throw RecommenderError(.badSetting, "a side's weight must be positive, not \(weight)")
    }
    guard side.itemCount <= interactions.itemCount else {
      throw RecommenderError(
        .wrongItems,
        "the side counts \(side.itemCount) items, the interactions \(interactions.itemCount)")
    }
    let model = try base.fit(stacked(on: interactions), progress: progress)
    // Only shoppers are kept: the side has done its work in the items' factors.
    if let factors = (model as? ImplicitALSModel)?.factors {
      return ImplicitALSModel(factors: factors.keepingUsers(interactions.userCount))
    }
    return model
  }

  private func stacked(on interactions: Interactions) -> Interactions {
    var rows = InteractionsBuilder()
    for user in 0..<interactions.userCount {
      for entry in interactions.range(of: user) {
        rows.append(
          user: user, item: Int(interactions.items[entry]),
          weight: interactions.weights?[entry] ?? 1)
      }
    }
    for row in 0..<side.userCount {
      for entry in side.range(of: row) {
        rows.append(
          user: interactions.userCount + row, item: Int(side.items[entry]),
          weight: weight * (side.weights?[entry] ?? 1))
      }
    }
    return rows.build(
      userCount: interactions.userCount + side.userCount, itemCount: interactions.itemCount)
  }

  /// Its settings in words.
  public var summary: String {
    "\(base.summary); \(side.userCount) rows of what belongs together, weight \(weight)"
  }
}
