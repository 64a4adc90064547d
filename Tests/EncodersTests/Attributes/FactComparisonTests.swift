import AkinCatalogue
import Foundation
import Testing

@testable import AkinEncoders

@Suite struct FactComparisonTests {
  private func compare(_ left: String, _ right: String) throws -> FactComparison {
    let reader = try FactReader()
    let (one, other) = (reader.read(title: left), reader.read(title: right))
    let comparison = FactComparison(one, other)
    #expect(comparison == FactComparison(other, one), "a comparison is symmetric")
    return comparison
  }

  @Test(
    arguments: [
      ("Sony WH-1000XM4", "SONY WH1000XM4/B over-ear", FactAspect.model, 0.7 as Float?),
      ("Sony WH-1000XM4", "索尼 WH-1000XM4 无线耳机", .model, 1),
      ("Sony WH-1000XM4", "Sony WH-1000XM5", .model, -1),
      ("Sony headphones", "WH-1000XM4", .model, nil),
      ("iPhone 12", "iPhone 13", .series, -1), ("iPhone 12", "iPhone12手机", .series, 1),
      ("iPhone 12", "Galaxy S21", .series, nil), ("office 2007", "office 2003", .year, -1),
      ("苹果手机12", "iPhone 12", .number, 1), ("苹果手机12", "iPhone 13", .number, -1),
      ("可乐 500毫升", "cola 0.5L", .volume, 1), ("可乐 500毫升", "cola 330ml", .volume, -1),
      ("iPhone 12 128GB", "iPhone12手机 128G", .storage, 1),
      ("手机 12GB+256GB", "手机 12GB+512GB", .storage, -0.5),
      ("手机 256GB", "手机 12GB+256GB", .storage, 1),
      ("1TB drive", "1024GB drive", .storage, 1), ("苹果 5斤", "apples 2.5kg", .mass, 1),
      ("film 2 pack", "膜 3片装", .count, -1), ("black shoe", "white shoe", .colour, -1),
      ("iPhone 12", "case for iPhone 12", .target, -1), ("iPhone 12", "iPhone 12", .target, nil),
    ])
  func aspects(left: String, right: String, aspect: FactAspect, expected: Float?) throws {
    #expect(try compare(left, right)[aspect] == expected)
  }

  @Test func descriptionsAgreeButNeverContradict() throws {
    let reader = try FactReader()
    var phone = Product(id: "1", title: "iPhone 12 64GB")
    var other = Product(id: "2", title: "iPhone 12")
    other.description = "128GB"
    #expect(FactComparison(reader.read(phone), reader.read(other))[.storage] == nil)
    phone.title = "iPhone 12 64GB"
    other.title = "iPhone 12 4GB"
    #expect(FactComparison(reader.read(phone), reader.read(other))[.storage] == -1)
    other.description = "64GB flash"
    #expect(FactComparison(reader.read(phone), reader.read(other))[.storage] == 0.5)
  }

  @Test func pricesCompareAsRatios() {
    var left = ProductFacts()
    var right = ProductFacts()
    left.price = Price(amount: 100, currency: "CNY")
    right.price = Price(amount: 100, currency: "CNY")
    #expect(FactComparison(left, right)[.price] == 1)
    right.price?.amount = 200
    #expect(FactComparison(left, right)[.price] == -1)
    right.price?.amount = 100 * 2.0.squareRoot()
    #expect(abs(FactComparison(left, right)[.price] ?? 9) < 1e-5)
    right.price?.currency = "USD"
    #expect(FactComparison(left, right)[.price] == nil)
  }

  @Test func categoriesCompareByDepthWithinAScript() {
    var left = ProductFacts()
    var right = ProductFacts()
    left.category = ["electronics", "phones"]
    right.category = ["electronics", "phones", "cases", "clear"]
    #expect(FactComparison(left, right)[.category] == 0)
    right.category = ["手机数码", "手机"]
    #expect(FactComparison(left, right)[.category] == nil)
    right.category = ["food"]
    #expect(FactComparison(left, right)[.category] == -1)
  }

  @Test func featuresAndAccount() throws {
    let comparison = try compare("iPhone 12 128GB black", "iPhone 12 256GB black")
    #expect(comparison.features.count == FactComparison.featureNames.count)
    let place = try #require(FactComparison.featureNames.firstIndex(of: "storage.conflict"))
    #expect(Array(comparison.features[place - 1...place + 1]) == [0, 1, 0])
    let weights = FactWeights([.storage: (0.2, 0.5), .colour: (0.1, 0.1)])
    let account = comparison.contributions(weights)
    #expect(account.map(\.aspect) == [.storage, .colour])
    #expect(account.map(\.value) == [-0.5, 0.1])
  }
}
