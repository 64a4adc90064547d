import AkinCatalogue
import AkinNeural
import Foundation
import Testing

@testable import AkinEncoders

@Suite struct CompactEncoderTests {
  typealias Architecture = CompactConfiguration.Architecture

  /// Products whose makers, kinds and numbers go together at random, in two languages.
  static let products: [Product] = {
    var generator = SeededGenerator(seed: 5, 0)
    let makers = ["Sony", "Bose", "华为", "小米", "耐克", "Philips"]
    let kinds = ["headphones", "speaker", "手机", "跑鞋", "kettle", "台灯"]
    let words = ["black", "wireless", "新款", "正品", "large", "steel"]
    return (0..<240).map { number in
      let title = [
        makers.randomElement(using: &generator) ?? "", kinds.randomElement(using: &generator) ?? "",
        "model \(Int.random(in: 100..<999, using: &generator))",
        words.randomElement(using: &generator) ?? "",
      ].joined(separator: " ")
      var product = Product(id: "\(number)", title: title)
      product.categories = [["all", number % 2 == 0 ? "home" : "away"]]
      return product
    }
  }()

  static func training(_ architecture: Architecture) -> CompactTraining {
    var training = CompactTraining(architecture)
    training.configuration.dimension = 24
    training.configuration.embedding = 16
    training.configuration.width = 12
    training.configuration.pieces = 512
    training.configuration.kernels = [1, 2, 3]
    training.epochs = 8
    training.patience = 8
    training.deletion = 0.3
    training.batch = 64
    training.rate = 1e-2
    return training
  }

  private static func fit(_ architecture: Architecture) throws -> CompactEncoder {
    try training(architecture).fit(CompactExamples(products))
  }

  @Test(arguments: Architecture.allCases) func viewsOfAProductFindEachOther(
    _ architecture: Architecture
  ) throws {
    var stages: Set<String> = []
    let encoder = try Self.training(architecture).fit(CompactExamples(Self.products)) {
      stage, _, _ in
      stages.insert(stage)
    }
    let card = try #require(encoder.card)
    // By chance among 47 it would be below a tenth.
    #expect(card.reciprocalRank > 0.3 && card.candidates == 47, "\(card)")
    #expect(stages == ["Reading words", "Training"])
    let titles = Self.products.map(\.title)
    let vectors = try encoder.encode(titles)
    let found = titles.indices.count { row in
      let words = titles[row].split(separator: " ")
      let query = [words[1], words[0], words[3]].joined(separator: " ")
      guard let asked = try? encoder.encode([query]) else { return false }
      let own = zip(asked.values, vectors[row]).reduce(0) { $0 + $1.0 * $1.1 }
      let better = titles.indices.count { other in
        titles[other] != titles[row]
          && zip(asked.values, vectors[other]).reduce(0) { $0 + $1.0 * $1.1 } > own
      }
      return better < 5
    }
    // By chance 5 of 240.
    #expect(found > 60, "\(found) of 240")
  }

  /// What every encoder promises: see ``TextEncoder``.
  @Test(arguments: Architecture.allCases) func theContractHolds(_ architecture: Architecture) throws
  {
    let encoder = try Self.fit(architecture)
    let texts = [
      "Sony headphones", "", "小米 手机 新款", "never-seen words 77", "🙂", "a", "Sony headphones",
    ]
    let all = try encoder.encode(texts)
    #expect(all.count == texts.count && all.dimension == encoder.dimension)
    for row in texts.indices {
      #expect(abs(all.dotProduct(row, row) - 1) < 1e-5)
      // The company of a batch changes nothing.
      let alone = try encoder.encode([texts[row]])
      #expect(zip(alone.values, all[row]).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    #expect(all[0] == all[6])
    #expect(try encoder.encode([]).values.isEmpty)
    let long = String(repeating: "word ", count: encoder.maximumTokens)
    let longer = try encoder.encode([long, long + "more and more"])
    #expect(zip(longer[0], longer[1]).allSatisfy { abs($0 - $1) < 1e-5 })
    struct Stop: Error {}
    #expect(throws: Stop.self) { try encoder.encode(texts, as: .query) { _, _ in throw Stop() } }
  }

  @Test(arguments: Architecture.allCases) func whatIsSavedIsReadAgain(
    _ architecture: Architecture
  ) throws {
    let encoder = try Self.fit(architecture)
    let folder = try TemporaryFolder()
    try encoder.save(to: folder.url)
    let texts = Self.products.prefix(20).map(\.title)
    let own = try encoder.encode(texts)
    let again = try CompactEncoder(directory: folder.url)
    #expect(again.card == encoder.card && again.configuration == encoder.configuration)
    #expect(try again.encode(texts) == own)
    // A seed gives the same encoder.
    #expect(try Self.fit(architecture).encode(texts) == own)
    // The store takes it like any other.
    let home = try TemporaryFolder()
    let store = ModelStore(folders: [home.url], dependencies: [])
    let summary = try store.import(directory: folder.url, name: "own")
    let weights = encoder.network.parameters.reduce(0) { sum, parameter in
      sum + parameter.tensor.shape.reduce(1, *)
    }
    #expect(summary.dimension == 24 && summary.parameters == weights)
    #expect(summary.files.map(\.name).contains("words.txt"))
    #expect(try store.encoder(named: "own").encode(texts) == own)
    let before = try summary.fingerprint()
    try Data("x\n".utf8).write(to: home.url.appending(path: "own/training.json"))
    #expect(try store.inspect("own").fingerprint() != before)
  }

  @Test func firstVectorsComeFromWords() throws {
    var words = WordTraining()
    (words.dimension, words.epochs, words.minimumCount) = (20, 2, 2)
    let vectors = try words.fit(Self.products.map(\.title))
    var training = Self.training(.biGRU)
    training.words = vectors
    training.epochs = 1
    training.rate = 1e-9
    let encoder = try training.fit(CompactExamples(Self.products))
    #expect(encoder.configuration.embedding == 20)
    let number = try #require(encoder.vocabulary.words.firstIndex(of: "sony"))
    let table = try #require(encoder.network.parameters.first { $0.name == "words.table" })
    let row = try table.tensor.floats()[(number + 1) * 20..<(number + 2) * 20]
    let known = try #require(vectors.vector(of: "sony"))
    let length = known.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(zip(row, known).allSatisfy { abs($0 - $1 / length) < 1e-4 })
  }

  @Test func tooLittleAndBadSettingsAreRefused() {
    let few = #expect(throws: EncoderError.self) {
      try Self.training(.biGRU).fit(CompactExamples(Self.products.prefix(10)))
    }
    #expect(few?.code == .tooFew)
    let changes: [(inout CompactTraining) -> Void] = [
      { $0.configuration.width = 0 }, { $0.configuration.kernels = [] }, { $0.batch = 1 },
      { $0.configuration.pieces = 0 }, { $0.deletion = 1 }, { $0.rate = 0 },
    ]
    for change in changes {
      var training = Self.training(.textCNN)
      change(&training)
      let error = #expect(throws: EncoderError.self) {
        try training.fit(CompactExamples(Self.products))
      }
      #expect(error?.code == .unsupportedSetting)
    }
  }

  @Test func damagedFoldersAreRefused() throws {
    let encoder = try Self.fit(.biGRU)
    func change(_ name: String, _ from: String, _ to: String) -> (URL) throws -> Void {
      { folder in
        let file = folder.appending(path: name)
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains(from))
        try Data(text.replacing(from, with: to).utf8).write(to: file)
      }
    }
    func remove(_ name: String) -> (URL) throws -> Void {
      { try FileManager.default.removeItem(at: $0.appending(path: name)) }
    }
    let cases: [((URL) throws -> Void, EncoderError.Code, String)] = [
      (change("config.json", "\"width\" : 12", "\"width\" : -1"), .unsupportedSetting, "width"),
      (change("config.json", "\"width\" : 12", "\"width\" : 13"), .shapeMismatch, "recurrent"),
      (change("config.json", "\"width\" : 12", "\"width\" : \"x\""), .malformedFile, "width"),
      (change("config.json", "bigru", "bigru2"), .malformedFile, "architecture"),
      (change("config.json", "bigru", "bilstm"), .shapeMismatch, "recurrent.weights.0"),
      (change("config.json", "bigru", "textcnn"), .missingTensor, "convolutions.0.weight"),
      (change("words.txt", "sony\n", ""), .malformedFile, "vocabulary"),
      (change("words.txt", "sony\n", "bose\n"), .malformedFile, "vocabulary"),
      (remove("words.txt"), .missingFile, "words.txt"),
      (remove("model.safetensors"), .missingFile, "model.safetensors"),
      (
        { try Data("no".utf8).write(to: $0.appending(path: "model.safetensors")) },
        .malformedFile, "model.safetensors"
      ),
      (
        { try Data([0xFF, 0xFE]).write(to: $0.appending(path: "words.txt")) }, .malformedFile,
        "words.txt"
      ),
    ]
    for (damage, code, place) in cases {
      let folder = try TemporaryFolder()
      try encoder.save(to: folder.url)
      try damage(folder.url)
      let error = #expect(throws: EncoderError.self, "\(place)") {
        _ = try ModelStore(folders: [folder.url], dependencies: []).encoder(
          named: folder.url.path)
      }
      #expect(error?.code == code, "\(place): \(String(describing: error))")
      let places = [error?.path, error?.field].compactMap(\.self).joined(separator: " ")
      #expect(places.contains(place), "\(places)")
    }
  }

  @Test func whatTransformersAloneCanDoIsRefused() throws {
    let folder = try TemporaryFolder()
    try Self.fit(.textCNN).save(to: folder.url)
    let location = try ModelStore(folders: [folder.url], dependencies: []).locate(folder.url.path)
    let error = #expect(throws: EncoderError.self) { try location.parts() }
    #expect(error?.code == .unsupportedArchitecture, "\(String(describing: error))")
  }
}

@Suite struct CompactExampleTests {
  @Test func pairsThatShareATextAreOneGroup() {
    let examples = CompactExamples(pairs: [("a", "b"), ("c", "d"), ("b", "e"), ("f", "f")])
    #expect(examples.groups.sorted { $0[0] < $1[0] } == [["a", "b", "e"], ["c", "d"], ["f"]])
  }

  @Test func productsOfOneGroupGoTogether() {
    let products = ["x", "y", nil, "x"].enumerated().map { number, group in
      var product = Product(id: "\(number)", title: "title \(number)")
      product.itemGroup = group
      return product
    }
    let examples = CompactExamples(grouped: products)
    #expect(examples.groups == [["title 0", "title 3"], ["title 1"]])
    #expect(CompactExamples(products).groups.count == 4)
    #expect(CompactExamples(groups: [[], [""], ["a", "a"]]).groups == [["a"]])
  }

  @Test func viewsLeaveOutAndRespell() {
    let vocabulary = CompactVocabulary(words: ["64", "gb", "64gb", "silver"], pieceCount: 100)
    var generator = SeededGenerator(seed: 1, 0)
    func views(_ words: [String], _ deletion: Double, _ respelling: Double) -> [[Int64]] {
      let view = TextView(deletion: deletion, respelling: respelling, vocabulary: vocabulary)
      return (0..<200).map { _ in
        view(words, vocabulary.tokens(words), &generator).map(\.word)
      }
    }
    #expect(views(["64", "gb", "silver"], 0, 0).allSatisfy { $0 == [1, 2, 4] })
    #expect(views(["64", "gb", "silver"], 0, 1).allSatisfy { $0 == [3, 4] })
    #expect(views(["64gb", "silver"], 0, 1).allSatisfy { $0 == [1, 2, 4] })
    #expect(views(["gb", "silver"], 0, 1).allSatisfy { $0 == [2, 4] })
    let thinned = views(["64gb", "silver"], 0.5, 0)
    #expect(Set(thinned) == [[3], [4], [3, 4]])
    #expect(views([], 0.5, 1).allSatisfy { $0 == [0] })
    #expect(TextView.parts(of: "wh1000xm4") == ["wh", "1000", "xm", "4"])
    #expect(TextView.parts(of: "手机") == ["手机"])
  }

  @Test func piecesAreThoseOfTheWord() {
    let vocabulary = CompactVocabulary(words: ["iphone", "case"], pieceCount: 1_000)
    let (known, other) = (vocabulary.token("iphone"), vocabulary.token("iphones"))
    #expect(known.word == 1 && other.word == 0)
    // <ip iph pho hon one ne>, six of four, five of five.
    #expect(known.pieces.count == 6 + 5 + 4)
    #expect(Set(known.pieces).intersection(other.pieces).count >= 9)
    #expect(vocabulary.token("a").pieces.count == 1)
    #expect(vocabulary.tokens([]) == [.init(word: 0, pieces: [])])
    #expect((known.pieces + other.pieces).allSatisfy { (0..<1_000).contains($0) })
  }
}
