import Foundation
import Testing

@testable import AkinEncoders

/// Training on a small real set, and what must hold of every matcher.
@Suite struct MatcherTests {
  /// The songs of iTunes and Amazon, or nil with the reason printed.
  private static let songs: URL? = {
    let folder = SharedData.folder?.appendingPathComponent("matching/Structured_iTunes-Amazon")
    if let folder, FileManager.default.fileExists(atPath: folder.path) { return folder }
    print("skipped: no shared/data/matching above the package (or in AKIN_DATA)")
    return nil
  }()

  private static func training() -> MatchTraining {
    var training = MatchTraining()
    training.ensembles = 2
    training.crossEncoder = nil
    return training
  }

  @Test(.enabled(if: songs != nil)) func savesLoadsAndAnswersTheSame() throws {
    let songs = try #require(Self.songs)
    let train = try PairFile.read(songs.appendingPathComponent("train.txt"))
    let valid = try PairFile.read(songs.appendingPathComponent("valid.txt"))
    let matcher = try Self.training().fit(train: train, valid: valid)
    let probabilities = try matcher.probabilities(valid)
    let measures = try matcher.evaluate(valid)
    #expect(measures.auc > 0.9)
    #expect(measures == matcher.card.validation, "training measured the same")

    let folder = try TemporaryFolder()
    try matcher.save(to: folder.url)
    let loaded = try Matcher(folder: folder.url)
    #expect(try loaded.probabilities(valid) == probabilities)
    #expect(loaded.card == matcher.card)

    let again = try Self.training().fit(train: train, valid: valid)
    #expect(try again.probabilities(valid) == probabilities, "the seed decides")

    try Data("{}".utf8).write(to: folder.url.appendingPathComponent("comparison.json"))
    let error = try #require(throws: MatchError.self) { try Matcher(folder: folder.url) }
    #expect(error.code == .damagedModel && error.path?.hasSuffix("comparison.json") == true)
  }

  @Test func refusesTooFewPairs() throws {
    let pair = MatchPair(
      MatchRecord([.init("title", "a")]), MatchRecord([.init("title", "b")]), isMatch: true)
    let same = [MatchPair](repeating: pair, count: 20)
    let error = try #require(throws: MatchError.self) {
      try Self.training().fit(train: same, valid: same)
    }
    #expect(error.code == .tooFewPairs && error.message.contains("20 of one product and 0 of two"))
  }

  @Test func namesAFolderWithoutAMatcher() throws {
    let folder = try TemporaryFolder()
    let error = try #require(throws: MatchError.self) { try Matcher(folder: folder.url) }
    #expect(error.code == .damagedModel && error.path?.hasSuffix("matcher.json") == true)
  }

  @Test(arguments: [
    (["sony camera with case", "the new phone for travel"], "minilm-l6"),
    (["苹果手机12 全网通", "红富士苹果 水果 5斤"], "multilingual-e5-small"),
  ])
  func choosesTheEncoderByLanguage(_ texts: [String], _ name: String) {
    let pairs = texts.map {
      MatchPair(MatchRecord([.init("t", $0)]), MatchRecord([.init("t", $0)]))
    }
    #expect(MatchTraining.encoder(for: pairs) == name)
  }
}
