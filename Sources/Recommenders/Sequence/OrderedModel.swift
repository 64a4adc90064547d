public import AkinCatalogue

/// A sequence recommender as a recommender over interactions: histories are read in the order of
/// their times, equal times in the order of items. An item stands where it was last taken.
///
/// So that what comes next can be blended with what is liked. Scores say how likely each item is to
/// be the next one.
public struct OrderedModel: Recommender {
  /// What is put before the inner model's kind.
  public static let kind = "ordered"
  private static let prefix = kind + "."

  /// What reads the sequences.
  public let model: any SequenceRecommender
  /// The number of items that are ranked.
  public var itemCount: Int { model.itemCount }

  /// Reads histories for `model`.
  public init(_ model: any SequenceRecommender) { self.model = model }

  /// Learns from the shoppers' histories in their order.
  ///
  /// - Throws: ``RecommenderError`` `noInteractions`; as `fit` of `algorithm`.
  public static func fitting(
    _ algorithm: some SequenceAlgorithm, to interactions: Interactions, progress: FitProgress
  ) throws -> OrderedModel {
    OrderedModel(
      try algorithm.fit(sequences(of: interactions), validation: nil, progress: progress))
  }

  /// All histories, oldest deeds first.
  static func sequences(of interactions: Interactions) -> Sequences {
    var sequences = Sequences(itemCount: interactions.itemCount)
    for user in 0..<interactions.userCount {
      sequences.append(ordered(user, of: interactions))
    }
    return sequences
  }

  /// Whether there is an order to learn from: most of what shoppers took was taken at a moment of
  /// its own, not in a basket of one time. O(n · log of a history).
  public static func knowsOrder(of interactions: Interactions) -> Bool {
    guard let times = interactions.times else { return false }
    var alone = 0
    for user in 0..<interactions.userCount {
      let moments = times[interactions.range(of: user)].sorted()
      for (place, moment) in moments.enumerated() {
        let isShared =
          (place > 0 && moments[place - 1] == moment)
          || (place + 1 < moments.count && moments[place + 1] == moment)
        if !isShared { alone += 1 }
      }
    }
    return alone * 2 > interactions.count
  }

  /// A history, oldest first.
  static func ordered(_ user: Int, of histories: Interactions) -> [Int32] {
    let entries = histories.range(of: user)
    guard let times = histories.times else { return Array(histories.items[entries]) }
    return entries.sorted { (times[$0], $0) < (times[$1], $1) }.map { histories.items[$0] }
  }

  /// As the inner model; of a network the softmax, as a blend needs shares of the largest score.
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    try RecommenderError.check(shoppers.histories.itemCount, against: itemCount)
    scores.update(repeating: 0)
    var places: [Int] = []
    var histories: [ArraySlice<Int32>] = []
    for (place, user) in shoppers.rows.enumerated() where !shoppers.histories[user].isEmpty {
      places.append(place)
      histories.append(Self.ordered(user, of: shoppers.histories)[...])
    }
    if histories.count == shoppers.count { return try answer(histories, into: scores) }
    // Sequence recommenders take no empty histories: the others are scored apart.
    var own = [Float](repeating: 0, count: histories.count * itemCount)
    guard !histories.isEmpty else { return }
    try own.withUnsafeMutableBufferPointer { try answer(histories, into: $0) }
    for (index, place) in places.enumerated() {
      _ = scores[(place * itemCount)...].update(
        fromContentsOf: own[index * itemCount..<(index + 1) * itemCount])
    }
  }

  private func answer(
    _ histories: [ArraySlice<Int32>], into scores: UnsafeMutableBufferPointer<Float>
  ) throws {
    if let network = model as? NextItemModel {
      try network.probabilities(histories, into: scores)
    } else {
      try model.score(histories, into: scores)
    }
  }

  /// What comes after `item` alone.
  public func similarItems(to item: Int, k: Int) throws -> [Neighbour] {
    try recommend(for: Shoppers(history: [item], itemCount: itemCount), k: k)
  }

  /// The inner model's parts.
  public func archived() throws -> ModelArchive {
    var archive = try model.archived()
    archive.kind = Self.prefix + archive.kind
    return archive
  }

  /// Whether an archive is of such a model.
  static func isKind(_ kind: String) -> Bool { kind.hasPrefix(prefix) }

  /// Takes the inner model's parts.
  public init(_ archive: ModelArchive) throws {
    guard Self.isKind(archive.kind) else { throw archive.damaged("is of another kind") }
    var inner = archive
    inner.kind = String(archive.kind.dropFirst(Self.prefix.count))
    self.init(try SequenceModels.load(inner))
  }
}
