internal import AkinSimilarity

/// What was tried, and what came of it.
public struct SearchTrial: Sendable, Equatable {
  /// Values by the names of their settings.
  public var values: [String: String]
  /// What is to be large; `nil` where the attempt failed.
  public var score: Double?

  /// Creates a trial.
  public init(values: [String: String], score: Double?) {
    self.values = values
    self.score = score
  }
}

/// A way to search a space of settings.
///
/// What comes next is a function of the trials so far and of the seed alone, so that a search which
/// was interrupted goes on as if it had not been.
public protocol ParameterSearch: Sendable {
  /// The next values to try; `nil` when nothing is left.
  func next(after trials: [SearchTrial]) -> [String: String]?
}

/// Every combination of evenly spread values, the last parameter changing fastest.
public struct GridSearch: ParameterSearch {
  private let names: [String]
  private let levels: [[String]]

  /// Searches `parameters`.
  ///
  /// - Parameter levels: values of a range; a choice has all of its own.
  public init(_ parameters: [SearchParameter], levels: Int = 5) {
    precondition(levels > 0, "no values")
    names = parameters.map(\.name)
    self.levels = parameters.map { $0.levels(levels) }
  }

  /// Combinations in all; `nil` for more than anybody could try.
  public var count: Int? {
    var count = 1
    for level in levels {
      let (product, isTooLarge) = count.multipliedReportingOverflow(by: level.count)
      if isTooLarge { return nil }
      count = product
    }
    return count
  }

  /// The first combination that has not been tried.
  public func next(after trials: [SearchTrial]) -> [String: String]? {
    let seen = Set(trials.map(\.values))
    for number in 0..<(count ?? .max) {
      let values = combination(number)
      if !seen.contains(values) { return values }
    }
    return nil
  }

  private func combination(_ number: Int) -> [String: String] {
    var (values, rest): ([String: String], Int) = ([:], number)
    for (name, level) in zip(names, levels).reversed() {
      values[name] = level[rest % level.count]
      rest /= level.count
    }
    return values
  }
}

/// Values drawn evenly, each parameter by itself; nothing is tried twice.
///
/// Bergstra and Bengio, *Random search for hyper-parameter optimization* (JMLR 2012).
public struct RandomSearch: ParameterSearch {
  private let parameters: [SearchParameter]
  private let seed: UInt64

  /// Searches `parameters`.
  public init(_ parameters: [SearchParameter], seed: UInt64) {
    self.parameters = parameters
    self.seed = seed
  }

  /// A draw that has not been tried; `nil` where there is none, or only by great luck.
  public func next(after trials: [SearchTrial]) -> [String: String]? {
    let seen = Set(trials.map(\.values))
    var generator = SplitMix64(seed: seed &+ UInt64(trials.count) &* 0x2545_F491_4F6C_DD1D)
    for _ in 0..<1_000 {
      let values = parameters.reduce(into: [:]) { values, parameter in
        values[parameter.name] = parameter.text(at: Double.random(in: 0...1, using: &generator))
      }
      if !seen.contains(values) { return values }
    }
    return GridSearch(parameters, levels: 1_000).isSmall
      ? GridSearch(parameters, levels: 1_000).next(after: trials) : nil
  }
}

extension GridSearch {
  /// Whether all combinations can be walked through.
  fileprivate var isSmall: Bool { (count ?? .max) <= 100_000 }
}
