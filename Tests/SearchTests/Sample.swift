import AkinCatalogue
import Foundation

@testable import AkinSearch

/// The bilingual sample shop, indexed once for all tests.
enum Sample {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let products: [Product] = {
    do { return try read() } catch {
      preconditionFailure("the sample cannot be read: \(error)")
    }
  }()

  static let index: SearchIndex = {
    do { return try SearchIndex(products.map { IndexedProduct($0) }) } catch {
      preconditionFailure("the sample cannot be indexed: \(error)")
    }
  }()

  private static func read() throws -> [Product] {
    let rejects = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
    defer { try? FileManager.default.removeItem(at: rejects) }
    let importer = CatalogueImporter(rejects: try RejectLog(url: rejects))
    var products: [Product] = []
    for name in ["products.csv", "products-en.tsv"] {
      try importer.add(file: root.appending(path: "Samples/bilingual/\(name)")) {
        products.append($0.product)
      }
    }
    return products
  }
}
