import Testing

@testable import AkinSimilarity

/// The live index beside a dictionary that is searched by definition.
@Suite struct VectorIndexTests {
  /// What the index should hold.
  struct Oracle {
    var items: [String: IndexItem] = [:]
    let measure: IndexMeasure

    mutating func apply(_ change: IndexChange) {
      switch change {
      case .put(let item): items[item.id] = item
      case .delete(let id): items[id] = nil
      }
    }

    func scores(_ query: [Float], _ filter: IndexFilter?) -> [Float] {
      items.values
        .filter { filter?.passes(id: $0.id, attributes: $0.attributes) ?? true }
        .map { score(query, $0.vector) }
        .sorted(by: >)
    }

    func score(_ x: [Float], _ y: [Float]) -> Float {
      let dot = zip(x, y).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      guard measure == .cosine else { return Float(dot) }
      func length(_ v: [Float]) -> Double {
        v.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      }
      return Float(dot / length(x) / length(y))
    }
  }

  static func vector(_ dimension: Int, _ random: inout SplitMix64) -> [Float] {
    (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
  }

  static func item(_ number: Int, _ dimension: Int, _ random: inout SplitMix64) -> IndexItem {
    IndexItem(
      id: "p\(number)", vector: vector(dimension, &random),
      attributes: [
        "brand": .text("b\(Int.random(in: 0..<5, using: &random))"),
        "category": .texts(["Home", "c\(Int.random(in: 0..<3, using: &random))"]),
        "price": .number(Double.random(in: 0...100, using: &random)),
        "inStock": .flag(Bool.random(using: &random)),
      ])
  }

  static let filters: [IndexFilter?] = [
    nil, .equals("brand", "b1"), .oneOf("brand", ["b1", "b2"]), .range("price", 10...30),
    .flag("inStock", true), .pathPrefix("category", ["Home", "c2"]),
    .excluding(["p1", "p2", "p3"]),
    .all([.flag("inStock", true), .not(.equals("brand", "b0")), .range("price", 0...50)]),
    .any([.equals("brand", "b3"), .identifiers(["p7"])]), .equals("brand", "nobody's"),
  ]

  @Test(arguments: IndexMeasure.allCases)
  func everySnapshotAnswersByDefinition(measure: IndexMeasure) throws {
    let dimension = 20
    var random = SplitMix64(seed: 7)
    let policy = MaintenancePolicy(tailLimit: 100, mergeWidth: 3)
    let index = try VectorIndex(dimension: dimension, measure: measure, policy: policy)
    var oracle = Oracle(measure: measure)
    for _ in 0..<12 {
      let changes = (0..<Int.random(in: 1...120, using: &random)).map { _ in
        let number = Int.random(in: 0..<400, using: &random)
        return Bool.random(using: &random) || number % 3 == 0
          ? IndexChange.put(Self.item(number, dimension, &random)) : .delete("p\(number)")
      }
      for change in changes { oracle.apply(change) }
      try index.apply(changes)
      try index.maintain()
      let snapshot = index.snapshot
      #expect(snapshot.count == oracle.items.count)
      for filter in Self.filters {
        let query = Self.vector(dimension, &random)
        let found = try snapshot.search(query, k: 10, filter: filter)
        let wanted = oracle.scores(query, filter)
        #expect(found.matches.count == min(10, wanted.count))
        #expect((found.shortfall == nil) == (wanted.count >= 10))
        for (match, score) in zip(found.matches, wanted) {
          #expect(abs(match.score - score) < 1e-4)
          let item = try #require(oracle.items[match.id])
          #expect(filter?.passes(id: item.id, attributes: item.attributes) ?? true)
        }
      }
    }
    try index.compact()
    #expect(index.snapshot.parts.count == 1)
    #expect(index.snapshot.count == oracle.items.count)
    for (id, item) in oracle.items {
      #expect(index.snapshot.item(id)?.attributes == item.attributes)
    }
  }

  @Test func aReadersSnapshotDoesNotChange() throws {
    let index = try VectorIndex(dimension: 4)
    try index.apply([.put(IndexItem(id: "a", vector: [1, 0, 0, 0]))])
    let before = index.snapshot
    try index.apply([.delete("a"), .put(IndexItem(id: "b", vector: [0, 1, 0, 0]))])
    try index.freeze()
    #expect(try before.search([1, 0, 0, 0], k: 5).matches.map(\.id) == ["a"])
    #expect(try index.snapshot.search([1, 0, 0, 0], k: 5).matches.map(\.id) == ["b"])
  }

  @Test func badVectorsAreNamedAndNothingIsApplied() throws {
    let index = try VectorIndex(dimension: 2)
    let good = IndexChange.put(IndexItem(id: "a", vector: [1, 0]))
    let bad: [([Float], IndexError)] = [
      ([1], .dimensionMismatch(.change(1), expected: 2, found: 1)),
      ([.nan, 0], .notFinite(.change(1))),
      ([0, 0], .zeroVector(.change(1))),
    ]
    for (vector, error) in bad {
      #expect(throws: error) {
        try index.apply([good, .put(IndexItem(id: "b", vector: vector))])
      }
    }
    #expect(index.snapshot.count == 0)
  }

  @Test func aShortAnswerSaysWhy() throws {
    let index = try VectorIndex(dimension: 2)
    try index.apply([
      .put(IndexItem(id: "a", vector: [1, 0], attributes: ["inStock": .flag(false)])),
      .put(IndexItem(id: "b", vector: [1, 1], attributes: ["inStock": .flag(true)])),
    ])
    let snapshot = index.snapshot
    #expect(try snapshot.search([1, 0], k: 3).shortfall == .indexHolds(2))
    #expect(
      try snapshot.search([1, 0], k: 3, filter: .flag("inStock", true)).shortfall
        == .filterPasses(1))
  }
}
