internal import Foundation

/// How alike two texts are by their words, given how rare each word is in a collection.
///
/// Words come segmented and folded; `AkinText` does that for Chinese and English. With N texts, df
/// of which hold a word, and tf its occurrences in a text:
///
/// | measure | value | range |
/// |---|---|---|
/// | ``cosine(_:_:)`` | cosine of √tf · (1 + ln((N + 1) / (df + 1))) | 0 … 1 |
/// | ``bm25(query:text:)`` | Σ over the query's words of idf · tf (k₁ + 1) / (tf + k₁ (1 − b + b · length / mean length)) | 0 … ∞ |
///
/// with idf = ln(1 + (N − df + ½) / (df + ½)): the weights of ``SparseWeighting``, for one pair
/// instead of a whole matrix. A word that no text holds has df = 0.
public struct TextMeasure: Sendable {
  private var frequencies: [String: Int] = [:]
  private var texts = 0
  private var words = 0
  /// BM25's saturation, at least 0.
  public var k1 = 1.2
  /// BM25's weight of length, in 0 … 1.
  public var b = 0.75

  /// Counts the words of a collection. O(words).
  public init(_ collection: some Sequence<[String]>) {
    for text in collection {
      texts += 1
      words += text.count
      for word in Set(text) { frequencies[word, default: 0] += 1 }
    }
  }

  /// The cosine of the texts' TF-IDF weights; 0 where either has no word. O(words).
  public func cosine(_ x: [String], _ y: [String]) -> Double {
    let (x, y) = (weights(x), weights(y))
    let dot = x.reduce(0.0) { $0 + $1.value * (y[$1.key] ?? 0) }
    func squares(_ weights: [String: Double]) -> Double {
      weights.values.reduce(0) { $0 + $1 * $1 }
    }
    let length = (squares(x) * squares(y)).squareRoot()
    return length > 0 ? min(1, dot / length) : 0
  }

  /// What `text` scores for `query`; not symmetric. A word that the query repeats counts again.
  /// O(words).
  public func bm25(query: [String], text: [String]) -> Double {
    let counts = Self.counts(text)
    let mean = texts > 0 ? Double(words) / Double(texts) : 0
    let length = mean > 0 ? Double(text.count) / mean : 1
    return query.reduce(0.0) { total, word in
      let tf = Double(counts[word] ?? 0)
      guard tf > 0 else { return total }
      let df = Double(frequencies[word] ?? 0)
      let idf = log(1 + (max(Double(texts) - df, 0) + 0.5) / (df + 0.5))
      return total + idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length))
    }
  }

  private func weights(_ text: [String]) -> [String: Double] {
    var weights: [String: Double] = [:]
    for (word, count) in Self.counts(text) {
      let df = Double(frequencies[word] ?? 0)
      weights[word] = Double(count).squareRoot() * (1 + log((Double(texts) + 1) / (df + 1)))
    }
    return weights
  }

  private static func counts(_ text: [String]) -> [String: Int] {
    text.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}
