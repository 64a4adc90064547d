internal import AkinCatalogue
internal import Foundation

/// Terms that are no words: what they begin with keeps them apart.
enum IndexKeys {
  static let separator: Character = "\u{1F}"

  /// The term of products whose `field` has the folded `value`.
  static func filter(_ field: String, _ value: String) -> String { "\u{1}\(field)\u{1F}\(value)" }

  /// The term of products that name the quantity: 500ml, 0.5 L and 500毫升 have one.
  static func quantity(_ quantity: Quantity) -> String {
    "\u{2}\(quantity.dimension.rawValue)\u{1F}" + String(format: "%.4g", quantity.value)
  }
}
