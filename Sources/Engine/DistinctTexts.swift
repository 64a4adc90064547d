internal import AkinAlike
internal import AkinCatalogue

/// The different texts among those of all products, in order of first appearance.
struct DistinctTexts {
  private(set) var values: [String] = []
  /// For each product the index of its text in ``values``.
  private(set) var indices: [Int] = []

  init(_ texts: some Sequence<String>) {
    var positions: [String: Int] = [:]
    for text in texts {
      if let position = positions[text] {
        indices.append(position)
      } else {
        positions[text] = values.count
        indices.append(values.count)
        values.append(text)
      }
    }
  }
}

extension DistinctTexts {
  /// The first product of each text, which stands for all of them where facts are compared.
  func firstProducts(of products: [Product]) -> [Product] {
    var first: [Product?] = Array(repeating: nil, count: values.count)
    for (product, text) in zip(products, indices) where first[text] == nil {
      first[text] = product
    }
    return first.compactMap(\.self)
  }
}

/// Tells whether two builds compare the same texts in the same way.
enum TextDigest {
  /// 64-bit FNV-1a of everything the neighbour lists depend on. Not for security: it only saves
  /// work, and the odds of a wrong match are 2⁻⁶⁴.
  static func of(
    _ texts: [String], _ products: [Product] = [], model: String, neighbours: Int
  ) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ text: String) {
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = (hash ^ 0xFF) &* 0x100_0000_01B3
    }
    add("v2 \(model) \(neighbours)")
    for text in texts { add(text) }
    for product in products {
      add(ContentText.words(of: product))
      let price = (product.salePrice ?? product.price).map { "\($0.amount) \($0.currency ?? "")" }
      for field in [product.gtin, product.itemGroup, price] { add(field ?? "") }
      for path in product.categories { add(path.joined(separator: "\u{1F}")) }
      for attribute in product.attributes where attribute.isOfTitle {
        if case .list(let texts) = attribute.value { add(attribute.name + texts.joined()) }
      }
    }
    return String(hash, radix: 16)
  }
}
