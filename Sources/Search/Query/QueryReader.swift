internal import AkinCatalogue
internal import AkinText
internal import Foundation

/// Reads what a shopper typed into a ``QueryPlan``, with the catalogue's own words at hand.
///
/// One thread at a time may use one.
final class QueryReader {
  let analyser: TextAnalyser
  private var pinyin: Pinyin?
  private var text = AnalysedText()
  private var lexicon: (source: Lexicon, compiled: CompiledLexicon)?
  /// What facet values count under, of the lexicon in use.
  private var facetKeys: [String: String] = [:]

  /// Bytes and tokens of a query that are used.
  static let longestQuery = 600
  static let mostConcepts = 28

  init() throws(AnalysisError) { analyser = try TextAnalyser() }

  /// The plan of `query`.
  ///
  /// - Throws: ``SearchError`` `emptyQuery` where nothing is left to look for.
  func read(_ query: String, understands: Bool, in snapshot: Snapshot) throws(SearchError)
    -> QueryPlan
  {
    var plan = QueryPlan()
    var query = Self.normalised(query)
    if query.utf8.count > Self.longestQuery {
      query = String(decoding: query.utf8.prefix(Self.longestQuery), as: UTF8.self)
      plan.understood.isTruncated = true
    }
    let compiled = compiledLexicon(snapshot.lexicon)
    if understands {
      plan.price = PriceWish.extract(from: &query)
      plan.understood.minimumPrice = plan.price?.minimum
      plan.understood.maximumPrice = plan.price?.maximum
      plan.understood.currency = plan.price?.currency
      for phrase in Exclusion.extract(from: &query) {
        let tokens = self.tokens(of: phrase)
        guard !tokens.isEmpty else { continue }
        plan.understood.excluded.append(phrase)
        var ways = CompiledLexicon.terms(of: tokens)
        for entry in compiled.entries(QueryToken.key(tokens)) { ways += entry.alternatives }
        plan.excluded.append(ways.map { Concept.Alternative(terms: $0, weight: 1) })
      }
    }
    var interpreter = Interpreter(
      tokens: tokens(of: query), query: query, snapshot: snapshot, lexicon: compiled,
      understands: understands, reader: self)
    interpreter.run(&plan)
    if plan.concepts.isEmpty, plan.price == nil, plan.excluded.isEmpty {
      throw SearchError(
        .emptyQuery, "the query holds no word to look for; type what the product is called")
    }
    return plan
  }

  func tokens(of content: String) -> [QueryToken] {
    analyser.analyse(content, into: &text)
    return QueryToken.tokens(of: text)
  }

  /// Other names of a brand or colour.
  func equivalents(of word: String, in source: Lexicon) -> [String] {
    let key = QueryToken.key(tokens(of: word))
    return source.groups.filter { group in
      group.words.contains { QueryToken.key(tokens(of: $0)) == key }
    }.flatMap(\.words)
  }

  /// Values of a facet that are spellings of one another have one key: folded alike, or names of one
  /// brand or colour.
  func facetKey(_ value: String, of field: String, in source: Lexicon) -> String {
    let compiled = compiledLexicon(source)
    let kind = Self.kind(of: field)
    let known = "\(kind.map { $0.rawValue } ?? "")\u{1F}\(value)"
    if let key = facetKeys[known] { return key }
    var key = analyser.folded(value)
    if let kind, let group = compiled.group(QueryToken.key(tokens(of: value)), of: kind) {
      key = "\u{1F}\(group)"
    }
    // A bound on what a shop of many values costs.
    if facetKeys.count > 50_000 { facetKeys = [:] }
    facetKeys[known] = key
    return key
  }

  /// What the values of a field are names of.
  static func kind(of field: String) -> Lexicon.Kind? {
    switch field {
    case "brand": .brand
    case "color", "colour", "颜色": .colour
    default: nil
    }
  }

  /// The syllables of a Chinese word, joined; the transliterator is opened at the first use.
  func reading(of word: String) -> String? {
    if pinyin == nil { pinyin = try? Pinyin() }
    return pinyin?.syllables(of: word)?.joined()
  }

  private func compiledLexicon(_ source: Lexicon) -> CompiledLexicon {
    if let lexicon, lexicon.source == source { return lexicon.compiled }
    let compiled = CompiledLexicon(source, analyser: analyser)
    lexicon = (source, compiled)
    facetKeys = [:]
    return compiled
  }

  /// Full-width letters, digits and signs as the plain ones, control characters as blanks.
  static func normalised(_ query: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in query.unicodeScalars {
      switch scalar.value {
      case 0xFF01...0xFF5E: scalars.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? " ")
      case 0x3000, 0..<0x20, 0x7F: scalars.append(" ")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  /// Words that say nothing about a product.
  static let stopWords: Set<String> = [
    "a", "an", "the", "for", "with", "of", "in", "on", "to", "and", "or", "by", "at", "from", "is",
    "are", "my", "me", "i", "you", "your", "that", "this", "it", "as", "some", "any", "buy", "best",
    "cheap", "的", "了", "和", "与", "及", "我", "要", "买", "想", "请", "给", "是", "个", "款", "用",
    "适用", "der", "die", "das", "und", "für", "mit", "de", "la", "le", "et", "pour",
  ]
}
