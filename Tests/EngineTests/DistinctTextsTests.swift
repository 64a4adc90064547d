import AkinCatalogue
import AkinEncoders
import Testing

@testable import AkinEngine

@Suite struct DistinctTextsTests {
  @Test func eachTextOnceInOrder() {
    let texts = DistinctTexts(["b", "a", "b", "苹果", "a"])
    #expect(texts.values == ["b", "a", "苹果"])
    #expect(texts.indices == [0, 1, 0, 2, 1])
  }

  @Test func digestDependsOnAllThatTheListsDependOn() {
    let digest = TextDigest.of(["ab", "c"], model: "m", neighbours: 5)
    #expect(digest == TextDigest.of(["ab", "c"], model: "m", neighbours: 5))
    #expect(digest != TextDigest.of(["a", "bc"], model: "m", neighbours: 5))
    #expect(digest != TextDigest.of(["c", "ab"], model: "m", neighbours: 5))
    #expect(digest != TextDigest.of(["ab", "c"], model: "n", neighbours: 5))
    #expect(digest != TextDigest.of(["ab", "c"], model: "m", neighbours: 6))
  }

  @Test func productTextSaysEachThingOnce() {
    var product = Product(id: "1", title: "Apple iPhone 12 128GB")
    product.brand = "apple"
    product.categories = [["Electronics", "Mobile", "Smartphones"]]
    product.description = "A long story."
    product.attributes = [
      Attribute(name: "Size", value: .text("128GB")), Attribute(name: "颜色", value: .text("蓝色")),
      Attribute(name: "warehouse", value: .text("B7")),
    ]
    #expect(ProductText.compose(product) == "Apple iPhone 12 128GB, Smartphones, Mobile, 蓝色")
    #expect(ProductText.variant(of: product) == "128GB, 蓝色")
    #expect(ProductText.compose(Product(id: "2", title: "苹果")) == "苹果")
  }
}
