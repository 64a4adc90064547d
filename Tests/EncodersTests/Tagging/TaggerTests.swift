import AkinNeural
import Foundation
import Testing

@testable import AkinEncoders

@Suite struct TagSchemeTests {
  private let titles = [
    TaggedTitle(
      title: "羚跑背包x",
      spans: [
        TitleSpan(start: 0, end: 2, type: "BRAND", text: "羚跑"),
        TitleSpan(start: 2, end: 4, type: "PRODUCT", text: "背包"),
        TitleSpan(start: 4, end: 5, type: "BRAND", text: "x"),
      ])
  ]

  @Test func spansBecomeTagsAndSpansAgain() {
    let scheme = TagScheme(of: titles)
    let tags = scheme.tags(of: titles[0].spans, length: 5)
    #expect(tags == [1, 3, 5, 7, 4])
    #expect(scheme.spans(of: tags, in: Array(titles[0].title.unicodeScalars)) == titles[0].spans)
    // Begun and not ended, ended and not begun, ended as another type.
    for broken in [[1, 0, 0, 0, 0], [3, 0, 0, 0, 0], [1, 7, 0, 0, 0]] {
      #expect(scheme.spans(of: broken, in: Array("abcde".unicodeScalars)).isEmpty)
    }
  }

  @Test func onlyWhatMakesStretchesIsAllowed() {
    let scheme = TagScheme(of: titles)
    #expect(
      scheme.allows(nil, then: 0) && scheme.allows(nil, then: 1) && scheme.allows(nil, then: 4))
    #expect(!scheme.allows(nil, then: 2) && !scheme.allows(nil, then: 3))
    #expect(scheme.allows(1, then: 2) && scheme.allows(1, then: 3) && !scheme.allows(1, then: 7))
    #expect(!scheme.allows(1, then: 0) && !scheme.allows(1, then: nil))
    #expect(scheme.allows(3, then: nil) && scheme.allows(3, then: 5) && scheme.allows(4, then: 4))
  }
}

@Suite struct ConditionalFieldTests {
  private let scheme = TagScheme(of: [
    TaggedTitle(title: "ab", spans: [TitleSpan(start: 0, end: 2, type: "T", text: "ab")])
  ])

  /// Every sequence of tags of `length` that the scheme allows.
  private func sequences(_ length: Int) -> [[Int]] {
    var found: [[Int]] = [[]]
    for _ in 0..<length {
      found = found.flatMap { tags in
        (0..<scheme.count).filter { scheme.allows(tags.last, then: $0) }.map { tags + [$0] }
      }
    }
    return found.filter { scheme.allows($0.last, then: nil) }
  }

  private func random(_ shape: [Int], _ seed: UInt64) throws -> Tensor {
    try Tensor.randomNormal(shape, using: Generator(seed: seed))
  }

  private func score(_ tags: [Int], _ scores: [Float], _ transitions: [Float]) -> Double {
    var sum = 0.0
    for (row, tag) in tags.enumerated() {
      sum += Double(scores[row * scheme.count + tag])
      if row > 0 { sum += Double(transitions[tags[row - 1] * scheme.count + tag]) }
    }
    return sum
  }

  @Test func theLossIsThatOfAllSequencesCountedOut() throws {
    let field = try ConditionalField(scheme)
    let count = scheme.count
    let order = try random([count, count], 3)
    try field.load(["transitions": order])
    let lengths = [3, 1, 4]
    let scores = try random([8, count], 4)
    let tags = [[1, 2, 3], [4], [0, 1, 3, 0]]
    let loss = try field.loss(
      scores, PackedSequences(starts: [0, 3, 4, 8]), tags: tags.flatMap { $0 })
    let (all, transitions) = (try scores.floats(), try order.floats())
    var expected = 0.0
    var start = 0
    for (length, tags) in zip(lengths, tags) {
      let rows = Array(all[start * count..<(start + length) * count])
      let total = sequences(length).reduce(0) { $0 + exp(score($1, rows, transitions)) }
      expected += log(total) - score(tags, rows, transitions)
      start += length
    }
    #expect(abs(try loss.item() - expected / 3) < 1e-4)
  }

  @Test func theLikeliestSequenceIsFound() throws {
    let field = try ConditionalField(scheme)
    let order = try random([scheme.count, scheme.count], 5)
    try field.load(["transitions": order])
    let decoder = try field.decoder()
    for (length, seed) in [(1, 6), (2, 7), (5, 8), (6, 9)] as [(Int, UInt64)] {
      let scores = try random([length, scheme.count], seed).floats()
      let transitions = try order.floats()
      let best = sequences(length).max {
        score($0, scores, transitions) < score($1, scores, transitions)
      }
      #expect(decoder.best(scores[...]) == best)
    }
    #expect(decoder.best([]).isEmpty)
  }

  @Test func gradientsAreThoseOfDifferences() throws {
    let field = try ConditionalField(scheme)
    let values = try random([4, scheme.count], 10).floats()
    func loss(_ values: [Float]) throws -> (Double, Tensor, Tensor) {
      let scores = try Tensor(values, shape: [4, scheme.count]).requiringGrad()
      let loss = try field.loss(scores, PackedSequences(starts: [0, 3, 4]), tags: [1, 2, 3, 4])
      return (try loss.item(), loss, scores)
    }
    let (_, start, scores) = try loss(values)
    let gradient = try #require(try start.gradients(by: [scores])[0]).floats()
    for place in values.indices {
      var (up, down) = (values, values)
      up[place] += 1e-2
      down[place] -= 1e-2
      let slope = (try loss(up).0 - loss(down).0) / 2e-2
      #expect(abs(slope - Double(gradient[place])) < 2e-3)
    }
  }
}

@Suite struct TaggedTitleFileTests {
  private func read(_ text: String) throws -> [TaggedTitle] {
    let file = FileManager.default.temporaryDirectory.appending(path: "tags-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    return try TaggedTitleFile.read(file)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let title = TaggedTitle(
      title: #"羚跑 "a\b" 背包"#, spans: [TitleSpan(start: 0, end: 2, type: "B", text: "羚跑")])
    #expect(try read(TaggedTitleFile.line(title) + "\n\n") == [title])
  }

  @Test(arguments: [
    (#"{"title":"ab"}"#, "takes"), (#"{"title":"ab","spans":[[0,1,"T"]]}"#, "takes"),
    (#"{"title":"ab","spans":[[0,3,"T","abc"]]}"#, "within"),
    (#"{"title":"ab","spans":[[1,1,"T",""]]}"#, "within"),
    (#"{"title":"ab","spans":[[0,2,"T","ba"]]}"#, "another text"),
    (#"{"title":"ab","spans":[[0,2,"T","ab"],[1,2,"T","b"]]}"#, "over another"),
  ])
  func whatIsWrongIsNamedWithItsLine(line: String, message: String) throws {
    let error = #expect(throws: TaggerError.self) {
      try read(#"{"title":"x","spans":[]}"# + "\n" + line)
    }
    #expect(error?.line == 2 && error?.message.contains(message) == true)
  }
}

@Suite struct SpanMeasuresTests {
  private func span(_ start: Int, _ end: Int, _ type: String) -> TitleSpan {
    TitleSpan(start: start, end: end, type: type, text: "")
  }

  @Test func knownAnswer() {
    let measures = SpanMeasures([
      (marked: [span(0, 2, "A"), span(3, 4, "B")], found: [span(0, 2, "A"), span(3, 4, "A")]),
      (marked: [span(0, 1, "B")], found: []),
    ])
    #expect(measures.all.precision == 0.5 && abs(measures.all.recall - 1.0 / 3) < 1e-12)
    #expect(measures.all.f1 == 0.4)
    #expect(measures.types["A"]?.f1 == 2.0 / 3 && measures.types["B"]?.f1 == 0)
    #expect(SpanMeasures([(marked: [], found: [])]).all.f1 == 0)
  }

  @Test func theDictionaryTakesTheLongest() {
    let tagger = DictionaryTagger([
      TaggedTitle(
        title: "苹果手机",
        spans: [TitleSpan(start: 0, end: 2, type: "B", text: "苹果")]),
      TaggedTitle(
        title: "苹果手机壳",
        spans: [TitleSpan(start: 0, end: 5, type: "P", text: "苹果手机壳")]),
    ])
    #expect(tagger.spans(of: "新苹果手机壳和苹果").map(\.text) == ["苹果手机壳", "苹果"])
    #expect(tagger.spans(of: "").isEmpty)
  }
}

/// Learning, on titles made of a grammar: brands are what stands before products.
@Suite struct TaggerTrainingTests {
  private func titles(_ numbers: Range<Int>) -> [TaggedTitle] {
    let brands = ["羚跑", "华为", "小米", "阿迪", "耐克", "三星"]
    let products = ["背包", "手机", "耳机", "跑鞋", "水杯"]
    let words = ["新款", "正品", "包邮", "男士"]
    return numbers.map { number in
      let (brand, product) = (brands[number % 6], products[number / 6 % 5])
      let word = words[number / 30 % 4]
      return TaggedTitle(
        title: "\(word)\(brand)\(product)",
        spans: [
          TitleSpan(start: 2, end: 4, type: "BRAND", text: brand),
          TitleSpan(start: 4, end: 6, type: "PRODUCT", text: product),
        ])
    }
  }

  @Test func aTaggerLearnsIsSavedAndFindsTheSame() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "akin-tagger-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var training = TaggerTraining()
    training.encoder = nil
    training.epochs = 12
    training.batch = 8
    var stages: Set<String> = []
    let tagger = try training.fit(train: titles(0..<90), valid: titles(90..<120)) { stage, _, _ in
      stages.insert(stage)
    }
    #expect(tagger.card.validation.all.f1 > 0.95, "\(tagger.card)")
    #expect(tagger.types == ["BRAND", "PRODUCT"] && stages == ["Learning to mark titles"])
    try tagger.save(to: folder)
    let again = try TitleTagger(folder: folder)
    let asked = ["包邮小米水杯", "", "x", "男士三星跑鞋新款"]
    let spans = try again.spans(of: asked)
    #expect(spans == (try tagger.spans(of: asked)))
    #expect(spans[0].map(\.text) == ["小米", "水杯"] && spans[1].isEmpty)
    #expect(try again.evaluate(titles(90..<120)) == tagger.card.validation)
    // Learned again from the same seed, it is the same.
    let twin = try training.fit(train: titles(0..<90), valid: titles(90..<120))
    #expect(twin.card.validation == tagger.card.validation)
    try Data("{}".utf8).write(to: folder.appending(path: "tagger.json"))
    #expect(throws: TaggerError.self) { try TitleTagger(folder: folder) }
  }

  @Test func withoutTitlesThereIsNothingToLearn() {
    #expect(throws: TaggerError.self) { try TaggerTraining().fit(train: [], valid: titles(0..<1)) }
  }
}
