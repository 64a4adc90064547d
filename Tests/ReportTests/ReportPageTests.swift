import AkinReport
import Foundation
import Testing

@Suite struct ReportPageTests {
  @Test func aFullPageIsWellFormed() throws {
    let parts = PageParts(try ReportPage.render(Samples.full))
    #expect(parts.markup.hasPrefix("<!DOCTYPE html>"))
    #expect(parts.isBalanced)
    #expect(parts.scripts.count == 4)
    #expect(parts.styles.count == 1)
    #expect(!parts.markup.contains("{{"))
    #expect(parts.markup.contains("<title>双语 shop · Akin</title>"))
  }

  @Test func theDataArrives() throws {
    let json = try PageParts(try ReportPage.render(Samples.full)).json()
    let report = try #require(json["report"] as? [String: Any])
    let sample = try #require((report["samples"] as? [[String: Any]])?.first)
    let similar = try #require(sample["similar"] as? [[String: Any]])
    #expect(similar.map { $0["score"] as? Double } == [0.96, 0.92])
    let map = try #require(json["map"] as? [String: Any])
    #expect(map["x"] as? [Int] == [0, 333, 10_000])
    #expect(map["y"] as? [Int] == [5_000, 4_667, 0])
    #expect(map["category"] as? [Int] == [0, 0, 1])
  }

  @Test func thePageAsksNothingOfTheNetwork() throws {
    let page = String(decoding: try ReportPage.render(Samples.full), as: UTF8.self)
    for request in ["src=", "<link", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML"] {
      #expect(!page.contains(request), "\(request)")
    }
    let addresses = page.matches(of: /https?:\/\/[^"'\s]*/).map { String($0.output) }
    #expect(Set(addresses).isSubset(of: ["http://www.w3.org/2000/svg"]))
  }

  @Test(arguments: Samples.hostileTexts)
  func textsCannotLeaveTheData(_ text: String) throws {
    let calm = PageParts(try ReportPage.render(Samples.hostile("calm")))
    let parts = PageParts(try ReportPage.render(Samples.hostile(text)))
    #expect(parts.scripts == calm.scripts)
    #expect(parts.styles == calm.styles)
    #expect(parts.isBalanced)
    #expect(tags(parts) == tags(calm))
    #expect(!parts.data.contains(/[<>&\u{2028}\u{2029}]/))

    let report = try #require(try parts.json()["report"] as? [String: Any])
    let shown = try #require(report["shop"] as? String)
    #expect(text.unicodeScalars.starts(with: shown.unicodeScalars.prefix(160)))
    #expect(shown.unicodeScalars.count <= 161)
  }

  private func tags(_ parts: PageParts) -> [String] {
    parts.markup.matches(of: /<[a-zA-Z\/][^>]*>/).map { String($0.output) }
  }

  @Test func longTextsDoNotMakeALongPage() throws {
    let short = try ReportPage.render(Samples.hostile("a")).count
    let long = try ReportPage.render(Samples.hostile(String(repeating: "長", count: 10_000))).count
    #expect(long - short < 20_000)
  }

  @Test func theSameReportGivesTheSameBytes() throws {
    let first = try ReportPage.render(Samples.full)
    #expect(try ReportPage.render(Samples.full) == first)
    let copy = try JSONDecoder().decode(
      ShopReport.self, from: try JSONEncoder().encode(Samples.full))
    #expect(copy == Samples.full)
    #expect(try ReportPage.render(copy) == first)
  }

  @Test func anEmptyShopHasAPage() throws {
    let parts = PageParts(try ReportPage.render(ShopReport(shop: "")))
    #expect(parts.isBalanced)
    let json = try parts.json()
    #expect(json["map"] == nil)
    #expect((json["report"] as? [String: Any])?["samples"] as? [String] == [])
  }

  @Test func oneProductIsAMapWithOnePoint() throws {
    var report = ShopReport(shop: "one")
    report.map = ProductMap(
      method: "PCA", categories: [], points: [.init(x: 3, y: -4, category: 0, label: "only")])
    let json = try PageParts(try ReportPage.render(report)).json()
    let map = try #require(json["map"] as? [String: Any])
    #expect(map["x"] as? [Int] == [0])
    #expect(map["category"] as? [Int] == [-1])
  }

  @Test(arguments: [Double.greatestFiniteMagnitude, .leastNonzeroMagnitude, 1e300])
  func extremeNumbersAreDrawn(_ number: Double) throws {
    var report = Samples.full
    report.map?.points[0].x = number
    report.map?.points[1].x = -number
    report.samples[0].similar[0].score = number
    #expect(try PageParts(try ReportPage.render(report)).json()["map"] != nil)
  }

  @Test func fiveThousandPointsStaySmall() throws {
    var report = Samples.full
    let label = String(repeating: "商品标题 ", count: 8)
    report.map?.points = (0..<5_000).map { index in
      let angle = Double(index)
      return .init(x: angle.remainder(dividingBy: 7), y: angle, category: index % 2, label: label)
    }
    #expect(try ReportPage.render(report).count < 2_000_000)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func aNumberThatIsNotFiniteIsNamed(_ number: Double) throws {
    var score = Samples.full
    score.samples[0].similar[1].score = number
    expectError(score, at: "report.samples.0.similar.1.score")
    var point = Samples.full
    point.map?.points[2].y = number
    expectError(point, at: "map.points.2")
    var time = Samples.full
    time.generated = number
    expectError(time, at: "report.generated")
    var built = Samples.full
    built.built = number
    expectError(built, at: "report.built")
  }

  private func expectError(_ report: ShopReport, at location: String) {
    let error = #expect(throws: ReportError.self) { try ReportPage.render(report) }
    #expect(error?.code == .numberNotFinite)
    #expect(error?.location == location)
  }
}
