public import AkinCatalogue

/// What comes next by the most similar sessions of others.
///
/// The similarity of a past session to the present one is the sum over common items of their
/// recency and rarity; the closest ``neighbours`` vote for their items, those near and after the
/// last common item most. After V-SKNN (Ludewig & Jannach, *Evaluation of session-based
/// recommendation algorithms*, 2018), STAN (Garg et al., *Sequence and time aware neighborhood*,
/// 2019) and VSTAN (Ludewig et al., 2021):
///
///     similarity(s, n) = Σ_{i ∈ s ∩ n} λ^(place from the end of s) · idf(i)^ρ
///                          / √(Σ_{i ∈ s} …²) / |n|^ν · δ^(age of n)
///     score(j | s)     = Σ_n similarity(s, n) · near(place of j − place of the last match in n)
///                          · idf(j)^ι
///
/// Order in the file stands for time: a session's age is the share of sessions that came after it.
///
/// Fitting: O(n). Scoring: O(candidates of the last items + neighbours · session length).
public struct SessionNeighbours: SequenceAlgorithm, Equatable, Codable {
  /// Past sessions that vote.
  public var neighbours = 1_000
  /// The latest sessions of each item that are looked at.
  public var candidates = 2_500
  /// The last items of a history that are compared.
  public var longest = 30
  /// λ: what an item counts against the one after it in the present session, in `0 ... 1`.
  public var recency: Float = 0.4
  /// ρ: how much rare common items count more.
  public var rarity: Float = 1.5
  /// ν: how much long past sessions count less.
  public var lengthPenalty: Float = 0.25
  /// −ln δ: a session as old as all others together counts e^−ageing.
  public var ageing: Float = 0
  /// What an item one place further after the match counts, in `0 ... 1`.
  public var forward: Float = 0.7
  /// What the item just before the match counts; further ones fade as those after it.
  public var backward: Float = 0.5
  /// ι: how much rare items are preferred in the end.
  public var novelty: Float = 0.25

  /// The usual settings.
  public init() {}

  /// Indexes.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`, `noInteractions`.
  public func fit(
    _ sequences: Sequences, validation: SequenceCases?, progress: FitProgress
  ) throws -> SessionNeighboursModel {
    try check()
    guard !sequences.items.isEmpty else {
      throw RecommenderError(.noInteractions, "the sequences hold no items")
    }
    return SessionNeighboursModel(self, sequences)
  }

  func check() throws(RecommenderError) {
    let shares = [recency, forward, backward]
    guard neighbours > 0, candidates > 0, longest > 0, shares.allSatisfy({ (0...1).contains($0) }),
      [rarity, lengthPenalty, ageing, novelty].allSatisfy({ $0.isFinite })
    else {
      throw RecommenderError(
        .badSetting,
        "neighbours, candidates and the longest history must be positive, recency, forward and "
          + "backward in 0...1")
    }
  }
}
