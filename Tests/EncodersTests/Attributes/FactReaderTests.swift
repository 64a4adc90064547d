import AkinCatalogue
import Testing

@testable import AkinEncoders

@Suite struct FactReaderTests {
  private func facts(_ title: String) throws -> ProductFacts {
    try FactReader().read(title: title)
  }

  @Test(
    arguments: [
      ("Sony WH-1000XM4 Wireless Headphones", ["wh1000xm4"]),
      ("bosch kgn34vw20g fridge freezer", ["kgn34vw20g"]),
      ("apple mq8n2b/a iphone 8 plus 64gb", ["mq8n2ba"]),
      ("索尼WH-1000XM4无线降噪耳机", ["wh1000xm4"]),
      ("olympus fe-360 digital camera pink 226540", ["226540", "fe360"]),
      ("apple iphone 8 plus 64gb silver", []),
      ("农夫山泉 矿泉水 550ml*24瓶", []),
    ])
  func models(title: String, expected: [String]) throws {
    #expect(try facts(title).models == expected)
  }

  @Test(
    arguments: [
      ("iPhone 12 手机壳", ["iphone 12"]), ("苹果手机12", ["手机 12"]),
      ("小米14 徕卡光学镜头", ["小米 14"]), ("adobe dreamweaver cs3", ["cs 3"]),
      ("Galaxy S21 case", ["s 21"]), ("iPhone12手机 128G 黑", ["iphone 12"]),
      ("apple iphone 8 plus 64gb", ["iphone 8"]), ("500 ml water", []),
    ])
  func series(title: String, expected: [String]) throws {
    let found = try facts(title).series.map { "\($0.name) \(Int($0.number))" }
    #expect(found == expected)
  }

  @Test(
    arguments: [
      ("三星 Galaxy S24 Ultra 12GB+256GB", Quantity.Dimension.storage, [12e9, 256e9]),
      ("茉莉花茶 500毫升", .volume, [500]), ("green tea 0.5 L", .volume, [500]),
      ("红富士苹果 水果, 5斤", .mass, [2_500]), ("钢化膜 2片装", .count, [2]),
      ("screen protector, 3 pack", .count, [3]), ("iPhone12手机 128G 黑", .storage, [128e9]),
      ("巧克力 128克", .storage, []),
    ])
  func quantities(title: String, dimension: Quantity.Dimension, expected: [Double]) throws {
    #expect(try facts(title).amounts(dimension) == expected)
  }

  @Test(
    arguments: [
      ("iphone 8 64gb spacegrau", ["grey"]), ("连衣裙 深灰色", ["grey"]), ("红富士苹果", []),
      ("透明手机壳", ["clear"]), ("black/white trainers", ["black", "white"]), ("黑胡椒", []),
    ])
  func colours(title: String, expected: [String]) throws {
    #expect(try facts(title).colours.names == expected)
  }

  @Test(
    arguments: [
      ("Clear case for iPhone 12 with MagSafe", "iphone 12 with magsafe"),
      ("手机壳适用苹果12", "苹果12"), ("三星S21专用 钢化膜", "三星s21"), ("iPhone 12", nil),
    ])
  func targets(title: String, expected: String?) throws {
    #expect(try facts(title).target == expected)
  }

  @Test func fieldsAndDescription() throws {
    var product = Product(id: "1", title: "苹果手机12")
    product.brand = "苹果"
    product.mpn = "A2404"
    product.description = "6.1英寸屏，128GB存储"
    product.categories = [["手机数码", "手機"]]
    product.price = Price(amount: 3_299, currency: "CNY")
    product.attributes = [
      Attribute(name: "颜色", value: .text("午夜黑")),
      Attribute(
        name: "规格",
        value: .quantity(Quantity(value: 128e9, dimension: .storage, written: "128GB"))),
      Attribute(name: "功效", value: .text("保湿")), Attribute(name: "功效", value: .text("补水")),
    ]
    let facts = try FactReader().read(product)
    #expect(facts.brand == "苹果" && !facts.isBrandGuessed)
    #expect(facts.models == ["a2404"])
    #expect(facts.colours.names == ["black"])
    #expect(facts.amounts(.storage) == [128e9])
    #expect(facts.mentioned.map(\.dimension) == [.length, .storage])
    #expect(facts.category == ["手机数码", "手机"])
    #expect(facts.named == [.init(name: "功效", values: ["保湿", "补水"])])
  }
}

@Suite struct BrandLexiconTests {
  private func product(_ title: String, _ brand: String? = nil, barcode: String? = nil) -> Product {
    var product = Product(id: title, title: title)
    product.brand = brand
    product.gtin = barcode
    return product
  }

  @Test func aliasesComeFromCellsAndBarcodes() throws {
    let lexicon = try BrandLexicon(learnedFrom: [
      product("a", "Samsung/三星"), product("b", "SAMSUNG"), product("c", "苹果", barcode: "1"),
      product("d", "Apple", barcode: "1"), product("e", "Apple"), product("f", "Sony"),
    ])
    #expect(lexicon.key(ofFolded: "三星") == "samsung")
    #expect(lexicon.key(ofFolded: "苹果") == "apple")
    #expect(lexicon.key(ofFolded: "sony") == "sony")
    #expect(lexicon.key(ofFolded: "lg") == "lg")
    let reader = try FactReader(brands: lexicon)
    #expect(reader.read(title: "全新苹果手机12").brand == "apple")
    #expect(reader.read(title: "The SONY Walkman").brand == "sony")
    #expect(reader.read(title: "Nokia 3210").brand == nil)
  }

  @Test func firstWordsStandInForBrands() throws {
    let titles = (1...9).map { "bosch fridge \($0)" } + (1...9).map { "white fridge bosch \($0)" }
    let first = try BrandLexicon(learnedFrom: (1...9).map { product("bosch fridge \($0)") })
    #expect(first.known("bosch") == "bosch" && first.known("fridge") == nil)
    // A word that stands elsewhere as often is no brand.
    #expect(try BrandLexicon(learnedFrom: titles.map { product($0) }).known("bosch") == nil)
  }
}
