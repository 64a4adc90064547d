public import AkinCatalogue
internal import Foundation

/// What an encoder reads of a product.
public enum ProductText {
  /// The title, then the brand, the category and the variant's properties where the title does
  /// not already say them. O(length of the product's texts).
  ///
  /// Descriptions stay out: they multiply the cost of encoding, and shops repeat the same
  /// paragraphs under different products.
  public static func compose(_ product: Product) -> String {
    var parts = [product.title]
    var said = fold(product.title)
    func say(_ part: String) {
      let folded = fold(part)
      guard !folded.isEmpty, !said.contains(folded) else { return }
      parts.append(part)
      said += " " + folded
    }
    if let brand = product.brand { say(brand) }
    for path in product.categories { for level in path.suffix(2).reversed() { say(level) } }
    for value in variantValues(of: product) { say(value) }
    return parts.joined(separator: ", ")
  }

  /// Size, colour, flavour … as written, joined; `nil` where the product has none.
  public static func variant(of product: Product) -> String? {
    let values = variantValues(of: product)
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }

  private static func variantValues(of product: Product) -> [String] {
    product.attributes.filter { variantNames.contains(fold($0.name)) }
      .map { written($0.value) }.filter { !$0.isEmpty }
  }

  /// Attributes that tell variants apart, in the names shops give them.
  private static let variantNames: Set<String> = [
    "size", "color", "colour", "material", "pattern", "capacity", "package size", "flavor",
    "flavour", "style", "颜色", "尺寸", "尺码", "规格", "容量", "材质", "口味", "净含量", "款式",
  ]

  private static func fold(_ text: String) -> String {
    text.lowercased().replacing("_", with: " ").trimmingCharacters(in: .whitespaces)
  }

  private static func written(_ value: AttributeValue) -> String {
    switch value {
    case .text(let text): text
    case .number(let number): number.formatted()
    case .quantity(let quantity): quantity.written
    case .boolean: ""
    case .list(let values): values.joined(separator: " ")
    }
  }
}
