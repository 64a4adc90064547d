/// Several sequence recommenders as one: a weighted mean of what each takes for the probability of
/// the next item (the linear opinion pool, Stone, 1961).
///
/// Logits of a ``NextItemModel`` become a softmax; votes and counts are divided by their sum.
public struct SequenceBlend: SequenceRecommender {
  /// `sequence-blend`.
  public static let kind = "sequence-blend"

  /// One recommender.
  public struct Part: Sendable {
    /// What people call it.
    public var name: String
    /// What its probabilities count; positive.
    public var weight: Float
    /// The recommender.
    public var model: any SequenceRecommender

    /// Creates a part.
    public init(name: String, weight: Float, model: any SequenceRecommender) {
      (self.name, self.weight, self.model) = (name, weight, model)
    }
  }

  /// The recommenders, of which each ranks the same items.
  public let parts: [Part]
  /// The number of items that are ranked.
  public let itemCount: Int
  /// Whether probabilities are those of items that are not in the history.
  public let excludesHistory: Bool

  /// Joins recommenders.
  ///
  /// - Throws: ``RecommenderError`` `badSetting` without parts or for a weight that is not
  ///   positive, `wrongItems` when they do not rank equally many items.
  public init(_ parts: [Part], excludesHistory: Bool) throws(RecommenderError) {
    guard let first = parts.first, parts.allSatisfy({ $0.weight > 0 && $0.weight.isFinite }) else {
      throw RecommenderError(
        .badSetting, "a blend needs at least one recommender, and positive weights")
    }
    for part in parts {
      try RecommenderError.check(part.model.itemCount, against: first.model.itemCount)
    }
    (self.parts, self.excludesHistory) = (parts, excludesHistory)
    itemCount = first.model.itemCount
  }

  /// Weighted probabilities. O(parts · items) a history beside the parts' own work.
  public func score(
    _ histories: [ArraySlice<Int32>], into scores: UnsafeMutableBufferPointer<Float>
  ) throws {
    scores.update(repeating: 0)
    let own = UnsafeMutableBufferPointer<Float>.allocate(capacity: scores.count)
    defer { own.deallocate() }
    own.initialize(repeating: 0)
    for part in parts {
      try Self.probabilities(
        of: part.model, histories, excludesHistory: excludesHistory, into: own)
      for row in histories.indices {
        let range = row * itemCount..<(row + 1) * itemCount
        let line = UnsafeMutableBufferPointer(rebasing: own[range])
        for (index, item) in range.enumerated() { scores[item] += part.weight * line[index] }
      }
    }
  }

  /// Scores as probabilities of each history; where it is left out, its items get 0.
  static func probabilities(
    of model: any SequenceRecommender, _ histories: [ArraySlice<Int32>], excludesHistory: Bool,
    into scores: UnsafeMutableBufferPointer<Float>
  ) throws {
    if let network = model as? NextItemModel {
      try network.probabilities(histories, into: scores)
    } else {
      try model.score(histories, into: scores)
    }
    let itemCount = model.itemCount
    for (row, history) in histories.enumerated() {
      let line = UnsafeMutableBufferPointer(
        rebasing: scores[row * itemCount..<(row + 1) * itemCount])
      if excludesHistory {
        for item in history where Int(item) < itemCount { line[Int(item)] = 0 }
      }
      var sum: Float = 0
      for score in line { sum += score }
      guard sum > 0 else { continue }
      let scale = 1 / sum
      for index in line.indices { line[index] *= scale }
    }
  }

  /// All parts in one file.
  public func archived() throws -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    archive.notes["parts"] = String(parts.count)
    archive.notes["excludesHistory"] = excludesHistory ? "1" : "0"
    for (index, part) in parts.enumerated() {
      let own = try part.model.archived()
      archive.notes["\(index)|kind"] = own.kind
      archive.notes["\(index)|name"] = part.name
      archive.notes["\(index)|weight"] = String(part.weight)
      for (name, value) in own.notes { archive.notes["\(index).\(name)"] = value }
      for (name, value) in own.integers { archive.integers["\(index).\(name)"] = value }
      for (name, value) in own.floats { archive.floats["\(index).\(name)"] = value }
    }
    return archive
  }

  /// Takes the parts.
  public init(_ archive: ModelArchive) throws {
    let parts = try (0..<archive.whole("parts")).map { index in
      guard let kind = archive.notes["\(index)|kind"], let name = archive.notes["\(index)|name"]
      else { throw archive.damaged("lacks part \(index)") }
      var own = ModelArchive(kind: kind)
      let prefix = "\(index)."
      func parts<Value>(_ all: [String: Value]) -> [String: Value] {
        var own: [String: Value] = [:]
        for (name, value) in all where name.hasPrefix(prefix) {
          own[String(name.dropFirst(prefix.count))] = value
        }
        return own
      }
      (own.notes, own.integers) = (parts(archive.notes), parts(archive.integers))
      own.floats = parts(archive.floats)
      return Part(
        name: name, weight: try archive.real("\(index)|weight"),
        model: try SequenceModels.load(own))
    }
    do {
      try self.init(parts, excludesHistory: archive.whole("excludesHistory") == 1)
    } catch { throw archive.damaged("has parts that do not fit together: \(error)") }
  }
}

/// The sequence recommenders there are.
public enum SequenceModels {
  /// The model of an archive, whatever its kind.
  ///
  /// - Throws: ``RecommenderError`` `damaged` for another kind, or parts that do not fit.
  public static func load(_ archive: ModelArchive) throws -> any SequenceRecommender {
    switch archive.kind {
    case MarkovModel.kind: try MarkovModel(archive)
    case SessionNeighboursModel.kind: try SessionNeighboursModel(archive)
    case NextItemModel.kind: try NextItemModel(archive)
    case SequenceBlend.kind: try SequenceBlend(archive)
    default: throw archive.damaged("is no sequence recommender")
    }
  }
}
