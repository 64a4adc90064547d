import AkinCatalogue
import Foundation
import Testing

@testable import AkinSearch

@Suite struct IndexFilesTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "akin-search-\(UUID())")

  private func search(_ index: SearchIndex, _ query: String) throws -> SearchResults {
    var request = SearchRequest(query)
    request.facets = ["brand", "price"]
    return try index.search(request)
  }

  @Test func whatIsSavedAnswersTheSame() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Sample.index.save(to: folder, origin: "sample")
    let (opened, origin) = try SearchIndex.open(folder)
    #expect(origin == "sample" && SearchIndex.origin(of: folder) == "sample")
    for query in ["iphone 12", "索尼耳机", "headphnes", "200元以内 耳机", "xm"] {
      #expect(try search(opened, query) == search(Sample.index, query), "\(query)")
    }
    #expect(try opened.suggest("son") == Sample.index.suggest("son"))
  }

  @Test func hiddenProductsStayHidden() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let index = try SearchIndex(Sample.products.map { IndexedProduct($0) })
    try index.update([], removing: ["B-6003"])
    try index.save(to: folder)
    let opened = try SearchIndex.open(folder).index
    #expect(opened.count == index.count)
    #expect(try search(opened, "catan board game").hits.allSatisfy { $0.id != "B-6003" })
  }

  /// Before the manifest is replaced, and after: at every moment one whole index is there.
  @Test func whatAKilledProcessLeavesIsNoHarm() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let old = try SearchIndex([IndexedProduct(Product(id: "1", title: "old coat"))])
    try old.save(to: folder, origin: "old")
    // Killed while it wrote a segment, and before the manifest was renamed.
    try Data("AKINSRCH half".utf8).write(to: folder.appending(path: "segment-x-0.part"))
    try Data("whole but unnamed".utf8).write(to: folder.appending(path: "segment-x-1"))
    try Data("half".utf8).write(to: folder.appending(path: "manifest.part"))
    #expect(try SearchIndex.open(folder).origin == "old")
    let new = try SearchIndex([IndexedProduct(Product(id: "2", title: "new coat"))])
    try new.save(to: folder, origin: "new")
    #expect(try SearchIndex.open(folder).origin == "new")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
    #expect(names.count == 3, "\(names)")
  }

  /// Any flipped bit of a file that counts is noticed.
  @Test func damageIsNoticed() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try SearchIndex([IndexedProduct(Product(id: "1", title: "red coat"))]).save(to: folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
    for name in names where name != "lock" {
      let url = folder.appending(path: name)
      let whole = try Data(contentsOf: url)
      for place in stride(from: 0, to: whole.count, by: 11) {
        var damaged = whole
        damaged[place] ^= 0x10
        try damaged.write(to: url)
        do {
          let opened = try SearchIndex.open(folder).index
          // Padding between sections says nothing.
          #expect(opened.count == 1)
          #expect(damaged[place] == 0x10, "byte \(place) of \(name)")
        } catch {
          #expect([.damaged, .tooNew].contains(error.code), "\(error)")
        }
      }
      for length in [0, 1, 19, 20, whole.count / 2, whole.count - 1] {
        try whole.prefix(length).write(to: url)
        let error = #expect(throws: SearchError.self) {
          let opened = try SearchIndex.open(folder).index
          // What was cut off may be padding.
          if length == whole.count - 1 { throw SearchError(.damaged, "\(opened.count)") }
        }
        #expect(error?.code == .damaged, "\(name) cut to \(length)")
      }
      try whole.write(to: url)
    }
  }

  @Test func refusals() throws {
    let missing = #expect(throws: SearchError.self) { try SearchIndex.open(folder) }
    #expect(missing?.code == .noIndex)
    let file = FileManager.default.temporaryDirectory.appending(path: "akin-\(UUID())")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let refused = #expect(throws: SearchError.self) {
      try Sample.index.save(to: file.appending(path: "inside"))
    }
    #expect(refused?.code == .notWritable)
  }
}
