import Foundation
import Testing

@testable import AkinEvaluation

@Suite struct ParameterSearchTests {
  static let space = [
    SearchParameter("x", .real(-5...10)), SearchParameter("y", .real(0...15)),
  ]

  /// Branin's function, whose smallest value is 0.397887.
  static func branin(_ values: [String: String]) -> Double {
    let (x, y) = (Double(values["x"] ?? "") ?? .nan, Double(values["y"] ?? "") ?? .nan)
    let inner = y - 5.1 / (4 * .pi * .pi) * x * x + 5 / .pi * x - 6
    return inner * inner + 10 * (1 - 1 / (8 * .pi)) * cos(x) + 10
  }

  /// The best score of `count` trials.
  static func best(
    _ search: some ParameterSearch, _ count: Int, _ score: ([String: String]) -> Double?
  ) -> Double {
    trials(search, count, score).compactMap(\.score).max() ?? -.infinity
  }

  static func trials(
    _ search: some ParameterSearch, _ count: Int, _ score: ([String: String]) -> Double?
  ) -> [SearchTrial] {
    var trials: [SearchTrial] = []
    for _ in 0..<count {
      guard let values = search.next(after: trials) else { break }
      trials.append(SearchTrial(values: values, score: score(values)))
    }
    return trials
  }

  static let texts: [(String, SearchParameter.Values)] = [
    ("k=10..500:log", .whole(10...500, isLogarithmic: true)),
    ("shrinkage=0..20", .whole(0...20, isLogarithmic: false)),
    ("alpha=0.5..160:log", .real(0.5...160, isLogarithmic: true)),
    ("alpha=-1..0.5", .real(-1...0.5, isLogarithmic: false)),
    ("similarity=cosine,jaccard", .choice(["cosine", "jaccard"])), ("k=7", .choice(["7"])),
  ]

  @Test(arguments: texts) func parametersAreRead(
    _ text: String, _ values: SearchParameter.Values
  ) throws {
    let parameter = try SearchParameter(parsing: text)
    #expect(parameter.values == values)
    #expect(try SearchParameter(parsing: parameter.description) == parameter)
  }

  @Test(arguments: ["k", "=1..2", "k=", "k=5..1", "k=a..b", "k=0..9:log", "k=a,,b", "k=a,a"])
  func otherTextsAreRefused(_ text: String) {
    let error = #expect(throws: SearchSpaceError.self) { try SearchParameter(parsing: text) }
    #expect(error?.description.contains("'\(text)'") == true)
  }

  @Test func placesAndValuesAgree() {
    let factors = SearchParameter("factors", .whole(8...256, isLogarithmic: true))
    for value in [8, 9, 64, 255, 256] {
      let place = factors.place(of: "\(value)")
      #expect(place.map(factors.text(at:)) == "\(value)")
    }
    #expect(factors.place(of: "300") == nil && factors.place(of: "many") == nil)
    let rate = SearchParameter("rate", .real(0.001...1, isLogarithmic: true))
    #expect(rate.text(at: 1.0 / 3) == "0.01" && rate.text(at: 0) == "0.001")
    #expect(abs((rate.place(of: "0.1") ?? 0) - 2.0 / 3) < 1e-12)
  }

  @Test func aGridIsEveryCombinationOnce() {
    let grid = GridSearch(
      [SearchParameter("a", .choice(["p", "q"])), SearchParameter("b", .whole(1...9))], levels: 3)
    #expect(grid.count == 6)
    let tried = Self.trials(grid, 100) { _ in 0 }.map { trial in
      (trial.values["a"] ?? "") + (trial.values["b"] ?? "")
    }
    #expect(tried == ["p1", "p5", "p9", "q1", "q5", "q9"])
  }

  @Test func smallSpacesEnd() {
    let space = [SearchParameter("a", .choice(["p", "q"])), SearchParameter("b", .whole(1...3))]
    for trials in [
      Self.trials(RandomSearch(space, seed: 3), 100) { _ in 0 },
      Self.trials(TreeParzenSearch(space, seed: 3), 100) { _ in 0 },
    ] {
      #expect(trials.count == 6)
      #expect(Set(trials.map(\.values)).count == 6)
    }
  }

  @Test func whatComesNextDependsOnTheTrialsAlone() {
    let whole = Self.trials(TreeParzenSearch(Self.space, seed: 5), 30) { -Self.branin($0) }
    let half = Array(whole.prefix(17))
    #expect(TreeParzenSearch(Self.space, seed: 5).next(after: half) == whole[17].values)
    #expect(TreeParzenSearch(Self.space, seed: 6).next(after: half) != whole[17].values)
  }

  @Test func theEstimatorBeatsChance() {
    let seeds: [UInt64] = Array(0..<10)
    let mean: (_ search: (UInt64) -> any ParameterSearch) -> Double = { search in
      seeds.reduce(0) { $0 - Self.best(search($1), 60) { -Self.branin($0) } } / Double(seeds.count)
    }
    let estimator = mean { TreeParzenSearch(Self.space, seed: $0) }
    let chance = mean { RandomSearch(Self.space, seed: $0) }
    #expect(estimator < 0.6 && estimator < chance * 0.7, "\(estimator) and \(chance) by chance")
  }

  /// Failures are the worst there is; a word that is better is found among eight.
  @Test func choicesAndFailuresAreUnderstood() {
    let words = (0..<8).map { "w\($0)" }
    let space = [
      SearchParameter("word", .choice(words)),
      SearchParameter("rate", .real(1e-4...1, isLogarithmic: true)),
    ]
    let trials = Self.trials(TreeParzenSearch(space, seed: 1), 60) { values in
      let rate = Double(values["rate"] ?? "") ?? 1
      if rate > 0.1 { return nil }
      return (values["word"] == "w5" ? 1 : 0) - abs(log10(rate) + 3)
    }
    let late = trials.suffix(20)
    #expect(late.count { $0.values["word"] == "w5" } > 10)
    #expect(late.count { $0.score == nil } < 4)
  }

  @Test func trialsOutsideTheSpaceAreNoTrouble() {
    let search = TreeParzenSearch(Self.space, seed: 0)
    let foreign = (0..<12).map { SearchTrial(values: ["x": "99", "y": "\($0)"], score: 1) }
    #expect(search.next(after: foreign) != nil)
    #expect(search.next(after: [SearchTrial(values: ["z": "1"], score: nil)]) != nil)
  }
}
