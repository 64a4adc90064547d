internal import AkinCatalogue
public import AkinEncoders
internal import Foundation

/// How alike two products are by their content alone, without one labelled pair: words weighed by
/// their rarity in the catalogue, model numbers, the encoder's meaning, and facts that agree or
/// contradict.
///
///     support  = words · cos(words) + meaning · scaled cos(vectors) + Σ facts that agree
///     conflict = Σ facts that contradict
///     score    = support − conflict · support / (support + conflict)
///
/// Fitted on a catalogue (``ContentIndex``): its word counts, its brands and their other names, and
/// how near two products that have nothing to do with each other are to the encoder. An account of
/// a pair adds up to its score.
public struct ContentMeasure: Sendable, Codable {
  /// What counts how much.
  public var weights: AlikeWeights
  /// The catalogue's words.
  public internal(set) var words: WordSpace
  /// The catalogue's brands.
  public internal(set) var brands: BrandLexicon
  /// The cosine of two products that have nothing to do with each other, for this encoder and
  /// catalogue: 0.8 for E5, 0.1 for MiniLM.
  public internal(set) var unrelatedCosine: Float = 0

  init(weights: AlikeWeights, brands: BrandLexicon) {
    self.weights = weights
    self.brands = brands
    words = WordSpace(weights: weights.terms)
  }

  /// The vectors' part of a score: `(cosine − unrelated) / (1 − unrelated)`, at least 0.
  @inline(__always)
  public func scaled(_ cosine: Float) -> Float {
    max(0, (cosine - unrelatedCosine) / (1 - unrelatedCosine))
  }

  /// The score of a pair, from 0 to 1. O(facts).
  public func score(words: Float, cosine: Float, facts: FactComparison) -> Float {
    let sums = facts.sums(weights.facts)
    let support = weights.words * words + weights.meaning * scaled(cosine) + sums.agreement
    return min(1, support - sums.conflict * Self.share(of: sums.conflict, against: support))
  }

  /// How much of a contradiction counts, so that it never takes away more than there is: two sizes of
  /// one fruit stay nearer than a fruit and a phone that contradict each other in nothing.
  static func share(of conflict: Float, against support: Float) -> Float {
    conflict > 0 ? support / (support + conflict) : 1
  }
}
