internal import AkinCatalogue
public import AkinEncoders
internal import Foundation

/// How alike two products are by their content alone, without one labelled pair: words weighed by
/// their rarity in the catalogue, model numbers, the encoder's meaning, and facts that agree or
/// contradict.
///
///     score = words · cos(words) + meaning · scaled cos(vectors) + Σ facts
///
/// Fitted on a catalogue (``ContentIndex``): its word counts, its brands and their other names, and
/// how near two products that have nothing to do with each other are to the encoder. An account of
/// a pair adds up to its score.
public struct ContentMeasure: Sendable {
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

  /// The score of a pair. O(facts).
  public func score(words: Float, cosine: Float, facts: FactComparison) -> Float {
    weights.words * words + weights.meaning * scaled(cosine) + facts.sum(weights.facts)
  }
}
