package import AkinCatalogue

/// A product of a serving shop. A class, so that catalogues share it instead of copying it.
package final class LiveProduct: Sendable {
  /// The product.
  package let product: Product
  /// Its position in the catalogue.
  package let ordinal: Int
  /// The position of its text.
  package let text: Int
  /// The number of baskets that hold it.
  package let baskets: Int

  package init(product: Product, ordinal: Int, text: Int, baskets: Int) {
    self.product = product
    self.ordinal = ordinal
    self.text = text
    self.baskets = baskets
  }
}
