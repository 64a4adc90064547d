public import AkinCatalogue
public import AkinEncoders

/// Reads products as a fitted ``ContentMeasure`` sees them: for queries and for accounts of single
/// pairs. Keeps the state of native libraries: one thread at a time may use one.
public final class ContentReader {
  /// A product or query as the measure sees it.
  public struct Content: Sendable {
    /// What its fields say.
    public let facts: ProductFacts
    /// Its words, of unit length, by key.
    let words: [WordSpace.WeighedTerm]
  }

  private let measure: ContentMeasure
  private let factReader: FactReader
  private let termReader: TermReader

  /// A reader for `measure`.
  ///
  /// - Throws: `EncoderError` where the data of ICU, OpenCC or Snowball is not installed.
  public init(_ measure: ContentMeasure) throws {
    self.measure = measure
    factReader = try FactReader(brands: measure.brands)
    termReader = try TermReader(measure.weights.terms)
  }

  /// Reads a product. O(length of its texts).
  public func read(_ product: Product) -> Content {
    content(ContentText.words(of: product), factReader.read(product))
  }

  /// Reads a shopper's words.
  public func read(text: String) -> Content { content(text, factReader.read(title: text)) }

  private func content(_ text: String, _ facts: ProductFacts) -> Content {
    let terms = termReader.terms(of: text, facts, isNamed: true)
    return Content(facts: facts, words: measure.words.weighed(terms))
  }

  /// Why two products are alike; `cosine` is that of their vectors.
  public func account(_ left: Content, _ right: Content, cosine: Float) -> LikenessAccount {
    var words: [(text: String, part: Float)] = []
    var models: [(text: String, part: Float)] = []
    var place = right.words.startIndex
    for term in left.words {
      while place < right.words.endIndex, right.words[place].key < term.key { place += 1 }
      guard place < right.words.endIndex, right.words[place].key == term.key else { continue }
      let part = measure.weights.words * term.value * right.words[place].value
      if term.isModel { models.append((term.text, part)) } else { words.append((term.text, part)) }
    }
    func part(_ source: String, _ terms: [(text: String, part: Float)]) -> LikenessAccount.Part {
      LikenessAccount.Part(
        source: source, contribution: terms.reduce(0) { $0 + $1.part },
        detail: terms.sorted { $0.part > $1.part }.prefix(5).map(\.text))
    }
    var parts = [
      part("words", words), part("models", models),
      .init(
        source: "meaning", contribution: measure.weights.meaning * measure.scaled(cosine),
        detail: []),
    ]
    let comparison = FactComparison(left.facts, right.facts)
    let sums = comparison.sums(measure.weights.facts)
    let support = parts.reduce(sums.agreement) { $0 + $1.contribution }
    let share = ContentMeasure.share(of: sums.conflict, against: support)
    for (aspect, contribution) in comparison.contributions(measure.weights.facts) {
      parts.append(
        .init(
          source: aspect.rawValue,
          contribution: contribution < 0 ? contribution * share : contribution,
          detail: [left.facts.written(aspect), right.facts.written(aspect)]))
    }
    return LikenessAccount(parts)
  }
}
