public import AkinCatalogue
internal import AkinSimilarity
internal import Foundation
internal import Synchronization

/// The rank of each case's target among all items, without lists: what models are chosen by.
public struct CaseRanks: Sendable, Equatable {
  /// The measure that decides between models: NDCG@20, which lies between what counts hits (HR,
  /// P@20) and what counts places (MRR).
  public static let deciding = "ndcg@20"

  /// The rank of each case's target, from 1; `Int32.max` where the target is no item of the model.
  /// Ties count half of the others.
  public let ranks: [Int32]

  /// Scores rows of histories, row-major `[n, items]`.
  public typealias Scoring = (
    _ histories: [ArraySlice<Int32>], _ scores: UnsafeMutableBufferPointer<Float>
  ) throws -> Void

  /// Ranks the targets of `cases`. O(cases · items) beside the scoring.
  ///
  /// - Parameters:
  ///   - excludesHistory: whether items of the history do not compete.
  ///   - scoring: called on several threads at once.
  public static func measure(
    _ cases: SequenceCases, itemCount: Int, excludesHistory: Bool, threads: Int = 2,
    scoring: Scoring
  ) throws -> CaseRanks {
    var ranks = [Int32](repeating: .max, count: cases.count)
    let block = max(1, min(192, (4 << 20) / max(1, itemCount)))
    let failure = Mutex<(any Error)?>(nil)
    ranks.withUnsafeMutableBufferPointer { ranks in
      // Safe: every case is written by the one task that ranks it; `scoring` is the caller's duty.
      nonisolated(unsafe) let (ranks, scoring) = (ranks, scoring)
      Workers(count: threads).run(0..<cases.count, by: block) { piece, _ in
        guard failure.withLock({ $0 == nil }) else { return }
        do {
          let scores = UnsafeMutableBufferPointer<Float>.allocate(
            capacity: piece.count * itemCount)
          defer { scores.deallocate() }
          scores.initialize(repeating: 0)
          try scoring(piece.map { cases.history(of: $0) }, scores)
          for index in piece {
            let start = (index - piece.lowerBound) * itemCount
            let line = UnsafeMutableBufferPointer(rebasing: scores[start..<start + itemCount])
            ranks[index] = rank(
              of: cases.target(of: index), in: line,
              without: excludesHistory ? cases.history(of: index) : [])
          }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return CaseRanks(ranks: ranks)
  }

  static func rank(
    of target: Int32, in scores: UnsafeMutableBufferPointer<Float>, without: ArraySlice<Int32>
  ) -> Int32 {
    guard Int(target) < scores.count else { return .max }
    for item in without where Int(item) < scores.count && item != target {
      scores[Int(item)] = -.infinity
    }
    let own = scores[Int(target)]
    var (above, equal): (Int32, Int32) = (0, 0)
    for score in scores {
      above &+= score > own ? 1 : 0
      equal &+= score == own ? 1 : 0
    }
    return above + (equal - 1) / 2 + 1
  }

  /// The share of cases whose target is among the first `cut`.
  public func hits(at cut: Int) -> Double { mean { Int($0) <= cut ? 1 : 0 } }
  /// The mean of 1 / rank, 0 beyond `cut`.
  public func reciprocalRank(at cut: Int) -> Double { mean { Int($0) <= cut ? 1 / Double($0) : 0 } }
  /// The mean of 1 / log₂(rank + 1), 0 beyond `cut`.
  public func gain(at cut: Int) -> Double {
    mean { Int($0) <= cut ? 1 / log2(Double($0) + 1) : 0 }
  }

  /// The measure that decides; see ``deciding-swift.type.property``.
  public var deciding: Double { gain(at: 20) }

  /// The usual measures by name.
  public var means: [String: Double] {
    [
      "hit@10": hits(at: 10), "hit@20": hits(at: 20), "mrr@20": reciprocalRank(at: 20),
      "ndcg@10": gain(at: 10), "ndcg@20": gain(at: 20),
    ]
  }

  private func mean(_ value: (Int32) -> Double) -> Double {
    ranks.isEmpty ? 0 : ranks.reduce(0) { $0 + value($1) } / Double(ranks.count)
  }
}
