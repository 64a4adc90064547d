internal import AkinCatalogue
internal import AkinText
internal import Foundation

/// A query, ready to be compared with many titles.
struct QueryView {
  private let concepts: [Concept]
  private let worths: [Float]
  private let words: [String]
  private let letters: Set<String>
  private let queryLetters: Int
  private let corrections: Int
  private let sizes: [String]

  init(_ plan: QueryPlan, query: String, reader: QueryReader, worths: [Float]) {
    let kept = plan.concepts.indices.filter { plan.concepts[$0].kind != .boost }
    concepts = kept.map { plan.concepts[$0] }
    self.worths = kept.map { worths[$0] }
    let typed = plan.understood.suggestion ?? query
    words = reader.tokens(of: typed).map(\.surface)
    letters = TitleView.trigrams(words.joined(separator: " "))
    queryLetters = typed.utf8.count
    corrections = plan.understood.corrections.count
    sizes = concepts.filter { $0.kind == .quantity }.flatMap(\.alternatives).flatMap(\.terms)
      .filter { $0.hasPrefix("\u{2}") }
  }

  /// The columns of ``RankFeatures`` from "words" to "highest worth".
  func compare(with title: TitleView) -> [Float] {
    let ways = concepts.map { way(of: $0, in: title) }
    let had = ways.map { $0 > 0 }
    let count = Float(max(1, concepts.count))
    let all = max(worths.reduce(0, +), 1e-6)
    let gained = zip(worths, had).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
    let missing = zip(worths, had).filter { !$0.1 }.map(\.0)
    let places = places(in: title)
    let numbers = concepts.indices.filter {
      concepts[$0].kind == .quantity || concepts[$0].text.contains(where: \.isNumber)
    }
    var row: [Float] = [
      Float(concepts.count), Float(had.count { $0 }) / count, gained / all, all - gained,
      missing.max() ?? 0, had.first == true ? 1 : 0, had.last == true ? 1 : 0,
      had.suffix(2).allSatisfy(\.self) ? 1 : 0, longestRun(places), neighbours(places),
    ]
    row += placed(places, in: title)
    row += likeness(to: title, had: had)
    row += [
      Float(numbers.count), Float(numbers.count { had[$0] }) / Float(max(1, numbers.count)),
      contradicts(title) ? 1 : 0, Float(corrections), ways.reduce(0, +) / count,
      title.tokens.first.map { words.contains($0.surface) } == true ? 1 : 0, Float(queryLetters),
      all / count, worths.max() ?? 0,
    ]
    return row
  }

  /// The weight of the best alternative that the title holds.
  private func way(of concept: Concept, in title: TitleView) -> Float {
    concept.alternatives.reduce(0) { best, alternative in
      alternative.weight > best && alternative.terms.allSatisfy(title.terms.contains)
        ? alternative.weight : best
    }
  }

  /// Where the first alternative of each concept stands in the title; -1 for nowhere.
  private func places(in title: TitleView) -> [Int] {
    concepts.map { concept in
      for alternative in concept.alternatives {
        if let place = title.tokens.firstIndex(where: { token in
          alternative.terms.contains(token.main)
            || token.parts.contains { alternative.terms.contains($0.text) }
        }) {
          return place
        }
      }
      return -1
    }
  }

  private func longestRun(_ places: [Int]) -> Float {
    var (best, run) = (places.contains { $0 >= 0 } ? 1 : 0, 1)
    for (left, right) in zip(places, places.dropFirst()) {
      run = left >= 0 && right == left + 1 ? run + 1 : 1
      best = max(best, run)
    }
    return Float(best) / Float(max(1, places.count))
  }

  private func neighbours(_ places: [Int]) -> Float {
    let pairs = zip(places, places.dropFirst())
    let kept = pairs.count { $0 >= 0 && $1 >= 0 && abs($1 - $0) <= 2 }
    return Float(kept) / Float(max(1, places.count - 1))
  }

  private func placed(_ places: [Int], in title: TitleView) -> [Float] {
    let length = Float(max(1, title.tokens.count))
    let found = Set(places.filter { $0 >= 0 })
    let head = found.count { $0 < title.headLength }
    let headWords = Float(title.headLength)
    return [
      Float(found.min() ?? title.tokens.count) / length, Float(found.max() ?? -1) / length,
      Float(title.tokens.count), Float(found.count) / length, Float(head) / headWords,
      found.contains(title.headLength - 1) ? 1 : 0, Float(head) / Float(max(1, places.count)),
    ]
  }

  /// Letters shared, and how near the words that are missing come to any of the title's.
  private func likeness(to title: TitleView, had: [Bool]) -> [Float] {
    let shared = Float(letters.intersection(title.letters).count) / Float(max(1, letters.count))
    var values: [Float] = []
    for (index, concept) in concepts.enumerated() {
      values.append(had[index] ? 1 : nearest(concept.text, in: title))
    }
    return [shared, values.reduce(0, +) / Float(max(1, values.count)), values.min() ?? 0]
  }

  /// 1 - edits / length of the title's word nearest to `word`; containment counts as near.
  private func nearest(_ word: String, in title: TitleView) -> Float {
    let bytes = Array(word.utf8)
    guard bytes.count >= 3, bytes.count <= 40 else { return 0 }
    return title.tokens.reduce(0) { best, token in
      let other = Array(token.surface.utf8)
      guard other.count >= 3, other.count <= 60 else { return best }
      if token.surface.contains(word) || word.contains(token.surface) {
        return max(
          best, Float(min(bytes.count, other.count)) / Float(max(bytes.count, other.count)))
      }
      let limit = max(1, bytes.count / 3)
      let distance = bytes.withUnsafeBufferPointer { left in
        other.withUnsafeBufferPointer { EditDistance.between(left, $0, limit: limit) }
      }
      return distance.map { max(best, 1 - Float($0) / Float(bytes.count)) } ?? best
    }
  }

  /// Whether the title names another amount of what the query names an amount of.
  private func contradicts(_ title: TitleView) -> Bool {
    guard !sizes.isEmpty else { return false }
    let text = title.tokens.map(\.surface).joined(separator: " ")
    let named = QuantityReader.find(in: text).map(IndexKeys.quantity)
    return sizes.contains { size in
      let dimension = size.prefix { $0 != IndexKeys.separator }
      return named.contains { $0.hasPrefix(dimension) } && !named.contains(size)
    }
  }
}
