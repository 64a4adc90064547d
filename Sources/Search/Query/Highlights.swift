internal import AkinText

/// Where a query's words stand in a title.
enum Highlights {
  /// Byte ranges of the words that are in `terms`, ascending and apart. O(title).
  static func ranges(in title: String, terms: Set<String>, analyser: TextAnalyser) -> [Range<Int>] {
    let text = analyser.analyse(title)
    var found: [Range<Int>] = []
    for (index, term) in text.terms.enumerated() where terms.contains(text.text(index)) {
      found.append(Int(term.source.lowerBound)..<Int(term.source.upperBound))
    }
    found.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    var merged: [Range<Int>] = []
    for range in found {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }
}
