public import AkinCatalogue

/// What the word space reads of a product.
public enum ContentText {
  /// Title, brand, part number, the narrowest categories, attributes and description, joined; what was
  /// read in the title is there already.
  public static func words(of product: Product) -> String {
    var parts = [product.title]
    if let brand = product.brand { parts.append(brand) }
    if let part = product.mpn { parts.append(part) }
    for path in product.categories { if let level = path.last { parts.append(level) } }
    for attribute in product.attributes where !attribute.isOfTitle {
      switch attribute.value {
      case .text(let text): if text.utf8.count <= 100 { parts.append(text) }
      case .list(let values): parts.append(contentsOf: values)
      case .quantity(let quantity): parts.append(quantity.written)
      case .number, .boolean: break
      }
    }
    if let description = product.description { parts.append(description) }
    return parts.joined(separator: "\n")
  }
}
