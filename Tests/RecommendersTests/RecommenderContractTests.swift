import AkinCatalogue
import AkinEvaluation
import Foundation
import Testing

@testable import AkinRecommenders

/// What every recommender over interactions must do, on two groups of shoppers that share nothing:
/// shoppers 0 to 5 take items 0 to 4, shoppers 6 to 11 items 5 to 9, each all but one of them.
@Suite struct RecommenderContractTests {
  static let interactions: Interactions = {
    var builder = InteractionsBuilder()
    for user in 0..<12 {
      let base = user < 6 ? 0 : 5
      for step in 0..<5 where step != user % 5 {
        // Everybody begins somewhere else.
        builder.append(
          user: user, item: base + step, time: Double((step + 2 * user + 1) % 5 * 60))
      }
    }
    return builder.build()
  }()

  /// Settings that suit ten items.
  static let settings: [RecommenderSettings] = RecommenderName.allCases.map { name in
    switch name {
    case .ease: .ease(EASE(regularisation: 1))
    case .ials:
      .ials(ImplicitALS(factors: 2, regularisation: 0.1, alpha: 10, iterations: 20))
    case .bpr: .bpr(BPR(factors: 8, learningRate: 0.1, epochs: 400))
    case .lightGCN: .lightGCN(LightGCN(factors: 8, layers: 2, epochs: 60, steps: 2))
    case .neuMF:
      .neuMF(
        NeuMF(
          factors: 8, layers: 2, dropout: 0, negatives: 4, learningRate: 0.02,
          regularisation: 0, epochs: 60, rowsPerStep: 100))
    case .slim: .slim(SLIM(ridge: 0.1, lasso: 0.01))
    case .item2Vec:
      .item2Vec(Item2Vec(factors: 16, window: 4, subsampling: 0, learningRate: 0.1, epochs: 100))
    case .graphFilter: .graphFilter(GraphFilter(rank: 4, saturation: 1, outputExponent: 0.5))
    default: name.settings
    }
  }

  /// Those, and what a shop has beside them: the order of histories, and what items are like.
  static let all: [ShopCandidate] =
    settings.map { ShopCandidate($0.name.rawValue, .interactions($0), .counts) } + [
      ShopCandidate("markov", .markov(Markov(order: 1, reach: 10)), .counts),
      ShopCandidate("session-knn", .sessionNeighbours(SessionNeighbours()), .counts),
      ShopCandidate("sasrec", .network(network(.sasrec)), .counts),
      ShopCandidate("gru4rec", .network(network(.gru4rec)), .counts),
      ShopCandidate("content", .content(ContentModel(alike)), .counts),
    ]
    + settings.filter { Collective.bases.contains($0.name) }.map {
      ShopCandidate(
        "fused-\($0.name.rawValue)",
        .collective(Collective($0, alike: ContentModel(alike), weight: 0.5)), .counts)
    }

  private static func network(_ architecture: NextItem.Architecture) -> NextItem {
    var network = NextItem(architecture)
    (network.width, network.layers, network.dropout) = (16, 1, 0.1)
    (network.epochs, network.rate, network.rowsPerStep) = (8, 0.02, 32)
    network.longest = 4
    return network
  }

  /// Every item is like the others of its group.
  private static let alike: NeighbourLists = {
    var lists = NeighbourLists()
    for item in 0..<10 {
      let base = item / 5 * 5
      lists.append(
        (base..<base + 5).filter { $0 != item }.map { Neighbour(item: $0, score: 0.5) })
    }
    return lists
  }()

  /// Popularity is the same for everybody, habits are of what a shopper has: neither finds the new.
  /// Three dozen deeds teach a network little; `OrderedModelTests` gives it more.
  private static func knowsTaste(_ settings: ShopCandidate) -> Bool {
    !["popularity", "habit"].contains(settings.name) && !settings.isNetwork
  }

  private func fit(_ settings: ShopCandidate) throws -> any Recommender {
    try settings.fit(Self.interactions) { _, _ in }
  }

  private func scores(_ model: any Recommender, _ shoppers: Shoppers) throws -> [Float] {
    var scores = [Float](repeating: .nan, count: shoppers.count * model.itemCount)
    try scores.withUnsafeMutableBufferPointer { try model.score(shoppers, into: $0) }
    return scores
  }

  @Test(arguments: all) func findsTheMissingItem(_ settings: ShopCandidate) throws {
    guard Self.knowsTaste(settings) else { return }
    let model = try fit(settings)
    let lists = try model.rankAll(Self.interactions, with: FullRanking(k: 1))
    for user in 0..<12 {
      let missing = Int32((user < 6 ? 0 : 5) + user % 5)
      #expect(Array(lists[user]) == [missing], "\(settings.name) for shopper \(user)")
    }
  }

  @Test(arguments: all) func strangersAreFoldedIn(_ settings: ShopCandidate) throws {
    guard Self.knowsTaste(settings) else { return }
    let model = try fit(settings)
    let found = try model.recommend(
      for: Shoppers(history: [9, 5, 7], itemCount: 10), k: 2)
    #expect(Set(found.map(\.item)) == [6, 8], "\(settings.name)")
    #expect(zip(found, found.dropFirst()).allSatisfy { $0.precedes($1) })
  }

  @Test(arguments: all) func exclusionsAndFiltersHold(_ settings: ShopCandidate) throws {
    let model = try fit(settings)
    let shopper = Shoppers(history: [0, 1], itemCount: 10)
    let all = try model.recommend(for: shopper, k: 10)
    #expect(Set(all.map(\.item)) == Set(2..<10))
    let some = try model.recommend(for: shopper, k: 3, excluded: [2]) { $0 != 4 && $0 < 9 }
    #expect(some.count == 3)
    #expect(some.allSatisfy { ![0, 1, 2, 4, 9].contains($0.item) })
    #expect(
      Set(try model.recommend(for: shopper, k: 10, excludesHistory: false).map(\.item))
        == Set(0..<10))
  }

  @Test(arguments: all) func similarItemsAreOfTheGroup(_ settings: ShopCandidate) throws {
    let model = try fit(settings)
    let alike = try model.similarItems(to: 6, k: 3)
    if settings.name == "habit" { return #expect(alike.isEmpty) }
    #expect(!alike.isEmpty && alike.count <= 3 && !alike.contains { $0.item == 6 })
    #expect(zip(alike, alike.dropFirst()).allSatisfy { $0.precedes($1) })
    if Self.knowsTaste(settings) {
      #expect(alike.allSatisfy { $0.item >= 5 }, "\(settings.name)")
    }
  }

  @Test(arguments: all) func explanationsAddUp(_ settings: ShopCandidate) throws {
    let model = try fit(settings)
    let shopper = Shoppers(history: [0, 1, 3], itemCount: 10)
    let scores = try scores(model, shopper)
    for item in 0..<10 {
      guard let parts = try model.explain(item, for: shopper) else { continue }
      #expect(abs(parts.reduce(0) { $0 + $1.score } - scores[item]) < 1e-4, "\(settings.name)")
      #expect(parts.allSatisfy { [0, 1, 3].contains($0.item) })
    }
  }

  @Test(arguments: all) func theSameSettingsGiveTheSameModel(
    _ settings: ShopCandidate
  ) throws {
    #expect(try fit(settings).archived() == fit(settings).archived())
  }

  @Test(arguments: all) func aFileGivesTheSameScores(_ settings: ShopCandidate) throws {
    let model = try fit(settings)
    let file = FileManager.default.temporaryDirectory.appending(
      path: "\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try model.archived().write(to: file)
    let archive = try ModelArchive(contentsOf: file)
    let again = try archive.model()
    if case .interactions(let own) = settings.source { #expect(archive.kind == own.name.rawValue) }
    let known = Shoppers(known: 3..<7, of: Self.interactions)
    #expect(try scores(again, known) == scores(model, known))
    let stranger = Shoppers(history: [2, 4], itemCount: 10)
    #expect(try scores(again, stranger) == scores(model, stranger))
  }

  @Test(arguments: all) func damagedPartsAreRefused(_ settings: ShopCandidate) throws {
    let archive = try fit(settings).archived()
    for name in archive.integers.keys {
      var damaged = archive
      damaged.integers[name] = nil
      #expect(throws: RecommenderError.self, "\(settings.name) without \(name)") {
        try damaged.model()
      }
      damaged.integers[name] = [-7]
      #expect(throws: RecommenderError.self, "\(settings.name) with a wrong \(name)") {
        try damaged.model()
      }
    }
    for name in archive.floats.keys {
      var damaged = archive
      damaged.floats[name]?[0] = .nan
      #expect(throws: RecommenderError.self, "\(settings.name) with NaN in \(name)") {
        try damaged.model()
      }
    }
  }

  @Test(arguments: all) func historiesOfOtherItemsAreRefused(
    _ settings: ShopCandidate
  ) throws {
    let model = try fit(settings)
    #expect(throws: RecommenderError.self) {
      try model.recommend(for: Shoppers(history: [1], itemCount: 11), k: 1)
    }
  }

  /// An empty history, an item nobody took, a shopper of nothing: no crash, no NaN.
  @Test(arguments: all) func emptyRowsAreNoTrouble(_ settings: ShopCandidate) throws {
    // Its lists are of ten items.
    if settings.name == "content" || settings.name == "fused-graph-filter" { return }
    var settings = settings
    if case .collective(var fused) = settings.source {
      fused.side = Interactions(rows: [[0, 4], []], itemCount: 6)
      settings.source = .collective(fused)
    }
    let sparse = Interactions(rows: [[0, 1], [], [0, 1, 3], [3, 1]], itemCount: 6)
    let model = try settings.fit(sparse) { _, _ in }
    #expect(try scores(model, Shoppers(known: 0..<4, of: sparse)).allSatisfy(\.isFinite))
    let nobody = Shoppers(history: [], itemCount: 6)
    #expect(try scores(model, nobody).allSatisfy(\.isFinite))
  }

  @Test(arguments: [
    ("item-knn", "k", "0"), ("item-knn", "shrinkage", "-1"), ("user-knn", "k", "0"),
    ("ease", "regularisation", "0"), ("ease", "userExponent", "2"), ("ials", "factors", "0"),
    ("ials", "alpha", "-1"), ("graph-filter", "rank", "0"), ("slim", "ridge", "0"),
    ("bpr", "factors", "0"), ("neumf", "factors", "0"), ("neumf", "dropout", "1"),
    ("lightgcn", "layers", "-1"), ("popularity", "halfLife", "0"),
    ("item2vec", "factors", "0"), ("item2vec", "window", "65"),
  ]) func badSettingsAreRefused(_ name: String, _ setting: String, _ value: String) throws {
    let settings = try #require(RecommenderName(rawValue: name)).settings
    let changed = try settings.changing([setting: value])
    #expect(throws: RecommenderError.self) { try changed.fit(Self.interactions) { _, _ in } }
  }

  @Test func settingsAreChangedByName() throws {
    let changed = try RecommenderName.itemKNN.settings.changing([
      "k": "7", "similarity": "jaccard",
    ])
    #expect(changed == .itemKNN(ItemKNN(k: 7, similarity: .jaccard)))
    #expect(throws: RecommenderError.self) {
      try RecommenderName.itemKNN.settings.changing(["neighbours": "7"])
    }
    #expect(throws: RecommenderError.self) {
      try RecommenderName.itemKNN.settings.changing(["k": "many"])
    }
  }

  @Test(arguments: all) func fittingCanBeStopped(_ settings: ShopCandidate) throws {
    struct Stop: Error {}
    guard !["popularity", "user-knn", "session-knn", "content"].contains(settings.name) else {
      return
    }
    #expect(throws: Stop.self) { try settings.fit(Self.interactions) { _, _ in throw Stop() } }
  }
}
