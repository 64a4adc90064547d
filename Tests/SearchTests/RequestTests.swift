import AkinCatalogue
import Testing

@testable import AkinSearch

@Suite struct RequestTests {
  private func search(
    _ query: String, _ change: (inout SearchRequest) throws -> Void = { _ in }
  ) throws -> SearchResults {
    var request = SearchRequest(query)
    try change(&request)
    return try Sample.index.search(request)
  }

  @Test func filtersHoldForEveryResult() throws {
    let byID = Dictionary(uniqueKeysWithValues: Sample.products.map { ($0.id, $0) })
    let results = try search("耳机") {
      $0.filters = [
        try SearchFilter(parsing: "brand=Sony"), try SearchFilter(parsing: "price=1000..1700"),
      ]
      $0.count = 100
    }
    #expect(Set(results.hits.map(\.id)) == ["102002", "102003", "102004"])
    let shelves = try search("case") {
      $0.filters = [try SearchFilter(parsing: "category=Cases|手机壳")]
      $0.count = 100
    }
    #expect(shelves.total > 8)
    #expect(
      shelves.hits.allSatisfy {
        byID[$0.id]?.categories[0].last.map(["Cases", "手机壳"].contains) ?? false
      })
    #expect(
      try search("case") { $0.filters = [try SearchFilter(parsing: "brand=Nobody")] }.total == 0)
  }

  @Test func facetsCountAllMatches() throws {
    let results = try search("headphones") {
      $0.facets = ["brand", "category", "price", "availability"]
      $0.count = 1
    }
    let brands = try #require(results.facets["brand"])
    let all = try search("headphones") { $0.count = 1000 }
    #expect(all.hits.count == results.total)
    let byID = Dictionary(uniqueKeysWithValues: Sample.products.map { ($0.id, $0) })
    let names = { (brand: String) in
      let groups = Sample.index.lexicon.groups.filter { $0.kind == .brand }
      return Set([brand] + groups.filter { $0.words.contains(brand) }.flatMap(\.words))
    }
    for brand in brands {
      let known = names(brand.value)
      let count = all.hits.count { byID[$0.id]?.brand.map(known.contains) ?? false }
      #expect(brand.count == count, "\(brand)")
    }
    #expect(
      Set(brands.map(\.value)).isSuperset(of: ["Sony"]) != brands.contains { $0.value == "索尼" })
    let prices = try #require(results.facets["price"])
    #expect(prices.reduce(0) { $0 + $1.count } == all.hits.count { $0.price != nil })
    #expect(results.facets["category"]?.isEmpty == false)
    #expect(results.facets["availability"]?.isEmpty == false)
  }

  /// Spellings of one brand are one value, and its filter finds all of them.
  @Test func facetsJoinSpellings() throws {
    let products = ["Sony", "SONY", "索尼", "sony ", "Bose"].enumerated().map { number, brand in
      var product = Product(id: "\(number)", title: "headphones")
      product.brand = brand
      return product
    }
    let index = try SearchIndex(products.map { IndexedProduct($0) })
    var request = SearchRequest("headphones")
    request.facets = ["brand"]
    let brands = try #require(try index.search(request).facets["brand"])
    #expect(brands.map(\.count) == [4, 1] && brands[1].value == "Bose")
    request.filters = [.value(field: "brand", anyOf: [brands[0].value])]
    #expect(try index.search(request).total == 4)
  }

  @Test func refusedProductsAreNeitherFoundNorCounted() throws {
    var request = SearchRequest("headphones")
    request.facets = ["brand"]
    request.count = 100
    let all = try Sample.index.search(request)
    let kept = Set(all.hits.map(\.id).enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
    let some = try Sample.index.search(request, admits: kept.contains)
    #expect(Set(some.hits.map(\.id)) == kept && some.total == kept.count)
    let count = { (results: SearchResults) in
      results.facets["brand", default: []].reduce(0) { $0 + $1.count }
    }
    #expect(count(some) < count(all))
    #expect(try Sample.index.search(request, admits: { _ in false }).hits.isEmpty)
  }

  @Test func highlightsOfOtherTitles() throws {
    let request = SearchRequest("索尼 耳机")
    let marks = try Sample.index.highlights(of: request, in: ["Sony 耳机 黑色", "nothing"])
    #expect(marks[0].count == 2 && marks[1].isEmpty)
    var plain = request
    plain.highlights = false
    #expect(try Sample.index.search(plain).hits.allSatisfy { $0.highlights.isEmpty })
  }

  @Test(arguments: [
    (Float(0), 0), (0.99, 0), (1, 1), (1.99, 1), (2, 2), (5, 3), (9.99, 3), (10, 4), (49.9, 5),
    (1000, 10),
  ])
  func priceBands(price: Float, band: Int) { #expect(FacetCounter.band(of: price) == band) }

  @Test func sortsByPrice() throws {
    let ascending = try search("手机") {
      $0.sort = .priceAscending
      $0.count = 1000
    }.hits.compactMap(\.price)
    #expect(ascending == ascending.sorted() && ascending.count > 10)
    let descending = try search("手机") {
      $0.sort = .priceDescending
      $0.count = 1000
    }.hits.compactMap(\.price)
    #expect(descending == ascending.reversed())
  }

  @Test func pagesJoinToTheWhole() throws {
    let whole = try search("苹果") { $0.count = 100 }
    var paged: [String] = []
    var cursor: String?
    repeat {
      let page = try search("苹果") {
        $0.count = 7
        $0.cursor = cursor
      }
      #expect(page.total == whole.total)
      paged += page.hits.map(\.id)
      cursor = page.cursor
    } while cursor != nil
    #expect(paged == whole.hits.map(\.id))
  }

  @Test func highlightsAreTheQuerysWords() throws {
    let hit = try #require(try search("索尼 wh1000xm4").hits.first { $0.id == "102003" })
    let bytes = Array(hit.title.utf8)
    let marked = hit.highlights.map { String(decoding: bytes[$0], as: UTF8.self) }
    #expect(marked == ["索尼", "SONY", "WH-1000XM4"])
  }

  @Test func saysWhatItUnderstood() throws {
    let phone = try search("black sony headphones under $300 -case").understood
    #expect(phone.brands == ["sony"] && phone.colours == ["black"])
    #expect(phone.maximumPrice == 300 && phone.currency == "USD" && phone.excluded == ["case"])
    let oil = try search("橄榄油 500ml").understood
    #expect(oil.sizes == ["500ml"] && oil.categories.isEmpty)
    let typo = try search("wireles headphnes").understood
    #expect(typo.suggestion == "wireless headphones")
    #expect(typo.corrections.map(\.from) == ["wireles", "headphnes"])
    let coat = try search("大衣 10元以内")
    #expect(coat.understood.relaxed == ["price"] && !coat.hits.isEmpty)
    let none = try search("紫色 iphone 12")
    #expect(none.understood.relaxed == ["紫色"])
  }

  @Test func withoutUnderstandingEveryWordCounts() throws {
    let results = try search("headphnes under 300") { $0.understands = false }
    #expect(results.hits.isEmpty && results.understood == Understanding())
  }

  @Test(arguments: [
    ("under 50", PriceWish(maximum: 50)),
    ("below $1,299.50", PriceWish(maximum: 1299.5, currency: "USD")),
    ("200元以内", PriceWish(maximum: 200, currency: "CNY")), ("200以下", PriceWish(maximum: 200)),
    ("２００元以内", PriceWish(maximum: 200, currency: "CNY")),
    ("不超过300块", PriceWish(maximum: 300, currency: "CNY")),
    ("100到200元", PriceWish(minimum: 100, maximum: 200, currency: "CNY")),
    ("100-200元", PriceWish(minimum: 100, maximum: 200, currency: "CNY")),
    ("$20-$40", PriceWish(minimum: 20, maximum: 40, currency: "USD")),
    ("between 20 and 40", PriceWish(minimum: 20, maximum: 40)),
    ("over 100 euros", PriceWish(minimum: 100, currency: "EUR")),
    ("1500元以上", PriceWish(minimum: 1500, currency: "CNY")),
    ("100元左右", PriceWish(minimum: 80, maximum: 120, currency: "CNY")),
    ("less than £30", PriceWish(maximum: 30, currency: "GBP")),
  ])
  func pricesAreRead(text: String, wish: PriceWish) {
    for (before, after) in [("", ""), ("coat ", ""), ("", " 大衣")] {
      var query = QueryReader.normalised(before + text + after)
      #expect(PriceWish.extract(from: &query) == wish, "\(before)\(text)\(after)")
      #expect(query.split(separator: " ") == (before + after).split(separator: " "))
    }
  }

  @Test(arguments: [
    "iphone 12", "under 5 kg", "501 jeans", "2米以内", "wh-1000xm4", "windows 11", "3-in-1 stand",
    "10-12 inch pan", "levis 501",
  ])
  func otherNumbersAreNoPrices(text: String) {
    var query = text
    #expect(PriceWish.extract(from: &query) == nil && query == text)
  }
}
