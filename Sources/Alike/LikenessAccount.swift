/// Why two products are called alike: parts that add up to the score.
public struct LikenessAccount: Sendable, Codable, Equatable {
  /// One kind of evidence.
  public struct Part: Sendable, Codable, Equatable {
    /// `words`, `models`, `meaning`, or the aspect of a fact: `storage`, `brand` …
    public var source: String
    /// What it adds to the score; negative where it speaks against.
    public var contribution: Float
    /// What was seen: shared words, the strongest first; for facts both sides' values.
    public var detail: [String]

    /// A part.
    init(source: String, contribution: Float, detail: [String]) {
      self.source = source
      self.contribution = contribution
      self.detail = detail
    }

    /// The one part of the account of two products with the very same text.
    public init(sameTextScoring score: Float) {
      self.init(source: "text", contribution: score, detail: [])
    }
  }

  /// The score: the sum of the parts' contributions.
  public var score: Float
  /// The parts, the weightiest first.
  public var parts: [Part]

  /// Orders parts and, where they come to more than 1, scales all of them to 1.
  init(_ parts: [Part]) {
    let kept = parts.filter { $0.contribution != 0 }
    let sum = kept.reduce(0) { $0 + $1.contribution }
    let scale = sum > 1 ? 1 / sum : 1
    self.parts = kept.map {
      Part(source: $0.source, contribution: $0.contribution * scale, detail: $0.detail)
    }.sorted { abs($0.contribution) > abs($1.contribution) }
    score = min(1, sum)
  }
}
