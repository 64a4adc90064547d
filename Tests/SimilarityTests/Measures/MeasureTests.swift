import AkinCatalogue
import Testing

@testable import AkinSimilarity

/// Known answers, and what each measure refuses.
@Suite struct MeasureTests {
  static func near(_ value: Double, _ wanted: Double) -> Bool { abs(value - wanted) < 1e-9 }

  @Test func vectorsByHand() throws {
    let (x, y): ([Float], [Float]) = ([1, 2, 2], [2, 0, 1])
    let wanted: [VectorMeasure: Double] = [
      .cosine: 4 / (3 * 5.0.squareRoot()), .dot: 4, .euclidean: 6.0.squareRoot(), .manhattan: 4,
      // Centred: (−2/3, 1/3, 1/3) and (1, −1, 0).
      .pearson: -1 / ((2.0 / 3).squareRoot() * 2.0.squareRoot()),
    ]
    for measure in VectorMeasure.allCases {
      let value = try measure.value(x, y)
      #expect(Self.near(value, try #require(wanted[measure])), "\(measure)")
      #expect(Self.near(value, try measure.value(y, x)), "\(measure) is symmetric")
      #expect((0...1).contains(try measure.similarity(x, y)))
    }
  }

  @Test func vectorsOfExtremeLength() throws {
    let (tiny, huge): ([Float], [Float]) = ([1e-38, 0], [3e38, 3e38])
    #expect(Self.near(try VectorMeasure.cosine.value(tiny, huge), 0.5.squareRoot()))
    #expect(Self.near(try VectorMeasure.cosine.value(huge, huge), 1))
  }

  @Test func vectorsThatCannotBeCompared() {
    for measure in VectorMeasure.allCases {
      #expect(throws: MeasureError.dimensionMismatch(first: 1, second: 2)) {
        try measure.value([1], [1, 2])
      }
      #expect(throws: MeasureError.empty) { try measure.value([], []) }
      #expect(throws: MeasureError.notFinite(.second, component: 1)) {
        try measure.value([1, 2], [1, .nan])
      }
      #expect(throws: MeasureError.notFinite(.first, component: 0)) {
        try measure.value([.infinity, 2], [1, 2])
      }
    }
    #expect(throws: MeasureError.noDirection(.second)) {
      try VectorMeasure.cosine.value([1, 2], [0, 0])
    }
    #expect(throws: MeasureError.noDirection(.first)) {
      try VectorMeasure.pearson.value([0.1, 0.1, 0.1], [1, 2, 3])
    }
    #expect(throws: Never.self) { try VectorMeasure.euclidean.value([0, 0], [0, 0]) }
  }

  @Test func setsByHand() throws {
    let (a, b): (Set<String>, Set<String>) = (["red", "big", "new"], ["red", "old"])
    #expect(SetMeasure.jaccard.value(a, b) == 0.25)
    #expect(SetMeasure.overlap.value(a, b) == 0.5)
    #expect(SetMeasure.dice.value(a, b) == 0.4)
    for measure in SetMeasure.allCases {
      #expect(measure.value(a, a) == 1)
      #expect(measure.value(a, []) == 0)
      #expect(measure.value(Set<String>(), []) == 0)
      let unit = Dictionary(uniqueKeysWithValues: a.map { ($0, 1.0) })
      let other = Dictionary(uniqueKeysWithValues: b.map { ($0, 1.0) })
      #expect(try measure.value(unit, other) == measure.value(a, b))
    }
    let weighted = try SetMeasure.jaccard.value(["x": 2.0, "y": 1], ["x": 1.0, "z": 3])
    #expect(weighted == 1.0 / 6)
    #expect(throws: MeasureError.negativeWeight(.first)) {
      try SetMeasure.overlap.value(["x": -1.0], ["x": 1.0])
    }
    #expect(throws: MeasureError.negativeWeight(.second)) {
      try SetMeasure.overlap.value(["x": 1.0], ["x": Double.nan])
    }
  }

  @Test func textsByHand() {
    let measure = TextMeasure([
      ["red", "kettle"], ["red", "toaster"], ["blue", "kettle", "kettle"],
    ])
    #expect(Self.near(measure.cosine(["red", "kettle"], ["kettle", "red"]), 1))
    #expect(measure.cosine(["red"], ["blue"]) == 0)
    #expect(measure.cosine([], ["blue"]) == 0)
    // A rare word says more than a common one.
    let query = ["blue", "red"]
    #expect(measure.bm25(query: query, text: ["blue"]) > measure.bm25(query: query, text: ["red"]))
    // idf(blue) = ln(1 + 2.5 / 1.5), tf 1, length 1 of 7/3 on average.
    let saturation = 2.2 / (1 + 1.2 * (0.25 + 0.75 * 3 / 7))
    let wanted = 0.980829253011726 * saturation
    #expect(abs(measure.bm25(query: ["blue"], text: ["blue"]) - wanted) < 1e-9)
    #expect(measure.bm25(query: ["unknown"], text: ["blue"]) == 0)
  }

  static func product(
    _ brand: String?, _ path: [String], price: Double?, grams: Double?
  ) -> Product {
    var product = Product(id: "1", title: "kettle")
    product.brand = brand
    product.categories = path.isEmpty ? [] : [path]
    product.price = price.map { Price(amount: $0, currency: "EUR") }
    if let grams {
      let quantity = Quantity(value: grams, dimension: .mass, written: "")
      product.attributes = [Attribute(name: "weight", value: .quantity(quantity))]
    }
    return product
  }

  @Test func attributesByHand() throws {
    let kettle = Self.product("Akin", ["Home", "Kitchen", "Kettles"], price: 20, grams: 500)
    let toaster = Self.product("ＡＫＩＮ", ["Home", "Kitchen", "Toasters"], price: 40, grams: 1_000)
    #expect(AttributeMeasure.brand.value(kettle, toaster) == 1)
    #expect(AttributeMeasure.category.value(kettle, toaster) == 2.0 / 3)
    let price = try #require(AttributeMeasure.price(tolerance: 1).value(kettle, toaster))
    #expect(Self.near(price, 0.5))
    let size = try #require(AttributeMeasure.size(tolerance: 1).value(kettle, toaster))
    #expect(Self.near(size, 0.5))
    #expect(AttributeMeasure.attribute("Weight").value(kettle, kettle) == 1)
    let bare = Self.product(nil, [], price: nil, grams: nil)
    let measures: [AttributeMeasure] = [.brand, .category, .price(), .size(), .attribute("weight")]
    for measure in measures { #expect(measure.value(kettle, bare) == nil, "\(measure)") }
    var dollars = kettle
    dollars.price = Price(amount: 20, currency: "USD")
    #expect(AttributeMeasure.price().value(kettle, dollars) == nil)
  }

  @Test func theAccountAddsUp() throws {
    let measure = try JoinedMeasure([
      .init(.brand, weight: 1), .init(.category, weight: 3), .init(.price(), weight: 5),
    ])
    let kettle = Self.product("Akin", ["Home", "Kitchen", "Kettles"], price: nil, grams: nil)
    let toaster = Self.product("Other", ["Home", "Kitchen", "Toasters"], price: 40, grams: nil)
    let account = measure.account(kettle, toaster)
    #expect(Self.near(account.score, 0.5))
    #expect(account.lines.map(\.value) == [0, 2.0 / 3, nil])
    #expect(Self.near(account.lines.reduce(0) { $0 + $1.contribution }, account.score))
    #expect(throws: MeasureError.unusableWeight(part: "brand")) {
      try JoinedMeasure([.init(.brand, weight: -1)])
    }
    #expect(try JoinedMeasure([]).account(kettle, toaster).score == 0)
  }
}
