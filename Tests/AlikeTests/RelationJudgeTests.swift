import AkinCatalogue
import AkinEncoders
import AkinSimilarity
import Foundation
import Testing

@testable import AkinAlike

/// Types of relation before anything was taught, and the accounts of what was.
@Suite struct RelationJudgeTests {
  private static func product(
    _ id: String, _ title: String, _ category: [String], brand: String? = nil,
    price: Double? = nil, colour: String? = nil, description: String? = nil, code: String? = nil
  ) -> Product {
    var product = Product(id: id, title: title)
    product.categories = [category]
    product.brand = brand
    product.description = description
    product.gtin = code
    product.price = price.map { Price(amount: $0, currency: "EUR") }
    if let colour { product.attributes = [Attribute(name: "color", value: .text(colour))] }
    return product
  }

  private static let products = [
    product("0", "Voltar D200 drill 18V", ["Tools", "Drills"], brand: "Voltar", price: 90),
    product(
      "1", "Voltar D200 drill 18V", ["Tools", "Drills"], brand: "Voltar", price: 85, code: "12345"),
    product(
      "2", "Voltar D200 drill 18V red", ["Tools", "Drills"], brand: "Voltar", price: 90,
      colour: "red"),
    product(
      "3", "Voltar D200 drill 18V blue", ["Tools", "Drills"], brand: "Voltar", price: 90,
      colour: "blue"),
    product("4", "Makro M5 cordless drill", ["Tools", "Drills"], brand: "Makro", price: 75),
    product(
      "5", "Carry bag for Voltar D200 drill", ["Tools", "Drill Bags"], brand: "Stow", price: 20,
      description: "Fits Voltar D200."),
    product("6", "Wool scarf", ["Clothing", "Scarves"], brand: "Nora", price: 15),
  ]

  private func row(
    _ from: Int, _ to: Int, _ behaviour: RelationSignals.Behaviour = .init(), cosine: Float = 0.5
  ) throws -> [Float] {
    var index = try ContentIndex(Self.products)
    index.measure.unrelatedCosine = 0
    let kinds = KindTable(
      of: Self.products, bought: NeighbourLists(), viewed: NeighbourLists(), dimension: 0
    ) { _ in }
    let reader = try RelationReader(index.measure, kinds: kinds)
    return reader.signals(
      from: reader.read(Self.products[from]), to: reader.read(Self.products[to]), cosine: cosine,
      behaviour: behaviour)
  }

  @Test func everyNumberHasANameAndASource() throws {
    let row = try row(0, 1)
    #expect(row.count == RelationSignals.names.count)
    #expect(RelationSignals.sources.count == row.count)
    #expect(Set(RelationSignals.names).count == row.count)
    #expect(RelationSignals.direct.upperBound == row.count)
  }

  @Test func typesFollowFromWhatTheyMean() throws {
    let judge = RelationJudge()
    let pairs: [(Int, Int, Float, Relation)] = [
      (0, 1, 1, .same), (2, 3, 0.95, .variant), (3, 2, 0.95, .variant),
      (0, 4, 0.5, .substitute), (4, 0, 0.5, .substitute), (0, 5, 0.5, .complement),
      (0, 6, 0, .unrelated), (6, 5, 0, .unrelated),
    ]
    for (from, to, cosine, expected) in pairs {
      let found = judge.verdict(try row(from, to, cosine: cosine))
      #expect(found.0 == expected, "\(from) → \(to): \(found)")
    }
    // A bag goes with the drill, not the drill with the bag.
    #expect(judge.verdict(try row(5, 0)).0 != .complement)
  }

  @Test func whatIsKnownOutrightCounts() throws {
    let judge = RelationJudge()
    var behaviour = RelationSignals.Behaviour()
    behaviour.links = [.complement]
    #expect(judge.verdict(try row(0, 6, behaviour, cosine: 0)).0 == .complement)
    let place = Relation.substitute.ordinal
    let before = judge.probabilities(try row(0, 4))[place]
    behaviour = .init()
    (behaviour.viewed, behaviour.bought) = (0.3, 0)
    #expect(judge.probabilities(try row(0, 4, behaviour))[place] > before)
  }

  /// Trees that are taught by noise: the accounts must add up all the same.
  private func taught() throws -> RelationModel {
    var generator = SplitMix64(seed: 4)
    var rows = FeatureRows(width: RelationSignals.indirectCount)
    var relations: [Relation] = []
    var prior: [[Double]] = []
    for index in 0..<400 {
      let relation = Relation.allCases[index % 5]
      rows.append(
        (0..<RelationSignals.indirectCount).map { place in
          place == 3
            ? .nan
            : Float(relation.ordinal) * (place % 7 == 0 ? 0.2 : 0)
              + Float.random(in: 0...1, using: &generator)
        })
      relations.append(relation)
      prior.append((0..<5).map { _ in Double.random(in: -2...2, using: &generator) })
    }
    return RelationModel(rows, relations, validation: (rows, relations, prior))
  }

  @Test(arguments: [false, true])
  func accountsAddUp(isTaught: Bool) throws {
    let judge = RelationJudge(model: isTaught ? try taught() : nil)
    var behaviour = RelationSignals.Behaviour()
    (behaviour.bought, behaviour.alikeViewed) = (0.2, 0.1)
    for to in 1..<Self.products.count {
      let row = try row(0, to, behaviour)
      let probabilities = judge.probabilities(row)
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
      for relation in Relation.related {
        let account = judge.account(row, as: relation)
        let sum = account.parts.reduce(0) { $0 + $1.contribution }
        #expect(abs(sum - account.score) < 1e-3, "\(relation): \(sum) \(account.score)")
        #expect(abs(Double(account.probability) - probabilities[relation.ordinal]) < 1e-6)
      }
    }
  }

  @Test func aStoredModelJudgesTheSame() throws {
    let model = try taught()
    let stored = try JSONDecoder().decode(RelationModel.self, from: JSONEncoder().encode(model))
    let row = try row(0, 4)
    #expect(
      RelationJudge(model: model).probabilities(row)
        == RelationJudge(model: stored).probabilities(row))
  }
}

/// Kinds in two scripts.
@Suite struct KindTableTests {
  private static func product(_ id: String, _ path: [String], code: String? = nil) -> Product {
    var product = Product(id: id, title: id)
    product.categories = [path]
    product.gtin = code
    return product
  }

  private static let products = [
    product("0", ["数码", "手机"], code: "1"), product("1", ["数码", "手机壳"]),
    product("2", ["Electronics", "Phones"], code: "1"),
    product("3", ["Electronics", "Phone Cases"]),
    product("4", ["生鲜", "水果"]),
  ]

  private func index() -> KindIndex {
    var bought = NeighbourLists()
    for list in [[1], [0], [3], [2], []] {
      bought.append(list.map { Neighbour(item: $0, score: 0.5) })
    }
    let vectors: [[Float]] = [[1, 0, 0], [0, 1, 0], [0.9, 0.1, 0], [0.1, 0.9, 0], [0, 0, 1]]
    return KindIndex(
      KindTable(of: Self.products, bought: bought, viewed: NeighbourLists(), dimension: 3) { add in
        for (product, vector) in vectors.enumerated() { add(product, vector[...]) }
      })
  }

  @Test func counterpartsBridgeScripts() throws {
    let index = index()
    func compare(_ from: Int, _ to: Int) throws -> KindTable.Comparison {
      try #require(
        index.compare(
          index.number(of: Self.products[from]), index.number(of: Self.products[to])))
    }
    #expect(try compare(0, 2).same == 1)
    #expect(try compare(0, 1).near == 1)
    #expect(try compare(0, 1).accessory == 1)
    #expect(try compare(1, 0).accessoryBack == 1)
    #expect(try compare(0, 3).accessory == 1)
    #expect(try compare(2, 1).same == 0)
    #expect(try compare(0, 4).apart == 1)
    #expect(try compare(0, 1).bought > 0)
    #expect(index.compare(nil, 0) == nil)
  }

  @Test func aStoredTableIsTheSame() throws {
    let table = index().table
    let stored = try JSONDecoder().decode(KindTable.self, from: JSONEncoder().encode(table))
    #expect(stored == table)
  }
}
