internal import AkinCatalogue

extension ProductFacts {
  /// What the facts of one aspect read as, for people; empty where there is none.
  public func written(_ aspect: FactAspect) -> String {
    switch aspect {
    case .brand: brand ?? ""
    case .barcode: barcode ?? ""
    case .model: models.joined(separator: " ")
    case .series: series.map { "\($0.name) \(Self.plain($0.number))" }.joined(separator: ", ")
    case .number: numbers.map(Self.plain).joined(separator: " ")
    case .year: years.map(Self.plain).joined(separator: " ")
    case .storage, .mass, .volume, .length, .power, .count, .otherQuantity:
      quantities.filter { FactAspect($0.dimension) == aspect }.map(\.written)
        .joined(separator: " ")
    case .colour: colours.names.joined(separator: " ")
    case .target: target ?? ""
    case .price: price.map { "\(Self.plain($0.amount)) \($0.currency ?? "")" } ?? ""
    case .category: category.joined(separator: " > ")
    case .group: group ?? ""
    case .named:
      named.map { "\($0.name): \($0.values.joined(separator: "/"))" }.joined(separator: ", ")
    }
  }

  private static func plain(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? String(number)
  }
}
