internal import AkinText

/// The state of an index at one moment: what a reader sees until it asks for the next one.
struct Snapshot: Sendable {
  struct Part: Sendable {
    var segment: Segment
    /// One bit a product, set where it may be found.
    var live: [UInt64]
    var liveCount: Int
  }

  var parts: [Part] = []
  var lexicon = Lexicon()
  var generation = 0

  /// Products that may be found.
  var count: Int { parts.reduce(0) { $0 + $1.liveCount } }

  /// Products that hold `term`, replaced ones included. O(segments · log terms).
  func frequency(_ term: String) -> Int {
    parts.reduce(0) { $0 + $1.segment.postings(of: term).count }
  }

  /// How often a word of letters occurs.
  func wordCount(_ word: String) -> Int {
    parts.reduce(0) { $0 + $1.segment.words.count(of: word) }
  }

  /// Chinese words that are read as `key`: `xiaomi`, or `\u{1}xm` for initials of brands.
  func words(readAs key: String) -> [String] {
    var found: [String] = []
    var prefix = key + "\u{1F}"
    for part in parts {
      let range = prefix.withUTF8 {
        part.segment.readings.range(prefix: UnsafeRawBufferPointer($0))
      }
      for index in range {
        let word = String(part.segment.readings.string(index).dropFirst(key.count + 1))
        if !found.contains(word) { found.append(word) }
      }
    }
    return found
  }

  /// Words within `limit` edits of `word`, nearest first, then the most frequent.
  func words(near word: String, limit: Int, count: Int) -> [(word: String, distance: Int)] {
    var found: [String: (distance: Int, count: Int)] = [:]
    var word = word
    word.withUTF8 { bytes in
      for part in parts {
        part.segment.words.near(bytes, limit: limit) { index, distance in
          let text = part.segment.words.texts.string(index)
          let known = found[text]?.count ?? 0
          found[text] = (distance, known + Int(part.segment.words.counts[index]))
        }
      }
    }
    return found.sorted {
      ($0.value.distance, -$0.value.count, $0.key) < ($1.value.distance, -$1.value.count, $1.key)
    }.prefix(count).map { ($0.key, $0.value.distance) }
  }

  /// The most frequent words that begin with `prefix`.
  func words(beginningWith prefix: String, count: Int) -> [String] {
    var found: [String: Int] = [:]
    var prefix = prefix
    prefix.withUTF8 { bytes in
      for part in parts {
        let words = part.segment.words
        for index in words.texts.range(prefix: UnsafeRawBufferPointer(bytes)).prefix(2_000) {
          found[words.texts.string(index), default: 0] += Int(words.counts[index])
        }
      }
    }
    return found.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(count).map(\.key)
  }
}
