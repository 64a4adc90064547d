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
