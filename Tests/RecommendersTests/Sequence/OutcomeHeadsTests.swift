import Foundation
import Testing

@testable import AkinRecommenders

@Suite struct OutcomeHeadsTests {
  private static let day = 86_400.0

  /// Shoppers who come at even or uneven times: after item 0 they come back within a day and buy, after
  /// item 1 in nine days. Which of them comes when only the items tell.
  private static func steps(_ shoppers: Int) -> ShopperSteps {
    var state: UInt64 = 9
    func coin() -> Bool {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 63 == 1
    }
    var steps = ShopperSteps(itemCount: 3)
    for shopper in 0..<shoppers {
      var own: [ShopperSteps.Step] = []
      var time = Double(shopper) * 3_000
      while own.count < 60 {
        let isSoon = coin()
        own.append(.init(time: time, items: [isSoon ? 0 : 1, 2], isPurchase: true))
        time += (isSoon ? 1 : 9) * day
      }
      steps.append(own)
    }
    return steps
  }

  @Test func answersAreOfTheirOwnSpanAlone() {
    var steps = ShopperSteps(itemCount: 1)
    let times: [Double] = [0, 10, 100, 110]
    steps.append(
      times.map { .init(time: $0, items: [], isPurchase: $0 == 10 || $0 == 110) })
    let outcomes = StepOutcomes(steps, from: 0, to: 100, horizon: 20)
    #expect(outcomes.purchaseSteps == [0, 1] && outcomes.isBought == [true, false])
    #expect(outcomes.timeSteps == [0] && outcomes.seconds == [10])
    let later = StepOutcomes(steps, from: 100, to: 130, horizon: 20)
    #expect(later.purchaseSteps == [2, 3] && later.isBought == [true, false])
  }

  @Test func numbersAreOfThePastAlone() throws {
    let all = Self.steps(3)
    var cut = ShopperSteps(itemCount: 3)
    cut.append(Array(all.steps[all.range(of: 0)].prefix(20)))
    let (whole, part) = (StepNumbers(all), StepNumbers(cut))
    for step in 0..<20 { #expect(Array(whole.row(step)) == Array(part.row(step))) }
    let names = Dictionary(uniqueKeysWithValues: zip(StepNumbers.names, whole.row(0)))
    #expect(names["first"] == 1 && names["steps"] == 0 && names["purchase"] == 1)
    #expect(whole.values.count == all.steps.count * StepNumbers.names.count)
    #expect(whole.values.allSatisfy { $0.isFinite })
  }

  @Test(arguments: NextItem.Architecture.allCases)
  func networksLearnWhatItemsTell(_ architecture: NextItem.Architecture) throws {
    var selection = OutcomeSelection()
    (selection.architectures, selection.horizon) = ([architecture], 4 * Self.day)
    selection.budget = 60
    let outcome = try selection.run(Self.steps(60)) { _, _, _ in }
    let (network, simple) = (outcome.purchases[0], outcome.purchases[1])
    #expect(network.test > 0.95 && simple.test < 0.65)
    #expect(outcome.logLoss < outcome.rateLogLoss)
    #expect(outcome.times[0].test < 0.5 * outcome.times[1].test)
    #expect(outcome.trials.count == 1 && outcome.purchaseSteps > 100)
  }

  @Test func aFileGivesTheSameAnswersAndTheSeedTheSameModel() throws {
    let steps = Self.steps(20)
    let spans = try #require(OutcomeSpans(of: steps))
    let data = OutcomeData(steps, spans, horizon: 4 * Self.day)
    var settings = OutcomeHeads(.gru4rec)
    settings.epochs = 2
    let model = try settings.fit(data) { _, _ in }
    let archive = try model.archived()
    let same = try settings.fit(data) { _, _ in }
    #expect(try same.archived() == archive)
    let file = FileManager.default.temporaryDirectory.appending(
      path: "\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try archive.write(to: file)
    let again = try OutcomeModel(ModelArchive(contentsOf: file))
    let own = Array(steps.steps[steps.range(of: 4)].prefix(9))
    let expected = try #require(try model.expected(after: own))
    #expect(try again.expected(after: own) == expected)
    #expect((0...1).contains(expected.purchase) && expected.seconds >= 0)
    #expect(try model.expected(after: []) == nil)
    for name in archive.floats.keys {
      var damaged = archive
      damaged.floats[name]?[0] = .nan
      #expect(throws: RecommenderError.self) { try OutcomeModel(damaged) }
    }
  }

  /// What a step says does not depend on other shoppers in the batch, nor on where stretches begin.
  @Test func stepsAreReadAlone() throws {
    let steps = Self.steps(12)
    let spans = try #require(OutcomeSpans(of: steps))
    var settings = OutcomeHeads(.sasrec)
    (settings.epochs, settings.longest) = (1, 200)
    let model = try settings.fit(OutcomeData(steps, spans, horizon: 4 * Self.day)) { _, _ in }
    let all = try model.outcomes(
      Array(steps.steps.indices), of: steps, StepNumbers(steps))
    for shopper in [0, 5, 11] {
      let range = steps.range(of: shopper)
      let alone = try #require(try model.expected(after: Array(steps.steps[range].prefix(30))))
      let together = all[range.lowerBound + 29]
      #expect(abs(alone.purchase - together.purchase) < 1e-4)
      #expect(abs(alone.seconds - together.seconds) < 1e-2 * (1 + together.seconds))
    }
  }

  @Test func stepsWithoutAnswersAreRefused() throws {
    var still = ShopperSteps(itemCount: 1)
    still.append([.init(time: 5, items: [0], isPurchase: true)])
    #expect(throws: RecommenderError.self) { try OutcomeSelection().run(still) { _, _, _ in } }
    var selection = OutcomeSelection()
    selection.horizon = 1_000 * Self.day
    #expect(throws: RecommenderError.self) { try selection.run(Self.steps(5)) { _, _, _ in } }
  }
}
