internal import AkinCatalogue
internal import AkinEvaluation
internal import Foundation

/// A shopper's candidates: the best items of every recommender and of their blend, with the numbers
/// that a ``LearnedOrder`` reads.
struct CandidatePool {
  /// The blend's scores of all items.
  let blended: [Float]
  /// The candidates, ascending.
  let items: [Int32]
  /// `[items, columns]`, row-major.
  let rows: [Float]
}

/// Makes ``CandidatePool``s, in training and in serving alike.
struct CandidateReader: Sendable {
  /// All recommenders; those of weight 0 only give numbers.
  let blend: Blend
  let knowledge: ItemKnowledge
  /// Whether what the shopper has is among the candidates.
  let mayRepeat: Bool
  /// The best of each recommender that are candidates.
  let depth: Int

  /// Names of a row's numbers: score and rank by each recommender, then what else is known.
  var columns: [String] {
    blend.parts.flatMap { ["score.\($0.name)", "rank.\($0.name)"] } + ShopperSummary.names
  }

  /// O(parts · items) beside the parts' own work.
  ///
  /// - Parameter shopper: exactly one.
  func pool(of shopper: Shoppers) throws -> CandidatePool {
    precondition(shopper.count == 1, "one shopper")
    let owned = mayRepeat ? [] : shopper.histories[shopper.rows.lowerBound]
    var selection = TopSelection(k: depth)
    var blended = [Float](repeating: 0, count: blend.itemCount)
    var (scores, bests): ([[Float]], [[(item: Int32, score: Float)]]) = ([], [])
    try blend.forEachPart(shopper) { part, own in
      if part.weight != 0 {
        blended.withUnsafeMutableBufferPointer { blended in
          for item in own.indices { blended[item] += part.weight * own[item] }
        }
      }
      for item in owned { own[Int(item)] = -.infinity }
      scores.append(Array(own))
      bests.append(selection.best(of: UnsafeBufferPointer(own)))
    }
    var open = blended
    for item in owned { open[Int(item)] = -.infinity }
    let best = open.withUnsafeBufferPointer { selection.best(of: $0) }
    var chosen: Set<Int32> = []
    for list in bests + [best] {
      for entry in list where entry.score > -.infinity { chosen.insert(entry.item) }
    }
    let items = chosen.sorted()
    return CandidatePool(
      blended: blended, items: items, rows: rows(items, scores, bests, of: shopper))
  }

  private func rows(
    _ items: [Int32], _ scores: [[Float]], _ bests: [[(item: Int32, score: Float)]],
    of shopper: Shoppers
  ) -> [Float] {
    let ranks = bests.map { list in
      Dictionary(
        uniqueKeysWithValues: list.enumerated().filter { $0.element.score > 0 }
          .map { ($0.element.item, log2(Float(1 + $0.offset))) })
    }
    let last = log2(Float(1 + depth))
    let summary = ShopperSummary(shopper, knowledge)
    var rows: [Float] = []
    rows.reserveCapacity(items.count * columns.count)
    for item in items {
      for part in scores.indices {
        rows.append(scores[part][Int(item)])
        rows.append(ranks[part][item] ?? last)
      }
      summary.append(item, knowledge, to: &rows)
    }
    return rows
  }
}
