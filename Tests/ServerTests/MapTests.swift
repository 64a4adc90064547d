import HTTPTypes
import Testing

@testable import AkinEngine

/// The catalogue in two dimensions.
@Suite struct MapTests {
  private func points(_ shop: TestShop) async throws -> [[String: Any]] {
    let answer = try await shop.ask(.get, "/v1/map")
    #expect(answer.status == 200, "\(answer.text)")
    return try #require(answer.json["points"] as? [[String: Any]])
  }

  @Test func everyProductHasAPlaceAndSimilarOnesLieNear() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    let points = try await points(shop)
    #expect(points.compactMap { $0["id"] as? String } == (0..<9).map { "p\($0)" })
    #expect(points.allSatisfy { $0["brand"] as? String == "Acme" && $0["category"] == nil })
    func distance(_ first: Int, _ second: Int) -> Double {
      func place(_ index: Int, _ axis: String) -> Double { points[index][axis] as? Double ?? .nan }
      let (x, y) = (place(first, "x") - place(second, "x"), place(first, "y") - place(second, "y"))
      return (x * x + y * y).squareRoot()
    }
    // A coat beside the longer coat, not beside the leather shoes.
    #expect(distance(0, 1) < distance(0, 8))
    #expect(distance(4, 5) < distance(4, 8))
  }

  @Test func aLargeCatalogueIsSampledEvenly() async throws {
    let shop = try TestShop()
    try await shop.fill((0..<23).map { "product number \($0) of many" })
    let map = try shop.shop.map(limit: 6)
    #expect(map.products == 23)
    #expect(map.points.map(\.id) == ["p0", "p3", "p7", "p11", "p15", "p19"])
  }

  @Test func tooFewProductsHaveNoMap() async throws {
    let shop = try TestShop()
    #expect(try await points(shop).isEmpty)
    try await shop.fill(["one", "two"])
    #expect(try await points(shop).isEmpty)
  }

  @Test func itIsMadeAnewAfterARebuild() async throws {
    let shop = try TestShop()
    try await shop.fill((0..<23).map { "product number \($0) of many" })
    try shop.shop.rebuild(progress: SilentProgress())
    let before = try await points(shop)
    _ = try await shop.ask(.put, "/v1/products/new", #"{"id":"new","title":"garden chair"}"#)
    shop.shop.waitForVectors()
    // One new product is not worth another map.
    #expect(try await points(shop).count == before.count)
    try shop.shop.rebuild(progress: SilentProgress())
    #expect(try await points(shop).count == before.count + 1)
  }
}
