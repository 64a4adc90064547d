/// Random changes of a pair that leave its label as it is, so that a model does not learn the
/// training pairs by heart (Li et al., *Ditto*, 2020; Miao et al., *Rotom*, 2021).
public struct PairAugmentation: Sendable, Codable, Equatable {
  /// How often a stretch of up to four tokens is left out of a product.
  public var deletion = 0.2
  /// How often a product's columns come in another order.
  public var shuffling = 0.1
  /// How often a column other than the first is left out.
  public var dropping = 0.1
  /// How often the sides change places.
  public var swapping = 0.2

  /// The usual shares.
  public init() {}

  /// No changes.
  public static var none: PairAugmentation {
    var augmentation = PairAugmentation()
    (augmentation.deletion, augmentation.shuffling) = (0, 0)
    (augmentation.dropping, augmentation.swapping) = (0, 0)
    return augmentation
  }

  func applied(
    _ left: PairSerialiser.Product, _ right: PairSerialiser.Product,
    _ generator: inout SeededGenerator
  ) -> (PairSerialiser.Product, PairSerialiser.Product) {
    let (a, b) = (changed(left, &generator), changed(right, &generator))
    return Double.random(in: 0..<1, using: &generator) < swapping ? (b, a) : (a, b)
  }

  private func changed(
    _ product: PairSerialiser.Product, _ generator: inout SeededGenerator
  ) -> PairSerialiser.Product {
    var product = product
    func happens(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < share }
    if product.columns.count > 1, happens(dropping) {
      product.columns.remove(at: Int.random(in: 1..<product.columns.count, using: &generator))
    }
    if product.columns.count > 1, happens(shuffling) { product.columns.shuffle(using: &generator) }
    if happens(deletion),
      let longest = product.columns.indices.max(by: {
        product.columns[$0].count < product.columns[$1].count
      }), product.columns[longest].count > 4
    {
      let tokens = product.columns[longest].count
      let span = Int.random(in: 1...min(4, tokens / 3), using: &generator)
      let start = Int.random(in: 0...(tokens - span), using: &generator)
      product.columns[longest].removeSubrange(start..<(start + span))
    }
    return product
  }
}
