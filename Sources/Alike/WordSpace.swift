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

  /// A term of a single text with its weight in the text's row.
  struct WeighedTerm: Sendable {
    var key: UInt64
    var value: Float
    var isModel: Bool
    var text: String
  }

  /// The weighed terms of a text that need not be of the catalogue, of unit length, by key. A term
  /// that the catalogue lacks counts as one that a single product has.
  func weighed(_ terms: [ContentTerm]) -> [WeighedTerm] {
    var result: [(term: WeighedTerm, count: Float)] = []
    for term in terms.sorted(by: { $0.key < $1.key }) {
      if let last = result.last, last.term.key == term.key {
        result[result.count - 1].count += 1
        result[result.count - 1].term.value = max(last.term.value, term.weight)
      } else {
        result.append(
          (
            WeighedTerm(
              key: term.key, value: term.weight, isModel: term.isModel, text: term.text ?? ""), 1
          ))
      }
    }
    var weighed = result.map { entry in
      var term = entry.term
      let frequency = columns[term.key].map { frequencies[Int($0)] } ?? 1
      term.value *= (1 + log(entry.count)) * rarity(frequency: frequency)
      return term
    }
    let length = weighed.reduce(0) { $0 + $1.value * $1.value }.squareRoot()
    guard length > 0 else { return [] }
    for index in weighed.indices { weighed[index].value /= length }
    return weighed
  }

  private func rarity(of column: Int) -> Float { rarity(frequency: frequencies[column]) }

  private func rarity(frequency: Int32) -> Float {
    let plain = 1 + log(Float(count + 1) / Float(frequency + 1))
    return weights.rarity == 1 ? plain : pow(plain, weights.rarity)
  }
}

extension WordSpace: Codable {
  private enum Key: String, CodingKey { case weights, count, keys, frequencies }

  /// Writes the terms that more than one text has; all others count alike.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(weights, forKey: .weights)
    try container.encode(count, forKey: .count)
    let kept = columns.filter { frequencies[Int($0.value)] > 1 }.sorted { $0.key < $1.key }
    let keys = kept.map(\.key.littleEndian).withUnsafeBytes { Data($0) }
    let counts = kept.map { frequencies[Int($0.value)].littleEndian }.withUnsafeBytes { Data($0) }
    try container.encode(keys, forKey: .keys)
    try container.encode(counts, forKey: .frequencies)
  }

  /// Reads what ``encode(to:)`` wrote.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    weights = try container.decode(TermWeights.self, forKey: .weights)
    count = try container.decode(Int.self, forKey: .count)
    let keys = try container.decode(Data.self, forKey: .keys)
    let counts = try container.decode(Data.self, forKey: .frequencies)
    guard keys.count == 2 * counts.count, keys.count % 8 == 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: .keys, in: container, debugDescription: "as many keys as frequencies are wanted")
    }
    keys.withUnsafeBytes { keys in
      counts.withUnsafeBytes { counts in
        for index in 0..<keys.count / 8 {
          let key = keys.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
          let frequency = counts.loadUnaligned(fromByteOffset: index * 4, as: Int32.self)
          columns[UInt64(littleEndian: key)] = Int32(frequencies.count)
          frequencies.append(Int32(littleEndian: frequency))
        }
      }
    }
  }
}
