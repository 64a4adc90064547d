import AkinCatalogue
import CKernels
import Testing

@testable import AkinSearch

/// The products that have every word, found from the rarest word on, are those that visiting every
/// product of every word finds.
@Suite struct ConjunctionTests {
  private static let queries = [
    "headphones", "索尼 耳机", "black coat", "iphone 12 case", "olive oil 500ml", "手机壳 透明",
    "wireless headphones for the gym", "苹果手机", "wh-1000xm4", "xiaomi", "sony headphones -case",
    "耳机 1000元以内", "the best case", "red", "羽绒服 黑色 男",
  ]

  @Test(arguments: queries, [true, false])
  func agreesWithVisitingEveryProduct(query: String, understands: Bool) throws {
    let snapshot = Sample.index.snapshot
    try Sample.index.withScratch { (scratch) throws(SearchError) in
      let plan = try scratch.reader.read(query, understands: understands, in: snapshot)
      let searcher = Searcher(snapshot: snapshot, scratch: scratch, k1: 1.2)
      let worths = searcher.worths(of: plan.concepts)
      let required = Searcher.required(plan.concepts)
      for part in snapshot.parts {
        let search = PartSearch(part: part, scratch: scratch)
        search.score(plan.concepts, worths: worths)
        search.allow(Conditions())
        let expected = search.select(required: required).map { product in
          (product, scratch.matches[Int(product)].score, scratch.matches[Int(product)].concepts)
        }
        let found = search.find(
          plan.concepts, worths: worths, required: required, conditions: Conditions())
        #expect(Array(found) == expected.map(\.0), "\(query)")
        for (product, score, concepts) in expected {
          let match = scratch.matches[Int(product)]
          #expect(abs(match.score - score) <= 1e-4 * score && match.concepts == concepts)
        }
        #expect(scratch.best.allSatisfy { $0 == 0 } && scratch.raised.allSatisfy { $0 == 0 })
      }
    }
  }
}
