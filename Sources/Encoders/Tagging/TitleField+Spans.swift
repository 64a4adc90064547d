public import AkinCatalogue

/// What a tagger says of a product's title, kept as attributes of their own: a field that the feed fills
/// stays as it is, and nobody takes what was read for what was said.
extension TitleField {
  /// The field that stretches of `type` fill; `nil` where they fill none. Knows the plain English names
  /// and those of the Taobao titles.
  public init?(type: String) {
    switch type.uppercased() {
    case "BRAND", "HPPX": self = .brand
    case "PRODUCT", "HCCX": self = .product
    case "MODEL", "XH": self = .model
    default: return nil
    }
  }

  /// The fields that `spans` fill, as attributes in a fixed order; repeated texts count once.
  public static func attributes(of spans: [TitleSpan]) -> [Attribute] {
    var texts: [TitleField: [String]] = [:]
    for span in spans {
      guard let field = TitleField(type: span.type),
        !(texts[field] ?? []).contains(span.text)
      else { continue }
      texts[field, default: []].append(span.text)
    }
    return allCases.compactMap { field in
      texts[field].map { Attribute(name: field.rawValue, value: .list($0)) }
    }
  }
}
