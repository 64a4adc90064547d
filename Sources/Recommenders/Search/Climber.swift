internal import AkinCatalogue

/// One family on its way up: coordinate ascent over its settings.
struct Climber: Sendable {
  let family: RecommenderFamily
  /// The best so far, and its model for each split.
  private(set) var best: RecommenderSearch.Trial?
  private(set) var models: [any Recommender] = []
  /// Settings tried.
  private(set) var trials = 0
  /// Seconds spent, and those of the last attempt.
  private(set) var spent = 0.0
  private(set) var lastSeconds = 0.0
  private(set) var isDone: Bool
  private var position: [String: String] = [:]
  private var seen: Set<[String: String]> = []
  /// Which axis is next, and attempts since the last gain.
  private var axis = 0
  private var idle = 0

  init(_ family: RecommenderFamily) {
    self.family = family
    isDone = family.axes.isEmpty
  }

  var score: Double { best?.score ?? 0 }
  /// What a second spent here is worth.
  var worth: Double { max(1e-9, score * score * score) }

  /// Fits and scores the family with `values`; keeps what is better.
  mutating func attempt(
    _ values: [String: String], _ samples: [ValidationSample],
    _ elapsed: () -> Double, _ report: RecommenderSearch.Report
  ) throws {
    guard seen.insert(values).inserted else { return }
    let settings = try family.name.settings.changing(values)
    let start = elapsed()
    try report(family.name.rawValue, score)
    do {
      var (fitted, found): ([any Recommender], Double) = ([], 0)
      for sample in samples {
        let model = try settings.fit(sample.train) { _, _ in
          try report(family.name.rawValue, score)
        }
        found += try sample.score(model.itemCount, by: model.score) / Double(samples.count)
        fitted.append(model)
      }
      trials += 1
      lastSeconds = elapsed() - start
      spent += lastSeconds
      if best == nil || found > score {
        best = .init(settings: settings, score: found, seconds: lastSeconds)
        models = fitted
        position = values
        idle = 0
      }
    } catch let error as RecommenderError where [.diverged, .tooLarge].contains(error.code) {
      // These settings are no good for this set; others may be.
      lastSeconds = elapsed() - start
      spent += lastSeconds
    }
  }

  /// Tries one step up or down the next axis; done when no axis gains any more.
  mutating func step(
    _ samples: [ValidationSample], _ elapsed: () -> Double,
    _ report: RecommenderSearch.Report
  ) throws {
    guard !isDone, best != nil else {
      isDone = true
      return
    }
    let current = family.axes[axis]
    for values in neighbours(along: current) where !seen.contains(values) {
      let before = score
      try attempt(values, samples, elapsed, report)
      // A gain is followed in its direction before the next axis gets its turn.
      if score <= before { advance() }
      return
    }
    advance()
  }

  private mutating func advance() {
    axis = (axis + 1) % family.axes.count
    idle += 1
    // Every axis has been tried both ways since the last gain.
    if idle > 2 * family.axes.count { isDone = true }
  }

  private func neighbours(along axis: RecommenderFamily.Axis) -> [[String: String]] {
    let place = position[axis.name].flatMap { axis.values.firstIndex(of: $0) }
    let steps = place.map { [$0 + 1, $0 - 1] } ?? [0, axis.values.count / 2]
    return steps.filter(axis.values.indices.contains).map { step in
      var values = position
      values[axis.name] = axis.values[step]
      return values
    }
  }
}
