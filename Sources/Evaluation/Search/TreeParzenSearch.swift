internal import AkinSimilarity
internal import Foundation

/// The tree-structured Parzen estimator: tries next what is likely among the good settings so far
/// and unlikely among the others.
///
/// Both sides are mixtures of kernels over whole settings, one around each trial and an even one, so
/// that settings which are good only together are found together. Bergstra et al., *Algorithms for
/// hyper-parameter optimization* (NIPS 2011); kernels over all parameters at once after Falkner,
/// Klein and Hutter, *BOHB* (ICML 2018). O(candidates · trials · parameters) a proposal.
public struct TreeParzenSearch: ParameterSearch {
  private let parameters: [SearchParameter]
  private let seed: UInt64
  private let random: RandomSearch
  /// Random trials before the estimator begins.
  public var beginnings = 10
  /// The share of the trials that counts as good.
  public var goodShare = 0.15
  /// Proposals drawn from the good side, of which the best is tried.
  public var candidates = 48

  /// Searches `parameters`.
  public init(_ parameters: [SearchParameter], seed: UInt64) {
    self.parameters = parameters
    self.seed = seed
    random = RandomSearch(parameters, seed: seed)
  }

  /// Values that are likely to be good; random ones at the beginning, and where all that is likely
  /// has been tried.
  public func next(after trials: [SearchTrial]) -> [String: String]? {
    // Trials outside the space, such as the settings somebody began with, teach nothing here.
    let known = trials.compactMap { trial in places(of: trial).map { ($0, trial.score) } }
    guard known.count >= beginnings else { return random.next(after: trials) }
    let ranked = known.sorted { ($0.1 ?? -.infinity) > ($1.1 ?? -.infinity) }.map(\.0)
    let share = Int((goodShare * Double(ranked.count)).rounded(.up))
    let good = max(1, min(25, share))
    let likely = Mixture(Array(ranked.prefix(good)), parameters)
    let unlikely = Mixture(Array(ranked.dropFirst(good)), parameters)
    let seen = Set(trials.map(\.values))
    var generator = SplitMix64(seed: seed &+ UInt64(trials.count) &* 0x9E6C_63D0_876A_3F35)
    var (best, bestScore): ([String: String]?, Double) = (nil, -.infinity)
    for _ in 0..<candidates {
      let drawn = likely.draw(using: &generator)
      let values = Dictionary(
        uniqueKeysWithValues: zip(parameters, drawn).map { ($0.name, $0.text(at: $1)) })
      guard !seen.contains(values) else { continue }
      let score = likely.logDensity(at: drawn) - unlikely.logDensity(at: drawn)
      if score > bestScore { (best, bestScore) = (values, score) }
    }
    return best ?? random.next(after: trials)
  }

  private func places(of trial: SearchTrial) -> [Double]? {
    var places: [Double] = []
    for parameter in parameters {
      guard let place = trial.values[parameter.name].flatMap(parameter.place(of:)) else {
        return nil
      }
      places.append(place)
    }
    return places
  }
}

/// Kernels around points of the unit cube, and an even density, all of the same weight.
private struct Mixture {
  private let centres: [[Double]]
  /// The number of words of a choice, `nil` for a range.
  private let words: [Int?]
  private let width: Double

  init(_ centres: [[Double]], _ parameters: [SearchParameter]) {
    self.centres = centres
    words = parameters.map {
      if case .choice(let words) = $0.values { words.count } else { nil }
    }
    // Scott's rule, but never so narrow that only what was tried is tried again.
    let count = Double(max(1, centres.count))
    let scott = 0.2 * pow(count, -1 / Double(parameters.count + 4))
    width = max(scott, 1 / min(100, count + 1) * 0.1)
  }

  func draw(using generator: inout SplitMix64) -> [Double] {
    let kernel = Int.random(in: 0...centres.count, using: &generator)
    return words.indices.map { index in
      guard kernel < centres.count else { return Double.random(in: 0...1, using: &generator) }
      let centre = centres[kernel][index]
      if words[index] != nil {
        // Half of a choice's weight stays where it is, half is spread over all words.
        return Bool.random(using: &generator)
          ? centre : Double.random(in: 0...1, using: &generator)
      }
      return normal(around: centre, using: &generator)
    }
  }

  func logDensity(at point: [Double]) -> Double {
    let logs = centres.map { centre in
      words.indices.reduce(0.0) { $0 + logKernel(centre[$1], point[$1], words[$1]) }
    }
    let top = max(0, logs.max() ?? 0)
    let sum = exp(-top) + logs.reduce(0) { $0 + exp($1 - top) }
    return top + log(sum / Double(centres.count + 1))
  }

  /// The density of one kernel along one parameter, relative to an even one.
  private func logKernel(_ centre: Double, _ place: Double, _ words: Int?) -> Double {
    if let words {
      let isSame = Int(centre * Double(words)) == min(words - 1, Int(place * Double(words)))
      return log(isSame ? (Double(words) + 1) / 2 : 0.5)
    }
    let distance = (place - centre) / width
    let inside = upperTail(-centre / width) - upperTail((1 - centre) / width)
    return -distance * distance / 2 - log(width * (2 * Double.pi).squareRoot() * inside)
  }

  /// The share of a standard normal above `x`.
  private func upperTail(_ x: Double) -> Double { erfc(x / 2.0.squareRoot()) / 2 }

  /// A normal draw inside `0 ... 1` (Box and Muller, 1958; draws outside are drawn again).
  private func normal(around centre: Double, using generator: inout SplitMix64) -> Double {
    for _ in 0..<100 {
      let (first, second) = (
        Double.random(in: 0..<1, using: &generator), Double.random(in: 0..<1, using: &generator)
      )
      let radius = (-2 * log(1 - first)).squareRoot()
      let place = centre + width * radius * cos(2 * .pi * second)
      if (0...1).contains(place) { return place }
    }
    return centre
  }
}
