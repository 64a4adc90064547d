import Foundation
import Testing

/// `akin duplicates` over the bilingual sample, whose README names its near duplicates.
@Suite struct DuplicatesCommandTests {
  let folder: TemporaryFolder
  let shop: String

  init() throws {
    folder = try TemporaryFolder()
    shop = folder.path("shop")
  }

  @Test func oneProductUnderTwoTitlesIsFoundInBothLanguages() throws {
    let empty = try AkinProcess.run("duplicates", "--shop", shop)
    #expect(empty.status != 0)
    let build = try AkinProcess.run(
      ["build", "--shop", shop] + AkinProcess.sampleProducts.flatMap { ["--products", $0] })
    #expect(build.status == 0, "\(build.messages)")
    let run = try AkinProcess.run("duplicates", "--shop", shop, "--limit", "1000", "--json")
    let groups = try #require(try run.json()["groups"] as? [[String: Any]])
    let members = groups.map { group in
      Set((group["products"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String })
    }
    for pair in [
      ["202014", "202015"], ["401015", "401016"], ["B-2102", "B-2103"], ["601005", "B-6002"],
    ] {
      #expect(members.contains { $0.isSuperset(of: pair) }, "\(pair)")
    }
    // A phone and its case, a fruit and a phone.
    for pair in [["101001", "101101"], ["101001", "201001"]] {
      #expect(!members.contains { $0.isSuperset(of: pair) }, "\(pair)")
    }
    let text = try AkinProcess.run("duplicates", "--shop", shop, "--limit", "1")
    #expect(text.text.contains("more groups"))
    let wrong = try AkinProcess.run("duplicates", "--shop", shop, "--threshold", "2")
    #expect(wrong.status == 64 && wrong.messages.contains("--threshold"))
  }
}
