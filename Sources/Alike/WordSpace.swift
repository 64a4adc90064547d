internal import AkinEncoders
internal import AkinSimilarity
internal import Foundation

/// The words of a catalogue, each weighed by how few products have it: TF-IDF, fitted on the
/// catalogue itself.
///
///     value(term) = weight of its kind · (1 + ln count) · (1 + ln((n + 1) / (df + 1)))^rarity
///
/// Rows have unit length, so that inner products are cosines, from 0 to 1. Term frequencies are
/// damped and rarities smoothed as in Salton and Buckley, *Term-weighting approaches in automatic
/// text retrieval* (1988).
public struct WordSpace: Sendable {
  private var columns: [UInt64: Int32] = [:]
  /// For each column the number of texts that have it.
  private var frequencies: [Int32] = []
  /// The number of texts.
  private var count = 0
  let weights: TermWeights

  init(weights: TermWeights) { self.weights = weights }

  /// The number of different terms.
  public var columnCount: Int { frequencies.count }

  /// Counts the terms of one more text and returns its row, terms not yet weighed.
  mutating func add(_ terms: [ContentTerm]) -> [(column: Int, count: Float, weight: Float)] {
    count += 1
    var row: [(column: Int, count: Float, weight: Float)] = []
    row.reserveCapacity(terms.count)
    for term in terms {
      let column: Int
      if let known = columns[term.key] {
        column = Int(known)
      } else {
        column = frequencies.count
        columns[term.key] = Int32(column)
        frequencies.append(0)
      }
      row.append((column, 1, term.weight))
    }
    row = Self.merged(row)
    for entry in row { frequencies[entry.column] += 1 }
    return row
  }

  private static func merged(_ row: [(column: Int, count: Float, weight: Float)])
    -> [(column: Int, count: Float, weight: Float)]
  {
    var result: [(column: Int, count: Float, weight: Float)] = []
    for entry in row.sorted(by: { $0.column < $1.column }) {
      if let last = result.last, last.column == entry.column {
        result[result.count - 1].count += 1
        result[result.count - 1].weight = max(last.weight, entry.weight)
      } else {
        result.append(entry)
      }
    }
    return result
  }

  /// The weighed row of unit length; empty where no term counts.
  func weighed(_ row: [(column: Int, count: Float, weight: Float)]) -> [SparseMatrix.Entry] {
    var entries: [SparseMatrix.Entry] = row.map {
      ($0.column, $0.weight * (1 + log($0.count)) * rarity(of: $0.column))
    }
    let length = entries.reduce(0) { $0 + $1.value * $1.value }.squareRoot()
    guard length > 0 else { return [] }
    for index in entries.indices { entries[index].value /= length }
    return entries
  }

  private func rarity(of column: Int) -> Float {
    let plain = 1 + log(Float(count + 1) / Float(frequencies[column] + 1))
    return weights.rarity == 1 ? plain : pow(plain, weights.rarity)
  }
}
