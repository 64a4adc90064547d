internal import AkinAlike
internal import AkinCatalogue
internal import AkinStorage
internal import Foundation

extension KindTable {
  /// Texts whose vectors are read together.
  private static let chunk = 4_096

  /// Learns the kinds of a catalogue whose texts are encoded.
  init(
    _ products: [Product], _ texts: DistinctTexts, bought: NeighbourLists, viewed: NeighbourLists,
    model: String, dimension: Int, store: ShopStore
  ) throws {
    try self.init(of: products, bought: bought, viewed: viewed, dimension: dimension) { add in
      var productOfText: [Int: Int] = [:]
      for (product, text) in texts.indices.enumerated() where productOfText[text] == nil {
        productOfText[text] = product
      }
      for start in stride(from: 0, to: texts.values.count, by: Self.chunk) {
        try Task.checkCancellation()
        let some = Array(texts.values[start..<min(start + Self.chunk, texts.values.count)])
        let values = try store.vectors(of: some, model: model, dimension: dimension)
        for row in some.indices {
          guard let product = productOfText[start + row] else { continue }
          add(product, values[row * dimension..<(row + 1) * dimension])
        }
      }
    }
  }
}
