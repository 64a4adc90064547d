import Foundation
import Testing

@testable import AkinEncoders

/// Tokens and numbers of pairs against answers worked out by hand.
@Suite struct ComparisonTests {
  @Test func takesTextApart() {
    let tokens = ValueTokens("Denon DVD-3800BDCI, 7.0 ch (16 GB) 1,299.00 ＡＢ")
    #expect(
      tokens.plain == ["denon", "dvd", "3800bdci", "7", "ch", "16", "gb", "1299", "ab"])
    #expect(tokens.distinct.isSuperset(of: ["dvd3800bdci", "16gb", "7ch"]))
    #expect(tokens.numbers == ["7", "16", "1299"])
    #expect(tokens.codes == ["3800bdci", "dvd3800bdci"])
    #expect(String(decoding: tokens.compact, as: UTF8.self) == "denondvd3800bdci7ch16gb1299ab")
  }

  @Test func takesHanApartIntoCharactersAndPairs() {
    let tokens = ValueTokens("苹果手机12")
    #expect(tokens.distinct == ["苹", "果", "手", "机", "12", "苹果", "果手", "手机"])
  }

  @Test func dropsLanguageTags() {
    #expect(
      ValueTokens("\"Canon EOS 5D\"@en-US Body\"@NL").plain == ["canon", "eos", "5d", "body"])
    #expect(ValueTokens("a@enough.com").plain == ["a", "enough", "com"])
  }

  @Test(arguments: [
    ("500ml", false), ("3800bdci", true), ("1080p", false), ("d5100", true), ("12345", true),
    ("1234", false),
    ("ab1", false), ("hp11x22", true), ("word", false), ("3.5", false),
  ])
  func tellsCodes(_ token: String, _ isCode: Bool) {
    #expect(ValueTokens.isCode(token) == isCode)
  }

  @Test func comparesTexts() throws {
    let left = ValueTokens("sony camera dscw120"), right = ValueTokens("sony dsc-w120 silver")
    // Six products hold "sony"; all other words are rare.
    let frequencies = TokenFrequencies((0..<6).map { ValueTokens("sony item\($0)") })
    let values = TextComparison(frequencies: frequencies).values(left, right)
    let named = Dictionary(uniqueKeysWithValues: zip(TextComparison.names, values))
    // {sony, camera, dscw120} and {sony, dsc, w120, silver, dscw120}
    #expect(named["jaccard"] == Float(2) / 6)
    #expect(named["containment"] == Float(2) / 3)
    let common: Float = 1  // ln(7 / 7) + 1
    let rare = Float(log(7.0 / 2) + 1)
    let expected = (common * common + rare * rare)
    let lengths = ((expected + rare * rare) * (expected + 3 * rare * rare)).squareRoot()
    #expect(abs(try #require(named["cosine"]) - expected / lengths) < 1e-5)
    #expect(abs(try #require(named["coverLeft"]) - (common + rare) / (common + 2 * rare)) < 1e-5)
    #expect(named["codesShared"] == 1)
    #expect(named["codeSimilarity"] == 1)
    #expect(named["codeConflict"] == 0)
    #expect(named["codeInsideRight"] == 1)
    #expect(named["firstSame"] == 1)
    #expect(try #require(named["numbersJaccard"]).isNaN)
    #expect(named["lengthRatio"] == 0.75)
  }

  @Test func numbersConflict() {
    let frequencies = TokenFrequencies([ValueTokens]())
    func value(_ name: String, _ left: String, _ right: String) -> Float? {
      TextComparison.names.firstIndex(of: name).map {
        TextComparison(frequencies: frequencies).values(ValueTokens(left), ValueTokens(right))[$0]
      }
    }
    #expect(value("numberConflict", "iphone 12 128", "iphone 12 256") == 1)
    #expect(value("numberConflict", "iphone 11", "iphone 12") == 2)
    #expect(value("numberConflict", "iphone", "iphone 12") == 0)
    #expect(value("numbersJaccard", "iphone 12 128", "iphone 12 256") == Float(1) / 3)
    #expect(value("trigramCosine", "abc", "abc") == 1)
    #expect(value("trigramCosine", "abc", "xyz") == 0)
    #expect(value("longestRun", "a b c d", "x b c") == Float(2) / 3)
  }

  @Test func comparesColumns() throws {
    let pairs = (0..<20).map { index in
      MatchPair(
        MatchRecord([.init("title", "phone \(index)"), .init("price", "$ \(index + 10).50")]),
        MatchRecord([.init("title", "phone \(index)"), .init("price", "\(index + 20)")]),
        isMatch: index % 2 == 0)
    }
    let tokens = try TokenCache()
    let (features, scores) = PairFeatures.fit(pairs, tokens, seed: 1)
    #expect(
      features.columns == [
        .init(name: "title", isNumeric: false), .init(name: "price", isNumeric: true),
      ])
    #expect(scores.count == 20)
    let values = features.values(pairs[0], tokens, wordScore: 0.25, meaning: (0.5, .nan))
    let named = Dictionary(uniqueKeysWithValues: zip(features.names, values))
    #expect(values.count == features.names.count)
    #expect(named["price.ratio"] == 10.5 / 20)
    #expect(named["price.equal"] == 0)
    #expect(named["title.equal"] == 1)
    #expect(named["title.inRight"] == 1)
    #expect(named["words"] == 0.25)
    #expect(named["meaning"] == 0.5)
    let bare = MatchPair(MatchRecord([.init("title", "x")]), MatchRecord([.init("other", "y")]))
    let missing = Dictionary(
      uniqueKeysWithValues: zip(
        features.names, features.values(bare, tokens, wordScore: nil, meaning: (.nan, .nan))))
    #expect(try #require(missing["price.ratio"]).isNaN && #require(missing["title.equal"]).isNaN)
  }
}
