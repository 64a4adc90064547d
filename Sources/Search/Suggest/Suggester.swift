internal import AkinCatalogue
internal import AkinText

/// A way to complete what a shopper is typing.
public struct Suggestion: Sendable, Codable, Equatable {
  /// The whole text to search for.
  public var text: String

  /// Creates a suggestion.
  public init(text: String) { self.text = text }
}

/// Completes what is being typed from brands, categories and titles.
struct Suggester {
  let snapshot: Snapshot
  let reader: QueryReader

  /// Keys looked at for one prefix: a bound on the time that a single letter takes.
  private static let reach = 20_000

  /// Up to `count` completions of `prefix`, likeliest first. O(log n + matches).
  func suggest(_ prefix: String, count: Int) -> [Suggestion] {
    let folded = reader.analyser.folded(String(QueryReader.normalised(prefix).prefix(100)))
    guard !folded.isEmpty else { return [] }
    var found = matches(folded, count: count)
    if found.isEmpty { found = corrected(folded, count: count) }
    return found.map(Suggestion.init)
  }

  private func matches(_ folded: String, count: Int) -> [String] {
    var weights: [String: Float] = [:]
    folded.withFieldBytes { bytes in
      for part in snapshot.parts {
        let list = part.segment.suggestions
        var best: [Int: Float] = [:]
        list.matching(bytes, limit: Self.reach) { text, isAtStart in
          let weight = list.weights[text] * (isAtStart ? 2 : 1)
          best[text] = max(best[text] ?? 0, weight)
        }
        // Only the best become strings.
        for (text, weight) in best.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) })
          .prefix(count * 3)
        {
          weights[list.texts.string(text), default: 0] += weight
        }
      }
    }
    var seen: Set<String> = []
    var result: [String] = []
    for (text, _) in weights.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      if result.count == count { break }
      if seen.insert(reader.analyser.folded(text)).inserted { result.append(text) }
    }
    return result
  }

  /// Completions of the prefix with its last word spelt as the catalogue does.
  private func corrected(_ folded: String, count: Int) -> [String] {
    var words = folded.split(separator: " ").map(String.init)
    guard let last = words.last else { return [] }
    let limit = EditDistance.tolerance(length: last.utf8.count)
    guard limit > 0 else { return [] }
    for candidate in snapshot.words(near: last, limit: limit, count: 3) {
      words[words.count - 1] = candidate.word
      let found = matches(words.joined(separator: " "), count: count)
      if !found.isEmpty { return found }
    }
    return []
  }
}
