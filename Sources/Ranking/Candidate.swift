/// A product that may be shown, with what speaks for it.
public struct Candidate: Sendable, Equatable {
  /// The product's ordinal in its catalogue.
  public var item: Int
  /// Larger is better; comparable within one list only.
  public var score: Float
  /// The parts of the score, largest first.
  public var evidence: [Evidence]

  /// Creates a candidate.
  public init(item: Int, score: Float, evidence: [Evidence] = []) {
    self.item = item
    self.score = score
    self.evidence = evidence
  }

  /// Whether `self` stands before `other`: by score, then by ordinal, so that order is total.
  public func precedes(_ other: Candidate) -> Bool {
    score != other.score ? score > other.score : item < other.item
  }
}

/// One part of a candidate's score: the parts add up to it.
public struct Evidence: Sendable, Equatable {
  /// Where the part comes from: `content`, `basket`, `popularity`.
  public var source: String
  /// The product of the shopper's history that led to the candidate.
  public var because: Int?
  /// What the part adds to the score.
  public var score: Float
  /// What was seen: shared words, or both sides' values of a fact.
  public var detail: [String]

  /// Creates a part.
  public init(source: String, because: Int? = nil, score: Float, detail: [String] = []) {
    self.source = source
    self.because = because
    self.score = score
    self.detail = detail
  }
}
