import AkinCatalogue
import Testing

@testable import AkinEncoders

@Suite struct TitleFieldTests {
  @Test func stretchesBecomeAttributes() {
    let spans = [
      TitleSpan(start: 0, end: 2, type: "HPPX", text: "羚跑"),
      TitleSpan(start: 2, end: 5, type: "HCCX", text: "双肩包"),
      TitleSpan(start: 5, end: 7, type: "MISC", text: "男士"),
      TitleSpan(start: 7, end: 10, type: "HCCX", text: "双肩包"),
      TitleSpan(start: 10, end: 12, type: "product", text: "背包"),
    ]
    #expect(
      TitleField.attributes(of: spans) == [
        Attribute(name: "title brand", value: .list(["羚跑"])),
        Attribute(name: "title product", value: .list(["双肩包", "背包"])),
      ])
    #expect(TitleField.attributes(of: []).isEmpty && TitleField(type: "MISC") == nil)
  }

  private func facts(_ brand: String?, _ attributes: [Attribute]) throws -> ProductFacts {
    var product = Product(id: "1", title: "新款 防水 户外")
    product.brand = brand
    product.attributes = attributes
    return try FactReader().read(product)
  }

  @Test func theyAreEvidenceWhereFieldsAreSilent() throws {
    let tagged = TitleField.attributes(of: [
      TitleSpan(start: 0, end: 2, type: "BRAND", text: "羚跑"),
      TitleSpan(start: 2, end: 5, type: "PRODUCT", text: "双肩包"),
      TitleSpan(start: 5, end: 9, type: "MODEL", text: "LP-300"),
    ])
    let read = try facts(nil, tagged)
    #expect(read.brand == "羚跑" && read.isBrandGuessed && read.models == ["lp300"])
    #expect(read.named == [.init(name: "title product", values: ["双肩包"])])
    // A field of the feed counts more than what was read.
    let said = try facts("Osprey", tagged)
    #expect(said.brand == "osprey" && !said.isBrandGuessed)
    // Two products that name other brands contradict each other.
    let other = try facts(
      nil, TitleField.attributes(of: [TitleSpan(start: 0, end: 2, type: "BRAND", text: "探路者")]))
    #expect(FactComparison(read, other)[.brand] == -1)
    #expect(FactComparison(read, read)[.named] == 1)
  }
}
