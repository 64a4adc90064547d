public import AkinCatalogue

/// What a shopper might want next, from the neighbours of what he looked at last.
///
/// Session-based k-nearest neighbours over items: candidate *c* scores
///
///     Σ_h  w(h) · Σ_s  v(s) · list_s(h, c)
///
/// over the history *h* and the sources *s* (baskets, content). A history's weight halves with every
/// `halfLife` further steps back, after the decay of Jannach and Ludewig, *When recurrent neural
/// networks meet the neighborhood for session-based recommendation* (RecSys 2017). Parts of one
/// candidate are kept apart, so that the answer can say why.
public struct HistoryFusion: Sendable {
  /// One thing that a shopper did.
  public struct Step: Sendable, Equatable {
    /// The product's ordinal.
    public var item: Int
    /// How much the deed says, 1 for a look.
    public var weight: Float

    /// Creates a step.
    public init(item: Int, weight: Float) {
      self.item = item
      self.weight = weight
    }
  }

  /// A source of neighbours and how much it counts.
  public struct Source: Sendable {
    /// Its name in the evidence.
    public var name: String
    /// Its weight.
    public var weight: Float

    /// Creates a source.
    public init(name: String, weight: Float) {
      self.name = name
      self.weight = weight
    }
  }

  /// Steps back at which a deed counts half.
  public var halfLife: Float
  /// Steps that are looked at.
  public var reach: Int

  /// Creates the measure.
  public init(halfLife: Float = 3, reach: Int = 20) {
    self.halfLife = halfLife
    self.reach = reach
  }

  /// Candidates of a history, best first; products of the history itself are none.
  ///
  /// - Parameters:
  ///   - history: newest first.
  ///   - sources: the sources, each with its weight.
  ///   - neighbours: the list of an item from the source at an index of `sources`.
  /// - Complexity: O(reach · Σ length of lists).
  public func candidates(
    history: [Step], sources: [Source], neighbours: (_ source: Int, _ item: Int) -> [Neighbour]
  ) -> [Candidate] {
    let seen = Set(history.map(\.item))
    var found: [Int: Candidate] = [:]
    for (age, step) in history.prefix(reach).enumerated() {
      let decay = Float(0.5).raised(to: Float(age) / halfLife) * step.weight
      for (index, source) in sources.enumerated() {
        for neighbour in neighbours(index, step.item) where !seen.contains(neighbour.item) {
          let part = decay * source.weight * neighbour.score
          guard part > 0 else { continue }
          found[neighbour.item, default: Candidate(item: neighbour.item, score: 0)]
            .add(Evidence(source: source.name, because: step.item, score: part))
        }
      }
    }
    return found.values.sorted { $0.precedes($1) }.map { candidate in
      var candidate = candidate
      candidate.evidence.sort { $0.score > $1.score }
      return candidate
    }
  }
}

extension Candidate {
  fileprivate mutating func add(_ part: Evidence) {
    score += part.score
    evidence.append(part)
  }
}
