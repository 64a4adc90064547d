internal import AkinCatalogue
internal import AkinEncoders
package import AkinSearch
internal import Foundation
internal import Synchronization

extension LiveShop {
  /// The words of the catalogue as it stands, with the build that they are of.
  struct Words: Sendable {
    var index: SearchIndex
    var built: Double
  }

  /// Finds what a shopper typed, in the catalogue as it stands.
  ///
  /// - Throws: `SearchError`; `EncoderError` where meaning is asked for.
  package func find(_ request: SearchRequest, mode: ShopSearch.Mode = .auto) throws
    -> ShopSearch.Result
  {
    let state = self.state.withLock { $0 }
    let search = ShopSearch(
      index: try words(), product: { state.catalogue.product($0)?.product },
      meaning: { [encoder] query, count in
        let vector = try encoder.encode([query], as: .query)
        return try state.content.search(vector.values, k: count).flatMap { near in
          state.catalogue.products(ofText: near.item).map { ($0.product.id, near.score) }
        }
      })
    return try search.search(request, mode: mode)
  }

  /// Completions of what a shopper is typing, likeliest first.
  ///
  /// - Throws: `SearchError` `badArgument`.
  package func suggest(_ prefix: String, count: Int) throws -> [String] {
    try words().suggest(prefix, count: count).map(\.text)
  }

  /// The index, opened or made at the first search after a build. Writers wait meanwhile, so that
  /// none of their products is missed.
  private func words() throws -> SearchIndex {
    let built = state.withLock(\.built)
    if let words = wordTable.withLock({ $0 }), words.built == built { return words.index }
    return try writer.sync {
      let built = state.withLock(\.built)
      if let words = wordTable.withLock({ $0 }), words.built == built { return words.index }
      let index = try ShopIndex.open(store, allowsEmpty: true)
      wordTable.withLock { $0 = Words(index: index, built: built) }
      return index
    }
  }

  /// Takes over changed products, where the index is open. Runs on ``writer``.
  func updateWords(_ products: [LiveProduct], removing removed: [String] = []) {
    guard let words = wordTable.withLock({ $0 }) else { return }
    do {
      try words.index.update(
        products.map { IndexedProduct($0.product, popularity: Double($0.baskets)) },
        removing: removed)
    } catch {
      // The next search opens the index anew, from the store.
      wordTable.withLock { $0 = nil }
      failures.withLock { $0 = "\(error)" }
    }
  }
}
