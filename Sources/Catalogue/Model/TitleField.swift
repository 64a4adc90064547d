/// Attributes that hold what was read in a product's title, as no feed says it: the names are reserved.
public enum TitleField: String, Sendable, CaseIterable {
  /// The maker's brand.
  case brand = "title brand"
  /// What the thing is: `双肩包`, `office chair`.
  case product = "title product"
  /// A model's name or number.
  case model = "title model"
}

extension Attribute {
  /// Whether it repeats words of the title: evidence of what they mean, no further words.
  public var isOfTitle: Bool { TitleField(rawValue: name) != nil }
}
