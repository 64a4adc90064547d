import AkinEncoders
import Testing

@testable import AkinEngine

@Suite struct ShopModelTests {
  private func summary(_ key: String) -> BuildSummary {
    BuildSummary(
      model: "minilm-l6", modelKey: key, dimension: 384, products: 0, texts: 0, encoded: 0,
      rejected: 0, events: 0, baskets: 0, unknownProducts: 0, similarDigest: "", stages: [],
      finished: 0)
  }

  /// Vectors of two number types are nearly, not quite the same.
  @Test func aShopKeepsTheNumberTypeItWasBuiltIn() throws {
    let fresh = try ShopModel(named: "minilm-l6")
    #expect(fresh.key.hasSuffix(" \(NumericPrecision.fastest.rawValue)"))
    let stem = fresh.key.split(separator: " ").dropLast().joined(separator: " ")
    for kept in NumericPrecision.allCases where kept.isSupported {
      let key = "\(stem) \(kept.rawValue)"
      #expect(try ShopModel(named: "minilm-l6", as: key).key == key)
      let model = try ShopModel(of: summary(key))
      #expect(model.key == key)
      let encoder = try #require(try model.load() as? TransformerEncoder)
      #expect(encoder.precision == kept)
    }
    // A key that names no type is of no help.
    #expect(try ShopModel(named: "minilm-l6", as: "letters").key == fresh.key)
  }

  @Test func aModelThatChangedIsRefused() throws {
    for key in ["minilm-l6 0123 fp32", "letters"] {
      let error = #expect(throws: EngineError.self) { try ShopModel(of: summary(key)) }
      #expect(error?.code == .modelChanged)
    }
  }
}
