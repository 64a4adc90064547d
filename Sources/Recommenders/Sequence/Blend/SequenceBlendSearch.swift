public import AkinCatalogue
internal import AkinEvaluation
internal import AkinSimilarity
internal import Foundation
internal import Synchronization

/// Finds the weights of a ``SequenceBlend`` on validation cases, by coordinate ascent on NDCG@20.
///
/// Only the best items of each part and the target are candidates of a case: an item that no part
/// ranks high is not high in the blend either. That makes one trial cheap.
public struct SequenceBlendSearch: Sendable {
  /// What the search found.
  public struct Outcome: Sendable, Equatable {
    /// A weight for each part; 0 leaves it out.
    public var weights: [Float]
    /// NDCG@20 of the blend, and of each part alone.
    public var score: Double, single: [Double]
  }

  /// A part must better NDCG by this share to be taken in: fewer parts are faster.
  public var leastGain = 0.005
  private static let depth = 100
  private static let grid: [Float] = [0, 0.03, 0.06, 0.12, 0.25, 0.5, 0.75, 1, 1.5, 2, 4]

  /// Candidates of a case; the target comes first.
  private struct Row: Sendable {
    /// `[candidates, parts]`, probabilities.
    var values: [Float] = []
  }

  private let rows: [Row]
  private let parts: Int

  /// Scores the cases by every model.
  ///
  /// - Parameters:
  ///   - cases: no part of what the models were fitted on; at most `limit` are looked at.
  public init(
    _ models: [any SequenceRecommender], _ cases: SequenceCases, excludesHistory: Bool,
    limit: Int = 4_000
  ) throws {
    let cases = cases.spread(over: limit)
    parts = models.count
    let itemCount = models.first?.itemCount ?? 0
    let rows = Mutex([Row](repeating: Row(), count: cases.count))
    let failure = Mutex<(any Error)?>(nil)
    let block = max(1, min(64, (1 << 21) / max(1, itemCount)))
    Workers(count: 2).run(0..<cases.count, by: block) { piece, _ in
      guard failure.withLock({ $0 == nil }) else { return }
      do {
        let made = try Self.rows(piece, models, cases, itemCount, excludesHistory)
        rows.withLock { $0.replaceSubrange(piece, with: made) }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    self.rows = rows.withLock { $0 }
  }

  private static func rows(
    _ piece: Range<Int>, _ models: [any SequenceRecommender], _ cases: SequenceCases,
    _ itemCount: Int, _ excludesHistory: Bool
  ) throws -> [Row] {
    let histories = piece.map { cases.history(of: $0) }
    let size = piece.count * itemCount
    let scores = UnsafeMutableBufferPointer<Float>.allocate(capacity: models.count * size)
    defer { scores.deallocate() }
    scores.initialize(repeating: 0)
    for (part, model) in models.enumerated() {
      let own = UnsafeMutableBufferPointer(rebasing: scores[part * size..<(part + 1) * size])
      try SequenceBlend.probabilities(
        of: model, histories, excludesHistory: excludesHistory, into: own)
    }
    var selection = TopSelection(k: depth)
    return piece.enumerated().map { row, index in
      let target = cases.target(of: index)
      guard Int(target) < itemCount else { return Row() }
      var candidates: Set<Int32> = []
      for part in models.indices {
        let start = part * size + row * itemCount
        let line = UnsafeBufferPointer(rebasing: scores[start..<start + itemCount])
        candidates.formUnion(selection.best(of: line).lazy.filter { $0.score > 0 }.map(\.item))
      }
      candidates.remove(target)
      return Row(
        values: ([target] + candidates.sorted()).flatMap { item in
          models.indices.map { scores[$0 * size + row * itemCount + Int(item)] }
        })
    }
  }

  /// The best weights; the first part is the best one alone. O(trials · cases · candidates).
  public func search() -> Outcome {
    let single = (0..<parts).map { part in
      score((0..<parts).map { $0 == part ? 1 : 0 })
    }
    let first = single.indices.max { single[$0] < single[$1] } ?? 0
    var weights = (0..<parts).map { Float($0 == first ? 1 : 0) }
    var best = single.isEmpty ? 0 : single[first]
    for _ in 0..<3 {
      let before = best
      for part in 0..<parts {
        for weight in Self.grid where weight != weights[part] {
          var trial = weights
          trial[part] = weight
          guard trial.contains(where: { $0 > 0 }) else { continue }
          let found = score(trial)
          let needed = weights[part] == 0 ? best * (1 + leastGain) : best
          if found > needed || (weight == 0 && found >= best) { (weights, best) = (trial, found) }
        }
      }
      if best <= before { break }
    }
    return Outcome(weights: weights, score: best, single: single)
  }

  /// Mean NDCG@20 of the targets.
  func score(_ weights: [Float]) -> Double {
    var sum = 0.0
    for row in rows where !row.values.isEmpty {
      var (above, equal) = (0, 0)
      row.values.withUnsafeBufferPointer { values in
        func blended(_ candidate: Int) -> Float {
          var value: Float = 0
          for part in 0..<parts { value += weights[part] * values[candidate * parts + part] }
          return value
        }
        let own = blended(0)
        for candidate in 1..<max(1, values.count / parts) {
          let other = blended(candidate)
          above += other > own ? 1 : 0
          equal += other == own ? 1 : 0
        }
      }
      let rank = above + equal / 2 + 1
      if rank <= 20 { sum += 1 / log2(Double(rank) + 1) }
    }
    return rows.isEmpty ? 0 : sum / Double(rows.count)
  }
}
