extension FactComparison {
  /// The names of ``features``, in order: for each aspect `brand.agree`, `brand.conflict` and
  /// `brand.missing`.
  public static let featureNames: [String] = FactAspect.allCases.flatMap {
    ["\($0.rawValue).agree", "\($0.rawValue).conflict", "\($0.rawValue).missing"]
  }

  /// Each aspect as three numbers from 0 to 1: how far it agrees, how far it contradicts, and 1
  /// where either product says nothing. `3 · FactAspect.allCases.count` numbers.
  public var features: [Float] {
    values.flatMap { value -> [Float] in
      guard let value else { return [0, 0, 1] }
      return [max(0, value), max(0, -value), 0]
    }
  }

  /// What each aspect adds to a score: the parts sum to the score of the attributes.
  public func contributions(_ weights: FactWeights) -> [(aspect: FactAspect, value: Float)] {
    zip(FactAspect.allCases, values).compactMap { aspect, value in
      guard let value, value != 0 else { return nil }
      let part =
        value > 0
        ? value * weights.agreement[aspect.ordinal]
        : value * weights.conflict[aspect.ordinal]
      return part == 0 ? nil : (aspect, part)
    }
  }

  /// The sums of ``contributions(_:)`` that speak for and against, neither negative. O(aspects).
  public func sums(_ weights: FactWeights) -> (agreement: Float, conflict: Float) {
    var sums: (agreement: Float, conflict: Float) = (0, 0)
    for index in values.indices {
      guard let value = values[index] else { continue }
      if value > 0 {
        sums.agreement += value * weights.agreement[index]
      } else {
        sums.conflict -= value * weights.conflict[index]
      }
    }
    return sums
  }
}

/// What agreement and contradiction of each aspect count.
public struct FactWeights: Sendable, Equatable, Codable {
  /// For each of ``FactAspect/allCases`` what full agreement adds.
  public var agreement: [Float]
  /// For each of ``FactAspect/allCases`` what full contradiction takes away.
  public var conflict: [Float]

  /// Weights by aspect; what is not named counts nothing.
  public init(_ weights: [FactAspect: (agreement: Float, conflict: Float)]) {
    agreement = FactAspect.allCases.map { weights[$0]?.agreement ?? 0 }
    conflict = FactAspect.allCases.map { weights[$0]?.conflict ?? 0 }
  }
}
