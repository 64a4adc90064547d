internal import Foundation

/// Turns a pair of products into numbers that a model can learn from: how their texts, their
/// columns, their numbers and their meaning agree.
///
/// Fitted on training pairs: which columns there are and of what kind, how rare words are, what
/// single words say. Numbers that cannot be had (an empty value) are `nan`.
struct PairFeatures: Codable, Sendable {
  /// A column that both sides have.
  struct Column: Codable, Sendable, Equatable {
    var name: String
    /// Whether its values are numbers, such as prices.
    var isNumeric: Bool
  }

  /// Columns that are compared by themselves.
  private(set) var columns: [Column]
  private let frequencies: TokenFrequencies
  private let words: WordEvidence
  /// Names of the numbers of a row, in order.
  let names: [String]

  /// Columns at most: further ones count in the whole text only.
  private static let mostColumns = 10
  /// What is compared in a column of text, of the numbers of ``TextComparison``.
  private static let columnNumbers = [
    "jaccard", "containment", "cosine", "trigramCosine", "softCoverLeft", "softCoverRight",
  ]

  /// Fits to training pairs.
  ///
  /// - Returns: the features, and each training pair's score from the words' weights (see
  ///   ``WordEvidence``).
  static func fit(
    _ pairs: [MatchPair], _ tokens: TokenCache, seed: UInt64
  ) -> (features: PairFeatures, wordScores: [Float]) {
    let records = Set(pairs.flatMap { [$0.left, $0.right] })
    let frequencies = TokenFrequencies(records.map { tokens[$0.text] })
    let (words, scores) = WordEvidence.fit(
      pairs.map { (tokens[$0.left.text], tokens[$0.right.text]) }, pairs.map { $0.isMatch == true },
      seed: seed)
    let features = PairFeatures(
      columns: Self.columns(of: pairs, tokens), frequencies: frequencies, words: words)
    return (features, scores)
  }

  private init(columns: [Column], frequencies: TokenFrequencies, words: WordEvidence) {
    (self.columns, self.frequencies, self.words) = (columns, frequencies, words)
    var names = TextComparison.names.map { "text.\($0)" }
    for column in columns {
      let numbers =
        column.isNumeric
        ? ["ratio", "equal"] : ["equal"] + Self.columnNumbers + ["inRight", "inLeft"]
      names += numbers.map { "\(column.name).\($0)" }
    }
    names += FactAspect.allCases.map { "fact.\($0.rawValue)" }
    names += ["fields.agreement", "fields.conflict", "words", "meaning", "meaning.first"]
    self.names = names
  }

  /// Columns that stand on both sides of at least a twentieth of the pairs.
  private static func columns(of pairs: [MatchPair], _ tokens: TokenCache) -> [Column] {
    var order: [String] = []
    var both: [String: Int] = [:]
    var filled: [String: (numeric: Int, all: Int)] = [:]
    for pair in pairs {
      for field in pair.left.fields {
        if both[field.name] == nil { order.append(field.name) }
        both[field.name, default: 0] +=
          field.value.isEmpty || pair.right.value(of: field.name) == nil ? 0 : 1
      }
      for field in pair.left.fields + pair.right.fields where !field.value.isEmpty {
        filled[field.name, default: (0, 0)].all += 1
        if number(tokens[field.value]) != nil { filled[field.name]?.numeric += 1 }
      }
    }
    return order.filter { (both[$0] ?? 0) * 20 >= pairs.count }.prefix(mostColumns).map { name in
      let count = filled[name] ?? (0, 0)
      return Column(name: name, isNumeric: count.numeric * 5 >= count.all * 4)
    }
  }

  /// The number that a value is, with at most one short word around it: a currency or a unit.
  static func number(_ tokens: ValueTokens) -> Double? {
    guard tokens.plain.count <= 2, tokens.numbers.count == 1,
      tokens.plain.allSatisfy({ ValueTokens.isNumber($0) || $0.count <= 3 })
    else { return nil }
    return tokens.numbers.first.flatMap(Double.init)
  }

  /// The numbers of a pair.
  ///
  /// - Parameters:
  ///   - wordScore: for a training pair its score without itself; else `nil`.
  ///   - meaning: cosines of the whole texts' and of the first values' vectors.
  func values(
    _ pair: MatchPair, _ tokens: TokenCache, wordScore: Float?,
    meaning: (whole: Float, first: Float)
  ) -> [Float] {
    let (left, right) = (tokens[pair.left.text], tokens[pair.right.text])
    let comparison = TextComparison(frequencies: frequencies)
    var values = comparison.values(left, right)
    for column in columns {
      let sides = (pair.left.value(of: column.name), pair.right.value(of: column.name))
      values +=
        column.isNumeric
        ? numeric(sides, tokens) : text(sides, tokens, comparison, whole: (left, right))
    }
    let facts = (tokens.facts(of: pair.left), tokens.facts(of: pair.right))
    values += FactComparison(facts.0, facts.1).values.map { $0 ?? .nan }
    values += fields(pair, tokens)
    values += [wordScore ?? words.logit(left, right), meaning.whole, meaning.first]
    return values
  }

  /// Over the columns that both sides fill, whatever their names: the mean agreement of values,
  /// and the share of columns whose values have nothing in common. Speaks of columns that training
  /// did not see, too.
  private func fields(_ pair: MatchPair, _ tokens: TokenCache) -> [Float] {
    var (agreement, conflict, count): (Float, Float, Float) = (0, 0, 0)
    for field in pair.left.fields.dropFirst() where !field.value.isEmpty {
      guard let other = pair.right.value(of: field.name) else { continue }
      let (left, right) = (tokens[field.value].distinct, tokens[other].distinct)
      let shared = Float(left.intersection(right).count)
      count += 1
      agreement += shared / Float(max(1, min(left.count, right.count)))
      if shared == 0 { conflict += 1 }
    }
    return count > 0 ? [agreement / count, conflict / count] : [.nan, .nan]
  }

  private func numeric(_ sides: (String?, String?), _ tokens: TokenCache) -> [Float] {
    guard let left = sides.0.flatMap({ Self.number(tokens[$0]) }),
      let right = sides.1.flatMap({ Self.number(tokens[$0]) }), left >= 0, right >= 0
    else { return [.nan, .nan] }
    let ratio = max(left, right) > 0 ? min(left, right) / max(left, right) : 1
    return [Float(ratio), left == right ? 1 : 0]
  }

  private func text(
    _ sides: (String?, String?), _ tokens: TokenCache, _ comparison: TextComparison,
    whole: (ValueTokens, ValueTokens)
  ) -> [Float] {
    let left = sides.0.map { tokens[$0] }, right = sides.1.map { tokens[$0] }
    func inside(_ value: ValueTokens?, _ text: ValueTokens) -> Float {
      guard let value, !value.compact.isEmpty else { return .nan }
      if value.compact.count <= 64, TextComparison.contains(text.compact, value.compact) {
        return 1
      }
      let weights = value.distinct.sorted().map {
        (frequencies.weight($0), text.distinct.contains($0))
      }
      let all = weights.reduce(0) { $0 + $1.0 }
      return all > 0 ? weights.reduce(0) { $0 + ($1.1 ? $1.0 : 0) } / all : .nan
    }
    let across = [inside(left, whole.1), inside(right, whole.0)]
    guard let left, let right else {
      return [Float](repeating: .nan, count: 1 + Self.columnNumbers.count) + across
    }
    let all = comparison.values(left, right)
    let chosen = Self.columnPlaces.map { all[$0] }
    return [left.compact == right.compact ? 1 : 0] + chosen + across
  }

  private static let columnPlaces = columnNumbers.compactMap(TextComparison.names.firstIndex)
}

/// Texts taken apart, each once.
final class TokenCache {
  private var known: [String: ValueTokens] = [:]
  private var facts: [String: ProductFacts] = [:]
  private let reader: FactReader

  /// - Throws: ``EncoderError`` `missingFile` where the data of ICU or OpenCC is not installed.
  init() throws(EncoderError) { reader = try FactReader() }

  /// Model numbers, quantities, colours … that a product's values name.
  func facts(of record: MatchRecord) -> ProductFacts {
    let text = ValueText.readable(record.text)
    if let facts = facts[text] { return facts }
    let read = reader.read(title: text)
    facts[text] = read
    return read
  }

  subscript(text: String) -> ValueTokens {
    if let tokens = known[text] { return tokens }
    let tokens = ValueTokens(text)
    known[text] = tokens
    return tokens
  }
}
