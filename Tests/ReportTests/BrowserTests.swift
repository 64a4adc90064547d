import AkinCatalogue
import AkinReport
import Foundation
import Testing

/// What a real browser makes of the page. Skipped where there is none.
@Suite(.enabled(if: Browser.path != nil, "no chromium in the search path"), .serialized)
struct BrowserTests {
  @Test func theScriptsRunUnderThePolicy() throws {
    let page = try Browser.dump(Samples.full)
    #expect(page.contains("class=\"card\""))
    #expect(page.contains("<mark>"))
    #expect(page.contains("class=\"bin\""))
    #expect(page.contains("class=\"tally\""))
    #expect(page.contains("class=\"sum\""))
    #expect(!page.contains("id=\"map\" aria-labelledby=\"map-title\" hidden"))
  }

  @Test func typesStandWithTheirProbabilityAndEvidence() throws {
    let page = try Browser.dump(Samples.full)
    #expect(page.contains("class=\"types\""))
    #expect(page.contains(">Goes with it<") && page.contains(">93%<"))
    #expect(page.contains("made for +2.4") && page.contains("category −0.5"))
  }

  @Test(arguments: [
    ("Hass avocados, pack of 4", "Bananas, bunch of 4", []),
    ("Jasmine rice 5 lb", "Bread flour, 5 lb", []),
    ("Case for iPhone 12", "Apple iPhone 12 128GB", ["iPhone 12"]),
    ("Galaxy S21 128GB", "S21 cover, 128GB card", ["S21"]),
    ("赣南脐橙 20枚装 净重10斤", "土鸡蛋 20枚装 的橙", []),
    ("苹果手机12", "iPhone12 手机壳", ["手机"]),
    ("WH-1000XM4 headphones", "WF-1000XM5 earbuds", []),
    ("红富士苹果 的", "苹果 2.5 kg", ["苹果"]),
  ])
  func onlyWordsOfSubstanceAreEvidence(
    _ title: String, _ other: String, _ expected: [String]
  ) throws {
    let page = try Browser.dump(pair(Samples.face("1", title), Samples.face("2", other)))
    let marks = page.matches(of: /<mark>(.*?)<\/mark>/).map { String($0.output.1) }
    #expect(marks == expected)
  }

  @Test(arguments: [("5 pcs", "5 PCS", true), ("4 pcs", "5 pcs", false), (nil, "1 lb", false)])
  func pricesOfOneAmountAreCompared(
    _ variant: String?, _ other: String?, _ compared: Bool
  ) throws {
    var first = Samples.face("1", "Bananas, bunch")
    first.variant = variant
    var second = Samples.face("2", "Avocados, pack")
    second.variant = other
    second.price?.amount = 20
    let page = try Browser.dump(pair(first, second))
    #expect(page.contains("60% dearer") == compared)
    #expect(page.contains("class=\"tile\"") && page.contains(">B</span>"))
  }

  @Test func aLongListSaysHowMuchANarrowScreenLeavesOut() throws {
    var report = pair(Samples.face("1", "one"), Samples.face("2", "two"))
    #expect(!(try Browser.dump(report)).contains("class=\"rest\""))
    let one = report.samples[0].similar[0]
    report.samples[0].similar = Array(repeating: one, count: 8)
    #expect(try Browser.dump(report).contains(/class="rest"[^>]*>Show 5 more</))
  }

  private func pair(_ first: ProductFace, _ second: ProductFace) -> ShopReport {
    var report = ShopReport(shop: "pair")
    report.samples = [
      SampleProduct(
        product: first, similar: [ReportNeighbour(product: second, score: 0.9)],
        boughtTogether: [])
    ]
    return report
  }

  @Test func hostileTextsAreOnlyText() throws {
    for text in Samples.hostileTexts where text.contains("<") || text.contains("proto") {
      let page = try Browser.dump(Samples.hostile(text))
      #expect(page.contains("class=\"card\""), "\(text)")
      #expect(!page.contains("<img"), "\(text)")
      #expect(!page.contains("<title>OWNED"), "\(text)")
    }
  }

  @Test func anEmptyShopIsDrawn() throws {
    let page = try Browser.dump(ShopReport(shop: "empty"))
    #expect(page.contains("0</dd>"))
    #expect(!page.contains("class=\"card\""))
  }
}

enum Browser {
  static let path: String? = {
    let folders = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
    let candidates = folders.flatMap { ["\($0)/chromium", "\($0)/google-chrome"] }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// The document after the page's scripts ran.
  static func dump(_ report: ShopReport) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "akin-report-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "page.html")
    try Data(try ReportPage.render(report)).write(to: file)
    let process = Process()
    process.executableURL = URL(filePath: try #require(path))
    process.arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--lang=en",
      "--user-data-dir=\(folder.appending(path: "profile").path)",
      "--virtual-time-budget=2000", "--dump-dom", file.absoluteString,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
