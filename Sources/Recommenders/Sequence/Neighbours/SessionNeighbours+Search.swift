public import AkinCatalogue

extension SessionNeighbours {
  /// Settings chosen one after the other, each the best on `cases` with the others as they are;
  /// several rounds, until nothing changes or the time is over.
  ///
  /// - Parameters:
  ///   - cases: validation cases that are no part of `sequences`; at most ``searchCases`` of them
  ///     are ranked for each trial.
  ///   - seconds: after which no trial begins.
  ///   - progress: called with trials done and trials of a round; throws to stop.
  /// - Returns: the settings and how they rank the cases.
  public func tuned(
    on sequences: Sequences, _ cases: SequenceCases, excludesHistory: Bool, rounds: Int = 2,
    seconds: Double? = nil, searchCases: Int = 4_000, progress: FitProgress = { _, _ in }
  ) throws -> (settings: SessionNeighbours, ranks: CaseRanks) {
    var model = try fit(sequences, validation: nil) { _, _ in }
    let cases = cases.spread(over: searchCases)
    func measure(_ settings: SessionNeighbours) throws -> CaseRanks {
      model.settings = settings
      return try CaseRanks.measure(
        cases, itemCount: model.itemCount, excludesHistory: excludesHistory, scoring: model.score)
    }
    let clock = ContinuousClock()
    let began = clock.now
    var (best, ranks) = (self, try measure(self))
    for _ in 0..<rounds {
      let before = best
      for (index, choices) in Self.choices.enumerated() {
        try progress(index, Self.choices.count)
        for change in choices {
          if let seconds, began.duration(to: clock.now) > .seconds(seconds) { return (best, ranks) }
          var trial = best
          change(&trial)
          guard trial != best else { continue }
          let reached = try measure(trial)
          if reached.deciding > ranks.deciding { (best, ranks) = (trial, reached) }
        }
      }
      if best == before { break }
    }
    return (best, ranks)
  }

  private typealias Change = (inout SessionNeighbours) -> Void

  private static var choices: [[Change]] {
    func each<Value>(
      _ path: WritableKeyPath<SessionNeighbours, Value>, _ values: [Value]
    ) -> [Change] {
      values.map { value in { $0[keyPath: path] = value } }
    }
    return [
      each(\.recency, [0.2, 0.4, 0.6, 0.8, 0.95, 1]),
      each(\.rarity, [0, 0.5, 1, 1.5]),
      each(\.lengthPenalty, [0, 0.25, 0.5, 0.75, 1]),
      each(\.forward, [0.3, 0.5, 0.7, 0.85, 1]),
      each(\.backward, [0, 0.25, 0.5, 0.75, 1]),
      each(\.ageing, [0, 1, 2, 4, 8]),
      each(\.novelty, [-0.25, 0, 0.25, 0.5]),
      each(\.neighbours, [100, 250, 500, 1_000, 2_000]),
      each(\.candidates, [1_000, 2_500, 5_000, 20_000]),
    ]
  }
}
