public import AkinEncoders

/// How much each kind of evidence counts in ``ContentMeasure``.
public struct AlikeWeights: Sendable, Equatable, Codable {
  /// What each kind of term counts.
  public var terms = TermWeights()
  /// The share of shared words and model numbers.
  public var words: Float = 0.7
  /// The share of the encoder's meaning.
  public var meaning: Float = 0.15
  /// What agreement and contradiction of each fact add.
  public var facts = FactWeights([
    .barcode: (0.3, 0.1), .brand: (0, 0.12), .model: (0.25, 0.15), .series: (0, 0.15),
    .number: (0, 0.1), .year: (0, 0.2), .storage: (0.03, 0.35), .mass: (0.03, 0.25),
    .volume: (0.03, 0.25), .length: (0, 0.1), .power: (0, 0.15), .count: (0.03, 0.25),
    .otherQuantity: (0.03, 0.2), .colour: (0.08, 0.3), .target: (0, 0.05), .price: (0.1, 0.15),
    .category: (0.05, 0.1), .group: (0.1, 0), .named: (0.05, 0.05),
  ])

  /// The weights that `docs/benchmarks/alike.md` says how were chosen.
  public init() {}
}
