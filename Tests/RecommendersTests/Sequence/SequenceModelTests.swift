import AkinCatalogue
import AkinEvaluation
import AkinSimilarity
import Foundation
import Testing

@testable import AkinRecommenders

@Suite struct MarkovTests {
  private func line(_ model: MarkovModel, _ history: [Int32]) -> [Float] {
    var scores = [Float](repeating: .nan, count: model.itemCount)
    scores.withUnsafeMutableBufferPointer { model.score([history[...]], into: $0) }
    return scores
  }

  /// 0 is followed by 1 twice and by 2 once; the shares of all items are 3/7, 2/7 and 2/7.
  @Test func mixesCountsWithShorterContexts() throws {
    var sequences = Sequences()
    for row: [Int32] in [[0, 1], [0, 1], [0, 2], [2]] { sequences.append(row) }
    let model = try Markov(order: 1).fit(sequences, validation: nil) { _, _ in }
    // Three events after 0, two kinds of item: (count + 2 · share) / 5.
    let expected: [Float] = [(2 * 3 / 7) / 5, (2 + 2 * 2 / 7) / 5, (1 + 2 * 2 / 7) / 5]
    for (found, wanted) in zip(line(model, [0]), expected) { #expect(abs(found - wanted) < 1e-6) }
    // Nothing was seen after 1: its popularity.
    for (found, wanted) in zip(line(model, [1]), [3, 2, 2]) {
      #expect(abs(found - Float(wanted) / 7) < 1e-6)
    }
  }

  @Test func probabilitiesSumToOne() throws {
    let model = try Markov(order: 2, reach: 2).fit(
      SequenceContractTests.circle, validation: nil
    ) { _, _ in }
    for history: [Int32] in [[0], [0, 1], [3, 4], [9], [1, 9]] {
      #expect(abs(line(model, history).reduce(0, +) - 1) < 1e-5)
    }
  }

  @Test func twoItemsKnowMoreThanOne() throws {
    var sequences = Sequences()
    for _ in 0..<5 {
      sequences.append([0, 2, 3])
      sequences.append([1, 2, 4])
    }
    let model = try Markov(order: 2).fit(sequences, validation: nil) { _, _ in }
    #expect(line(model, [0, 2])[3] > 0.5)
    #expect(line(model, [1, 2])[4] > 0.5)
  }

  @Test(arguments: [Markov(order: 3), Markov(order: -1), Markov(order: 1, reach: 0)])
  func settingsOutOfRangeAreRefused(_ settings: Markov) {
    #expect(throws: RecommenderError.self) {
      try settings.fit(SequenceContractTests.circle, validation: nil) { _, _ in }
    }
  }
}

@Suite struct SessionNeighboursTests {
  /// The formula by plain loops over all sessions.
  private func plain(
    _ settings: SessionNeighbours, _ sequences: Sequences, _ history: [Int32]
  ) -> [Float] {
    let n = Double(sequences.count)
    func idf(_ item: Int32) -> Double {
      let sessions = (0..<sequences.count).count { sequences[$0].contains(item) }
      return max(0.01, log(n / Double(max(1, sessions))))
    }
    var weights: [Int32: Double] = [:]
    for (place, item) in history.reversed().enumerated() where weights[item] == nil {
      weights[item] =
        pow(Double(settings.recency), Double(place)) * pow(idf(item), Double(settings.rarity))
    }
    var scores = [Double](repeating: 0, count: sequences.itemCount)
    for session in 0..<sequences.count {
      let row = Array(sequences[session])
      let sum = Set(row).reduce(0) { $0 + (weights[$1] ?? 0) }
      guard sum > 0 else { continue }
      let similarity =
        sum * pow(Double(row.count), -Double(settings.lengthPenalty))
        * exp(-Double(settings.ageing) * (n - Double(session)) / n)
      let best = row.compactMap { weights[$0] }.max() ?? 0
      let match = row.lastIndex { weights[$0] == best } ?? 0
      for (place, item) in row.enumerated() {
        let share: Double =
          place == match
          ? Double(settings.backward)
          : place > match
            ? pow(Double(settings.forward), Double(place - match - 1))
            : Double(settings.backward)
              * pow(Double(settings.forward), Double(match - place - 1))
        scores[Int(item)] += similarity * share
      }
    }
    return scores.enumerated().map { item, score in
      Float(score > 0 ? score * pow(idf(Int32(item)), Double(settings.novelty)) : 0)
    }
  }

  @Test func agreesWithTheFormula() throws {
    var generator = SplitMix64(seed: 4)
    var sequences = Sequences(itemCount: 30)
    for _ in 0..<200 {
      let length = Int.random(in: 1...8, using: &generator)
      sequences.append(
        (0..<length).map { _ in Int32(Int.random(in: 0..<900, using: &generator)) }
          .map { Int32(Double($0).squareRoot()) })
    }
    var settings = SessionNeighbours()
    (settings.neighbours, settings.candidates) = (1_000, 1_000)
    (settings.ageing, settings.novelty, settings.rarity) = (2, 0.25, 0.7)
    let model = try settings.fit(sequences, validation: nil) { _, _ in }
    for history: [Int32] in [[3], [29, 28, 3], [5, 5, 20, 7, 20]] {
      var scores = [Float](repeating: .nan, count: 30)
      scores.withUnsafeMutableBufferPointer { model.score([history[...]], into: $0) }
      for (found, wanted) in zip(scores, plain(settings, sequences, history)) {
        #expect(abs(found - wanted) <= 1e-4 * max(1, abs(wanted)))
      }
    }
  }

  @Test func onlyTheClosestVote() throws {
    var sequences = Sequences()
    for row: [Int32] in [[0, 1, 2], [0, 3], [0, 1, 4]] { sequences.append(row) }
    var settings = SessionNeighbours()
    settings.neighbours = 2
    let model = try settings.fit(sequences, validation: nil) { _, _ in }
    var scores = [Float](repeating: .nan, count: 5)
    scores.withUnsafeMutableBufferPointer { model.score([[0, 1]], into: $0) }
    #expect(scores[2] > 0 && scores[4] > 0 && scores[3] == 0)
  }

  @Test func theSearchFindsWhatTheCasesWant() throws {
    // What comes next stands before the match in the past sessions.
    var (past, cases) = (Sequences(itemCount: 20), Sequences(itemCount: 20))
    for item in Int32(0)..<18 {
      past.append([item + 1, item, (item + 7) % 18])
      cases.append([item, item + 1])
    }
    var settings = SessionNeighbours()
    (settings.backward, settings.forward) = (0, 1)
    let found = try settings.tuned(on: past, .last(of: cases), excludesHistory: true)
    #expect(found.settings.backward > 0)
    let start = try settings.tuned(on: past, .last(of: cases), excludesHistory: true, rounds: 0)
    #expect(found.ranks.deciding > start.ranks.deciding)
  }
}

@Suite struct CaseRanksTests {
  @Test func ranksAndMeasures() throws {
    var sequences = Sequences(itemCount: 5)
    for row: [Int32] in [[0, 1], [0, 2], [3, 4], [0, 7]] { sequences.append(row) }
    let cases = SequenceCases.last(of: sequences)
    // Item 0 first, then 1 … 4; item 7 is unknown to the model.
    let scoring: CaseRanks.Scoring = { histories, scores in
      for row in histories.indices {
        for item in 0..<5 { scores[row * 5 + item] = Float(-item) }
      }
    }
    let all = try CaseRanks.measure(
      cases, itemCount: 5, excludesHistory: false, scoring: scoring)
    #expect(all.ranks == [2, 3, 5, .max])
    let others = try CaseRanks.measure(
      cases, itemCount: 5, excludesHistory: true, scoring: scoring)
    #expect(others.ranks == [1, 2, 4, .max])
    #expect(others.hits(at: 2) == 0.5)
    #expect(others.reciprocalRank(at: 20) == (1 + 0.5 + 0.25) / 4)
    #expect(abs(others.gain(at: 3) - (1 + 1 / log2(3)) / 4) < 1e-12)
    #expect(cases.spread(over: 2).count == 2)
    #expect(cases.spread(over: 9) == cases)
  }

  @Test func tiesCountHalf() throws {
    let cases = SequenceCases.last(of: Sequences.rows([[0, 1]], itemCount: 5))
    let ranks = try CaseRanks.measure(cases, itemCount: 5, excludesHistory: false) { _, scores in
      scores.update(repeating: 1)
    }
    #expect(ranks.ranks == [3])
  }
}

@Suite struct NextItemTests {
  @Test func longSequencesAreCutFromTheirEnd() {
    let sequences = Sequences.rows([[0, 1, 2, 3, 4, 5, 6], [7], [8, 9]], itemCount: 10)
    // Of three read and one more as target; every item but each row's first is a target once.
    #expect(
      NextItemTraining.pieces(of: sequences, longest: 3) == [3..<7, 0..<4, 8..<10])
  }

  @Test func theBestEpochOfValidationIsKept() throws {
    var settings = SequenceContractTests.network(.sasrec)
    (settings.epochs, settings.patience) = (40, 2)
    let cases = SequenceCases.last(of: SequenceContractTests.circle)
    let model = try settings.fit(SequenceContractTests.circle, validation: cases) { _, _ in }
    let reached = model.epochs.map { $0.metrics["ndcg@20"] ?? 0 }
    #expect(model.keptEpoch == 1 + (reached.firstIndex(of: reached.max() ?? 0) ?? -1))
    #expect(model.epochs.count < 40)
    let ranks = try CaseRanks.measure(
      cases, itemCount: 7, excludesHistory: false, scoring: model.score)
    #expect(abs(ranks.deciding - (reached.max() ?? 0)) < 1e-9)
  }

  @Test func aSampledSoftmaxLearnsToo() throws {
    var settings = SequenceContractTests.network(.gru4rec)
    settings.negatives = 3
    let model = try settings.fit(SequenceContractTests.circle, validation: nil) { _, _ in }
    let cases = SequenceCases.last(of: SequenceContractTests.circle)
    let ranks = try CaseRanks.measure(
      cases, itemCount: 7, excludesHistory: false, scoring: model.score)
    #expect(ranks.hits(at: 1) == 1)
  }

  @Test func competitorsStandForAll() throws {
    let drawn = try Competitors(targets: [4, 9, 4], draws: 50, of: 100, seed: 1)
    #expect(drawn.targets == [0, 1, 0])
    #expect(Set(drawn.items).count == drawn.items.count)
    // Corrections are −log of inclusion probabilities: their sum of 1/π estimates 100 items.
    let sum = drawn.corrections.reduce(0.0) { $0 + exp(Double($1)) }
    #expect((80...120).contains(sum), "\(sum)")
  }

  @Test func oneEpochAlwaysComesOutOfABudget() throws {
    var settings = SequenceContractTests.network(.lstm)
    settings.budget = 0
    let model = try settings.fit(SequenceContractTests.circle, validation: nil) { _, _ in }
    #expect(model.epochs.count == 1)
  }

  @Test(
    arguments: [
      { $0.width = 0 }, { $0.heads = 3 }, { $0.dropout = 1 }, { $0.rate = 0 }, { $0.negatives = 0 },
    ] as [@Sendable (inout NextItem) -> Void])
  func settingsOutOfRangeAreRefused(_ change: @Sendable (inout NextItem) -> Void) {
    var settings = NextItem(.sasrec)
    change(&settings)
    #expect(throws: RecommenderError.self) {
      try settings.fit(SequenceContractTests.circle, validation: nil) { _, _ in }
    }
  }
}

extension Sequences {
  static func rows(_ rows: [[Int32]], itemCount: Int) -> Sequences {
    var sequences = Sequences(itemCount: itemCount)
    for row in rows { sequences.append(row) }
    return sequences
  }
}
