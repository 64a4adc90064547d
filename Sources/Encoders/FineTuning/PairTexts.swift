import AkinText

/// The distinct texts of pairs as tokens, and the pairs by their numbers.
struct PairTexts {
  /// Pairs of one part of the data.
  struct Split {
    /// Numbers of the texts of each pair.
    var left: [Int] = [], right: [Int] = []
    /// On 0 … 1.
    var relevance: [Float] = []
    /// Whether a pair is a right answer: in the upper half of the relevance.
    var isRight: [Bool] = []
    /// Whether pairs differ in relevance.
    var differs = false
    /// Whether there are two relevances alone.
    var isBinary = false
    /// The pairs of each left text, in the order of their first appearance.
    var groups: [[Int]] = []
    /// Of each left text its right answers.
    var answers: [Int: Set<Int>] = [:]
  }

  /// Tokens of every text.
  private(set) var tokens: [[Int32]] = []
  let limit: Int
  private let tokenizer: any Tokenizer
  private let prefixes: (left: String, right: String)
  private var known: [String: Int] = [:]

  init(_ parts: ModelParts, limit: Int, asksQueries: Bool) {
    tokenizer = parts.tokenizer
    self.limit = limit
    prefixes = (
      asksQueries ? parts.prefixes.query : parts.prefixes.passage, parts.prefixes.passage
    )
  }

  private mutating func number(of text: String) -> Int {
    if let number = known[text] { return number }
    known[text] = tokens.count
    tokens.append(tokenizer.encode(text, maximumLength: limit))
    return tokens.count - 1
  }

  mutating func add(_ pairs: [TextPair]) -> Split {
    var split = Split()
    let low = pairs.map(\.relevance).min() ?? 0
    let span = (pairs.map(\.relevance).max() ?? 0) - low
    split.differs = span > 0
    split.isBinary = Set(pairs.lazy.map(\.relevance)).count == 2
    var groups: [Int: Int] = [:]
    for (index, pair) in pairs.enumerated() {
      let left = number(of: prefixes.left + pair.left)
      let right = number(of: prefixes.right + pair.right)
      let relevance = span > 0 ? (pair.relevance - low) / span : 1
      split.left.append(left)
      split.right.append(right)
      split.relevance.append(relevance)
      split.isRight.append(relevance > 0.5)
      if relevance > 0.5 { split.answers[left, default: []].insert(right) }
      if let group = groups[left] {
        split.groups[group].append(index)
      } else {
        groups[left] = split.groups.count
        split.groups.append([index])
      }
    }
    return split
  }
}
