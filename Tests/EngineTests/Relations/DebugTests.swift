import AkinAlike
import AkinCatalogue
import AkinSimilarity
import AkinStorage
import Foundation
import Testing

@testable import AkinEngine

@Suite struct DebugTests {
  @Test func show() throws {
    guard let shop = ProcessInfo.processInfo.environment["DEBUG_SHOP"],
      let pairs = ProcessInfo.processInfo.environment["DEBUG_PAIRS"]
    else { return }
    let store = try ShopStore(directory: URL(filePath: shop))
    let scorer = try RelationScorer(store)
    guard let summary = try BuildSummary.last(of: store) else { return }
    let vectors = try Vectors(
      values: store.publishedVectors(model: summary.modelKey, dimension: summary.dimension),
      dimension: summary.dimension)
    let data = try StoredRelationData(store, vectors)
    for pair in pairs.split(separator: ",") {
      let ids = pair.split(separator: ">").map(String.init)
      if ids.count == 1 {
        let products = SimilarProducts(store: store)
        for relation in Relation.related {
          let items = try products.related(to: ids[0], as: relation, k: 12).items
          print("## \(ids[0]) \(relation.rawValue):")
          for item in items {
            print("   \(item.probability ?? 0) \(item.id) \(item.title)")
          }
        }
        continue
      }
      guard let one = try store.product(id: ids[0]), let two = try store.product(id: ids[1]),
        let found = try scorer.pair(from: one.text, to: two.text, in: data)
      else { continue }
      print("== \(one.product.title) → \(two.product.title)")
      print(scorer.judge.probabilities(found.row, links: found.links).map { String(format: "%.3f", $0) })
      for (name, value) in zip(RelationSignals.names, found.row) where !value.isNaN && value != 0 {
        print("  \(name) \(value)", terminator: ";")
      }
      print("")
    }
  }
}
