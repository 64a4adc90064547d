import Foundation
import Testing

@testable import AkinEncoders

@Suite struct WordVectorTests {
  /// Titles of phones and of shoes, in two languages: words of one kind stand beside each other.
  private static let titles: [String] = {
    var generator = SeededGenerator(seed: 3, 0)
    let kinds = [
      ["小米", "手机", "屏幕", "电池", "充电", "内存", "蓝色", "快充", "通话", "拍照"],
      ["跑鞋", "鞋底", "男士", "女士", "透气", "运动", "尺码", "皮革", "防滑", "减震"],
      [
        "Sony", "Bose", "headphones", "wireless", "noise", "bass", "bluetooth", "earbuds",
        "studio", "sound",
      ],
    ]
    return (0..<600).map { number in
      kinds[number % 3].shuffled(using: &generator).prefix(4)
        .joined(separator: number % 3 == 2 ? " " : "，")
    }
  }()

  private static var training: WordTraining {
    var training = WordTraining()
    training.dimension = 16
    training.epochs = 30
    training.subsampling = 0
    training.learningRate = 0.05
    return training
  }

  @Test(arguments: WordTraining.Objective.allCases)
  func wordsOfOneKindAreAlike(_ objective: WordTraining.Objective) throws {
    var training = Self.training
    training.objective = objective
    let vectors = try training.fit(Self.titles)
    let near = try #require(try vectors.like("HEADPHONES", count: 3))
    #expect(near.allSatisfy { $0.word.utf8.allSatisfy { $0 < 0x80 } }, "\(near)")
    let phones = try #require(try vectors.like("小米", count: 2))
    let shoes = Set(["跑鞋", "鞋底", "男士", "女士", "透气", "运动", "尺码", "皮革", "防滑", "减震"])
    #expect(phones.allSatisfy { !shoes.contains($0.word) && $0.cosine > 0.3 }, "\(phones)")
    #expect(try vectors.like("unheard-of", count: 3) == nil)
    #expect(vectors.counts == vectors.counts.sorted(by: >))
  }

  @Test func whatIsSavedIsReadAgain() throws {
    let vectors = try Self.training.fit(Self.titles)
    #expect(try Self.training.fit(Self.titles) == vectors)
    let folder = try TemporaryFolder()
    try vectors.save(to: folder.url)
    #expect(try WordVectors(folder: folder.url) == vectors)
  }

  @Test func damagedFoldersAreRefused() throws {
    let vectors = try Self.training.fit(Self.titles)
    let changes: [(URL) throws -> Void] = [
      { try FileManager.default.removeItem(at: $0.appending(path: "words.json")) },
      { try Data("{}".utf8).write(to: $0.appending(path: "words.json")) },
      { try Data("x".utf8).write(to: $0.appending(path: "words.safetensors")) },
      { folder in
        let file = folder.appending(path: "words.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(text.replacing("\"sony\",", with: "").utf8).write(to: file)
      },
      { folder in
        let other = try TemporaryFolder()
        try Self.training.fit(Self.titles.filter { !$0.contains("Sony") }).save(to: other.url)
        let name = "words.safetensors"
        try FileManager.default.removeItem(at: folder.appending(path: name))
        try FileManager.default.copyItem(
          at: other.url.appending(path: name), to: folder.appending(path: name))
      },
    ]
    for change in changes {
      let folder = try TemporaryFolder()
      try vectors.save(to: folder.url)
      try change(folder.url)
      #expect(throws: EncoderError.self) { try WordVectors(folder: folder.url) }
    }
  }

  @Test func tooLittleIsRefused() {
    let error = #expect(throws: EncoderError.self) {
      try Self.training.fit(["one two", "three"])
    }
    #expect(error?.code == .tooFew)
    var training = Self.training
    training.window = 0
    let bad = #expect(throws: EncoderError.self) { try training.fit(Self.titles) }
    #expect(bad?.code == .unsupportedSetting && bad?.message.contains("window") == true)
  }

  @Test(arguments: [
    ("Sony WH-1000XM4 black/white, 1,299", ["sony", "wh1000xm4", "black", "white", "1299"]),
    ("手機 保护壳", ["手机", "保护", "壳"]), ("Levi's Café running", ["levi", "cafe", "running"]),
    ("iPhone 12 64GB 5/8", ["iphone", "12", "64gb", "5/8"]), ("", []), ("!?", []),
  ])
  func textsAreCutIntoWords(_ text: String, _ words: [String]) throws {
    #expect(try WordReader.words(of: [text]) == [words])
  }
}
