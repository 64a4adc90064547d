public import AkinCatalogue

/// A side of two products that can speak for or against their being the same.
public enum FactAspect: String, Sendable, Hashable, Codable, CaseIterable {
  case brand, barcode, model, series, number, year, storage, mass, volume, length, power, count
  /// Area, energy, charge, voltage, frequency, pixels, time.
  case otherQuantity
  case colour, target, price, category, group
  /// Attributes of the same name.
  case named

  /// The aspect that quantities of `dimension` belong to.
  public init(_ dimension: Quantity.Dimension) {
    self =
      switch dimension {
      case .storage: .storage
      case .mass: .mass
      case .volume: .volume
      case .length: .length
      case .power: .power
      case .count: .count
      case .area, .energy, .charge, .voltage, .frequency, .pixels, .time: .otherQuantity
      }
  }

  /// Its position in ``allCases``.
  var ordinal: Int { Self.ordinals[self] ?? 0 }

  private static let ordinals = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
