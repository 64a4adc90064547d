public import AkinCatalogue
internal import Foundation

/// How alike two products are in one attribute, in 0 … 1; `nil` where either leaves it out, so that
/// what is unknown neither helps nor hurts.
public enum AttributeMeasure: Sendable, Hashable {
  /// 1 for the same brand, case and width aside; else 0.
  case brand
  /// Twice the shared depth over the sum of both depths, from the root (Wu and Palmer, 1994): two
  /// kettles 1, a kettle and a toaster of one kitchen ⅔. Of several paths the best pair counts.
  case category
  /// exp(−abs(ln(a / b)) / `tolerance`) of the prices: with ln 2, half as dear is 1/e. Prices in
  /// different currencies are not compared (`nil`); two free products are the same.
  case price(tolerance: Double = 0.693)
  /// The same of a quantity, in base units, so that 0.5 kg is 500 g: the mean over the dimensions
  /// (mass, volume, storage …) that both state; where one states several of a dimension, the pair
  /// that agrees best.
  case size(tolerance: Double = 0.1)
  /// A named attribute, by its type: equal flags 1, texts and lists by the Jaccard measure of their
  /// values, numbers and quantities by their ratio as in ``size(tolerance:)``. Values of different
  /// types are not compared.
  case attribute(String, tolerance: Double = 0.1)

  /// The name of what it compares.
  public var name: String {
    switch self {
    case .brand: "brand"
    case .category: "category"
    case .price: "price"
    case .size: "size"
    case .attribute(let name, _): name
    }
  }

  /// The measure of two products. O(values).
  public func value(_ a: Product, _ b: Product) -> Double? {
    switch self {
    case .brand: return Self.brand(a, b)
    case .category:
      return a.categories.flatMap { path in b.categories.compactMap { Self.path(path, $0) } }.max()
    case .price(let tolerance): return Self.price(a.price, b.price, tolerance)
    case .size(let tolerance):
      return Self.size(Self.quantities(a), Self.quantities(b), tolerance)
    case .attribute(let name, let tolerance):
      let (x, y) = (Self.values(a, name), Self.values(b, name))
      return x.flatMap { x in y.compactMap { Self.value(x, $0, tolerance) } }.max()
    }
  }

  /// The share of the way from the root that two paths have in common; `nil` where either is empty.
  static func path(_ a: [String], _ b: [String]) -> Double? {
    guard !a.isEmpty, !b.isEmpty else { return nil }
    let shared = zip(a, b).prefix { folded($0) == folded($1) }.count
    return 2 * Double(shared) / Double(a.count + b.count)
  }

  /// exp(−abs(ln(a / b)) / tolerance); 1 for two zeros, 0 for one.
  static func ratio(_ a: Double, _ b: Double, _ tolerance: Double) -> Double {
    if a == b { return 1 }
    guard a > 0, b > 0, tolerance > 0 else { return 0 }
    return exp(-abs(log(a / b)) / tolerance)
  }

  private static func brand(_ a: Product, _ b: Product) -> Double? {
    guard let x = a.brand, let y = b.brand, !x.isEmpty, !y.isEmpty else { return nil }
    return folded(x) == folded(y) ? 1 : 0
  }

  private static func price(_ a: Price?, _ b: Price?, _ tolerance: Double) -> Double? {
    guard let a, let b else { return nil }
    if let x = a.currency, let y = b.currency, x != y { return nil }
    return ratio(a.amount, b.amount, tolerance)
  }

  private static func size(_ a: [Quantity], _ b: [Quantity], _ tolerance: Double) -> Double? {
    var best: [Quantity.Dimension: Double] = [:]
    for x in a {
      for y in b where x.dimension == y.dimension {
        best[x.dimension] = max(best[x.dimension] ?? 0, ratio(x.value, y.value, tolerance))
      }
    }
    return best.isEmpty ? nil : best.values.reduce(0, +) / Double(best.count)
  }

  private static func quantities(_ product: Product) -> [Quantity] {
    product.attributes.compactMap { attribute in
      if case .quantity(let quantity) = attribute.value { quantity } else { nil }
    }
  }

  private static func values(_ product: Product, _ name: String) -> [AttributeValue] {
    product.attributes.filter { folded($0.name) == folded(name) }.map(\.value)
  }

  private static func value(
    _ a: AttributeValue, _ b: AttributeValue, _ tolerance: Double
  ) -> Double? {
    switch (a, b) {
    case (.boolean(let x), .boolean(let y)): return x == y ? 1 : 0
    case (.number(let x), .number(let y)): return ratio(x, y, tolerance)
    case (.quantity(let x), .quantity(let y)):
      return x.dimension == y.dimension ? ratio(x.value, y.value, tolerance) : nil
    default:
      guard let x = texts(a), let y = texts(b) else { return nil }
      return SetMeasure.jaccard.value(x, y)
    }
  }

  private static func texts(_ value: AttributeValue) -> Set<String>? {
    switch value {
    case .text(let text): [folded(text)]
    case .list(let texts): texts.isEmpty ? nil : Set(texts.map(folded))
    default: nil
    }
  }

  private static func folded(_ text: String) -> String {
    text.folding(options: [.caseInsensitive, .widthInsensitive], locale: nil)
  }
}
