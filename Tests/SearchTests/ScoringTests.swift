import AkinCatalogue
import AkinText
import Foundation
import Testing

@testable import AkinSearch

/// The index against BM25F computed from the formula, product by product.
@Suite struct ScoringTests {
  static let words = [
    "red", "blue", "coat", "scarf", "wool", "down", "long", "short", "warm", "hood", "pocket",
  ]

  /// Products of random words, and queries of random words.
  static func corpus(seed: UInt64) -> (products: [Product], queries: [String]) {
    var state = seed
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    func text(_ length: Int) -> String {
      (0..<length).map { _ in words[min(next(words.count), next(words.count))] }
        .joined(separator: " ")
    }
    let products = (0..<300).map { number in
      var product = Product(id: "p\(number)", title: text(1 + next(6)))
      if next(2) == 0 { product.description = text(next(30) + 1) }
      if next(3) == 0 { product.brand = words[next(words.count)] }
      return product
    }
    return (products, (0..<40).map { _ in text(1 + next(3)) })
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func agreesWithTheFormula(seed: UInt64) throws {
    let (products, queries) = Self.corpus(seed: seed)
    let index = try SearchIndex(
      products.map { IndexedProduct($0) }, settings: Self.plainSettings)
    for query in queries {
      var request = SearchRequest(query)
      request.understands = false
      request.count = 300
      let results = try index.search(request)
      let expected = try Self.scores(products, query)
      #expect(Set(results.hits.map(\.id)) == Set(expected.keys), "\(query)")
      #expect(results.total == expected.count)
      for hit in results.hits {
        let wanted = try #require(expected[hit.id])
        // Impacts come in 2,047 steps.
        #expect(abs(hit.score - wanted) <= 0.002 * wanted + 0.02, "\(query) \(hit.id)")
      }
      let scores = results.hits.map(\.score)
      #expect(scores == scores.sorted(by: >))
    }
  }

  static var plainSettings: SearchSettings {
    var settings = SearchSettings()
    settings.lexicon = Lexicon()
    return settings
  }

  /// BM25F of every product that has all words, with the title's exactness on top.
  static func scores(_ products: [Product], _ query: String) throws -> [String: Float] {
    let analyser = try TextAnalyser()
    let weighting = FieldWeighting()
    func terms(_ text: String?) -> [String] {
      let result = analyser.analyse(text ?? "")
      return result.terms.indices.map(result.text)
    }
    let texts = products.map { product in
      [terms(product.title), terms(product.brand), [], ["", "p"], terms(product.description)]
    }
    let means = (0..<5).map { field in
      max(1, Float(texts.reduce(0) { $0 + $1[field].count }) / Float(texts.count))
    }
    let wanted = terms(query)
    var result: [String: Float] = [:]
    for (number, product) in products.enumerated() {
      guard Set(wanted).allSatisfy({ word in texts[number].contains { $0.contains(word) } }) else {
        continue
      }
      var score: Float = 0
      for word in wanted {
        let frequency = Float(texts.count { $0.contains { $0.contains(word) } })
        let worth = log(1 + (Float(texts.count) - frequency + 0.5) / (frequency + 0.5))
        var weight: Float = 0
        for field in [0, 1, 4] {
          let b = weighting.lengthNormalisation[field]
          let length = 1 - b + b * Float(texts[number][field].count) / means[field]
          weight +=
            weighting.boosts[field] * Float(texts[number][field].count { $0 == word }) / length
        }
        score += worth * (weighting.k1 + 1) * weight / (weighting.k1 + weight)
      }
      let exactness = min(1, Float(wanted.count) / Float(texts[number][0].count))
      result[product.id] = score * (1 + 0.25 * exactness)
    }
    return result
  }
}
