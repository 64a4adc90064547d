import AkinCatalogue
import AkinEncoders
import AkinSimilarity
import Foundation
import Testing

@testable import AkinAlike

@Suite struct ContentMeasureTests {
  private static let titles = [
    "Sony WH-1000XM4 Wireless Headphones, Black", "SONY WH1000XM4/B over-ear ANC headphones",
    "Sony WH-1000XM5 Wireless Headphones, Black", "索尼WH-1000XM4 无线降噪耳机 黑色",
    "iPhone 12 128GB", "iPhone12手机 128G 黑", "iPhone 13 128GB", "iPhone 12 手机壳 透明",
    "红富士苹果 5斤", "红富士苹果 2.5kg", "红富士苹果 10斤", "可乐 330ml*6罐", "可乐 330ml",
    "Bose QuietComfort Ultra Headphones, White Smoke", "Clear case for iPhone 12", "",
  ]
  private let products = titles.enumerated().map { Product(id: "\($0)", title: $1) }
  /// Unit vectors that mean nothing, 8 each.
  private let vectors: [Float] = {
    var generator = SplitMix64(seed: 5)
    return (0..<titles.count).flatMap { _ -> [Float] in
      let row = (0..<8).map { _ in Float.random(in: -1...1, using: &generator) }
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return row.map { $0 / length }
    }
  }()

  private func place(_ title: String) throws -> Int {
    try #require(Self.titles.firstIndex(of: title))
  }

  @Test func accountsAddUpToTheIndexScore() throws {
    var index = try ContentIndex(products)
    vectors.withUnsafeBufferPointer { index.fitMeaning($0, dimension: 8) }
    let reader = try ContentReader(index.measure)
    let contents = products.map(reader.read)
    for left in products.indices {
      for right in products.indices {
        let cosine = vectors.withUnsafeBufferPointer { index.cosine(left, right, $0, 8) }
        let account = reader.account(contents[left], contents[right], cosine: cosine)
        let sum = account.parts.reduce(0) { $0 + $1.contribution }
        #expect(abs(sum - account.score) < 1e-5)
        #expect(abs(account.score - index.score(left, right, cosine: cosine)) < 1e-5)
        #expect(account.score <= 1)
      }
    }
  }

  @Test func aStoredMeasureGivesTheSameAccounts() throws {
    let index = try ContentIndex(products)
    let stored = try JSONDecoder().decode(
      ContentMeasure.self, from: JSONEncoder().encode(index.measure))
    let (fresh, reread) = (try ContentReader(index.measure), try ContentReader(stored))
    for (left, right) in [(0, 1), (4, 5), (8, 9)] {
      let one = fresh.account(fresh.read(products[left]), fresh.read(products[right]), cosine: 0.5)
      let other = reread.account(
        reread.read(products[left]), reread.read(products[right]), cosine: 0.5)
      #expect(one == other)
    }
  }

  @Test func theGraphEqualsBruteForce() throws {
    var index = try ContentIndex(products)
    try vectors.withUnsafeBufferPointer { values in
      index.fitMeaning(values, dimension: 8)
      var everything = NeighbourLists()
      for row in products.indices {
        everything.append(
          products.indices.filter { $0 != row }.map { Neighbour(item: $0, score: 0) })
      }
      let lists = try ContentGraph(k: 5).neighbours(
        of: index, values: values, dimension: 8, meaning: everything)
      for row in products.indices {
        let expected = products.indices.filter { $0 != row }
          .map {
            Neighbour(
              item: $0, score: index.score(row, $0, cosine: index.cosine(row, $0, values, 8)))
          }.sorted { $0.precedes($1) }.prefix(5)
        #expect(lists[row] == Array(expected))
      }
    }
  }

  @Test(
    arguments: [
      (
        "Sony WH-1000XM4 Wireless Headphones, Black", "SONY WH1000XM4/B over-ear ANC headphones",
        "Sony WH-1000XM5 Wireless Headphones, Black"
      ),
      (
        "索尼WH-1000XM4 无线降噪耳机 黑色", "SONY WH1000XM4/B over-ear ANC headphones",
        "Sony WH-1000XM5 Wireless Headphones, Black"
      ),
      ("iPhone 12 128GB", "iPhone12手机 128G 黑", "iPhone 13 128GB"),
      ("红富士苹果 5斤", "红富士苹果 2.5kg", "红富士苹果 10斤"),
      ("iPhone 12 手机壳 透明", "Clear case for iPhone 12", "iPhone 13 128GB"),
    ])
  func withoutAnyVector(query: String, nearer: String, farther: String) throws {
    let index = try ContentIndex(products)
    let (one, near, far) = (try place(query), try place(nearer), try place(farther))
    #expect(index.score(one, near, cosine: 0) > index.score(one, far, cosine: 0))
  }

  @Test func brandsOfABarcodeAreOne() throws {
    var products = ["苹果手机12", "iPhone 12", "苹果平板", "Apple tablet"].enumerated().map {
      Product(id: "\($0)", title: $1)
    }
    products[0].brand = "苹果"
    products[0].gtin = "2000007002371"
    products[1].brand = "Apple"
    products[1].gtin = "2000007002371"
    products[2].brand = "苹果"
    products[3].brand = "Apple"
    let index = try ContentIndex(products)
    #expect(FactComparison(index.facts[2], index.facts[3])[.brand] == 1)
    let account = try {
      let reader = try ContentReader(index.measure)
      return reader.account(reader.read(products[0]), reader.read(products[1]), cosine: 0)
    }()
    #expect(account.parts.contains { $0.source == "barcode" && $0.contribution > 0 })
  }
}

@Suite struct WordSpaceTests {
  private func term(_ key: UInt64, _ weight: Float = 1) -> ContentTerm {
    ContentTerm(key: key, weight: weight, isModel: false, text: "\(key)")
  }

  @Test func knownValues() {
    var weights = TermWeights()
    weights.rarity = 1
    var space = WordSpace(weights: weights)
    // Term 1 in both texts, twice in the first; term 2 in the first alone.
    let first = space.add([term(1), term(2), term(1)])
    _ = space.add([term(1)])
    let row = space.weighed(first)
    let one = (1 + Float(log(2.0))) * 1
    let two: Float = 1 + Float(log(3.0 / 2.0))
    let length = (one * one + two * two).squareRoot()
    #expect(row.map(\.column) == [0, 1])
    #expect(abs(row[0].value - one / length) < 1e-6 && abs(row[1].value - two / length) < 1e-6)
    let named = space.weighed([term(1), term(2), term(1)])
    #expect(zip(named, row).allSatisfy { abs($0.value - $1.value) < 1e-6 })
    #expect(space.weighed([ContentTerm]()).isEmpty)
  }

  @Test func unknownTermsCountAsOnesOfASingleProduct() {
    var space = WordSpace(weights: TermWeights())
    _ = space.add([term(1)])
    _ = space.add([term(2)])
    let row = space.weighed([term(1), term(9)])
    #expect(abs(row[0].value - row[1].value) < 1e-6)
  }
}

@Suite struct SamenessTests {
  @Test func whatStandsOutIsTheSame() {
    var lists = NeighbourLists()
    lists.append([Neighbour(item: 1, score: 0.8), Neighbour(item: 2, score: 0.2)])
    lists.append([Neighbour(item: 0, score: 0.8)])
    lists.append([
      Neighbour(item: 3, score: 0.8), Neighbour(item: 4, score: 0.8),
      Neighbour(item: 0, score: 0.2),
    ])
    lists.append([Neighbour(item: 2, score: 0.8), Neighbour(item: 4, score: 0.7)])
    lists.append([Neighbour(item: 2, score: 0.8), Neighbour(item: 3, score: 0.7)])
    let sameness = Sameness(lists)
    #expect(abs(sameness(0, 1, score: 0.8) - (0.8 - 0.375 * 0.2 / 5)) < 1e-6)
    #expect(sameness(0, 1, score: 0.8) > sameness(2, 3, score: 0.8))
    #expect(sameness(2, 3, score: 0.8) == sameness(3, 2, score: 0.8))
  }
}
