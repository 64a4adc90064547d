internal import AkinCatalogue
internal import AkinText

/// Turns the tokens of one query into concepts.
struct Interpreter {
  let tokens: [QueryToken]
  let query: String
  let snapshot: Snapshot
  let lexicon: CompiledLexicon
  let understands: Bool
  let reader: QueryReader
  private var replacements: [(source: Range<Int>, text: String)] = []

  init(
    tokens: [QueryToken], query: String, snapshot: Snapshot, lexicon: CompiledLexicon,
    understands: Bool, reader: QueryReader
  ) {
    self.tokens = tokens
    self.query = query
    self.snapshot = snapshot
    self.lexicon = lexicon
    self.understands = understands
    self.reader = reader
  }

  mutating func run(_ plan: inout QueryPlan) {
    var index = 0
    let sizes = understands ? quantities() : []
    while index < tokens.count {
      if plan.concepts.count >= QueryReader.mostConcepts {
        plan.understood.isTruncated = true
        break
      }
      if let size = sizes.first(where: { $0.tokens.lowerBound == index }) {
        plan.understood.sizes.append(size.text)
        plan.concepts.append(concept(of: size))
        index = size.tokens.upperBound
      } else if understands, let phrase = phrase(at: index, &plan) {
        index = phrase
      } else if let merged = repaired(at: index, &plan) {
        index = merged
      } else {
        plan.concepts.append(contentsOf: concepts(of: tokens[index], &plan))
        index += 1
      }
    }
    if understands { addAdjacency(&plan) }
    // A query of stop words alone is still a query.
    if !plan.concepts.isEmpty, !plan.concepts.contains(where: \.isRequired) {
      for index in plan.concepts.indices where plan.concepts[index].kind != .boost {
        plan.concepts[index].isRequired = true
      }
    }
    if !replacements.isEmpty { plan.understood.suggestion = suggestion() }
  }

  mutating func replace(_ token: QueryToken, with text: String, _ plan: inout QueryPlan) {
    replacements.append((token.source, text))
    plan.understood.corrections.append(
      Understanding.Correction(from: token.surface, to: text))
  }

  private func suggestion() -> String {
    var bytes = Array(query.utf8)
    for (source, text) in replacements.sorted(by: { $0.source.lowerBound > $1.source.lowerBound }) {
      bytes.replaceSubrange(source, with: text.utf8)
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: " ").joined(separator: " ")
  }

  // MARK: Sizes

  private struct Size {
    var quantity: Quantity
    var tokens: Range<Int>
    var text: String
  }

  /// Amounts with units, with the tokens that they cover.
  private func quantities() -> [Size] {
    var spans: [Range<Int>] = []
    let found = query.withFieldBytes { QuantityReader.find(in: $0, spans: &spans) }
    guard !found.isEmpty else { return [] }
    let bytes = Array(query.utf8)
    return spans.compactMap { span in
      let text = String(decoding: bytes[span], as: UTF8.self)
      guard let quantity = found.first(where: { $0.written == text }) else { return nil }
      let covered = tokens.indices.filter { tokens[$0].source.overlaps(span) }
      guard let first = covered.first, let last = covered.last,
        tokens[first].source.lowerBound >= span.lowerBound,
        tokens[last].source.upperBound <= span.upperBound
      else { return nil }
      return Size(quantity: quantity, tokens: first..<last + 1, text: text)
    }
  }

  private func concept(of size: Size) -> Concept {
    let literal = tokens[size.tokens].map(\.main)
    return Concept(
      kind: .quantity, text: size.text,
      alternatives: [
        Concept.Alternative(terms: [IndexKeys.quantity(size.quantity)], weight: 0.8),
        Concept.Alternative(terms: literal, weight: 0.7),
      ])
  }

  // MARK: Phrases

  /// Reads the longest phrase at `index` that is a brand, a category or in the lexicon; returns
  /// the token after it.
  private func phrase(at index: Int, _ plan: inout QueryPlan) -> Int? {
    let limit = min(tokens.count, index + 4)
    for end in stride(from: limit, to: index, by: -1) {
      let span = tokens[index..<end]
      let entries = lexicon.entries(QueryToken.key(span))
      let folded = span.map(\.surface).joined(separator: span.allSatisfy(\.isUnspaced) ? "" : " ")
      let isBrand = snapshot.frequency(IndexKeys.filter("brand", folded)) > 0
      let isCategory = snapshot.frequency(IndexKeys.filter("category", folded)) > 0
      guard isBrand || isCategory || !entries.isEmpty else { continue }
      if span.count == 1, QueryReader.stopWords.contains(tokens[index].surface) { continue }
      let text = self.text(of: span)
      var alternatives = literal(Array(span))
      for entry in entries { add(entry, to: &alternatives) }
      let isNamedBrand = isBrand || entries.contains { $0.kind == .brand }
      let isColour = entries.contains { $0.kind == .colour }
      let kind: Concept.Kind =
        isNamedBrand ? .brand : isColour ? .colour : isCategory ? .category : .word
      plan.concepts.append(
        Concept(
          kind: kind, text: text, alternatives: alternatives,
          weight: weight(of: kind), fields: kind == .brand ? .naming : .all))
      note(kind, text, folded, entries, &plan)
      return end
    }
    return nil
  }

  /// Adds what the lexicon knows for a phrase. Who types Chinese reads it, and is shown titles in it
  /// first: a word of another script counts less than one of the same.
  func add(_ entry: CompiledLexicon.Entry, to alternatives: inout [Concept.Alternative]) {
    guard let typed = alternatives.first else { return }
    for terms in entry.alternatives where !alternatives.contains(where: { $0.terms == terms }) {
      let isSameScript = Self.isChinese(terms) == Self.isChinese(typed.terms)
      alternatives.append(
        Concept.Alternative(terms: terms, weight: typed.weight * (isSameScript ? 0.9 : 0.7)))
    }
  }

  private static func isChinese(_ terms: [String]) -> Bool {
    terms.contains { $0.unicodeScalars.contains { (0x3400...0x9FFF).contains($0.value) } }
  }

  private func weight(of kind: Concept.Kind) -> Float { kind == .colour ? 0.8 : 1 }

  private func text(of span: ArraySlice<QueryToken>) -> String {
    guard let first = span.first, let last = span.last else { return "" }
    let bytes = Array(query.utf8)[first.source.lowerBound..<last.source.upperBound]
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What was understood, and a boost for products whose brand or category it is.
  private func note(
    _ kind: Concept.Kind, _ text: String, _ folded: String, _ entries: [CompiledLexicon.Entry],
    _ plan: inout QueryPlan
  ) {
    switch kind {
    case .brand:
      plan.understood.brands.append(text)
      var names = [folded]
      for entry in entries where entry.kind == .brand {
        names += entry.alternatives.map { $0.joined(separator: " ") }
      }
      plan.concepts.append(boost("brand", names, 2))
    case .colour: plan.understood.colours.append(text)
    case .category:
      plan.understood.categories.append(text)
      plan.concepts.append(boost("category", [folded], 2))
    default:
      var names = [folded]
      for entry in entries { names += entry.alternatives.map { $0.joined(separator: " ") } }
      let known = names.filter { snapshot.frequency(IndexKeys.filter("category", $0)) > 0 }
      if !known.isEmpty { plan.concepts.append(boost("category", known, 2)) }
    }
  }

  private func boost(_ field: String, _ values: [String], _ weight: Float) -> Concept {
    Concept(
      kind: .boost, text: "",
      alternatives: values.map {
        Concept.Alternative(terms: [IndexKeys.filter(field, $0)], weight: weight)
      }, isRequired: false)
  }

  /// The terms that say `span` itself.
  func literal(_ span: [QueryToken]) -> [Concept.Alternative] {
    if span.count == 1, let token = span.first, !token.isUnspaced, token.kind == .compound {
      return compound(token)
    }
    return CompiledLexicon.terms(of: span).enumerated().map {
      Concept.Alternative(terms: $1, weight: $0 == 0 ? 1 : 0.95)
    }
  }

  /// A model number as one term, else all of its pieces.
  func compound(_ token: QueryToken) -> [Concept.Alternative] {
    var alternatives = [Concept.Alternative(terms: [token.main], weight: 1)]
    let parts = token.parts.filter { $0.kind == .part || $0.kind == .word || $0.kind == .number }
      .map(\.text)
    if !parts.isEmpty { alternatives.append(Concept.Alternative(terms: parts, weight: 0.6)) }
    return alternatives
  }

  // MARK: Neighbours

  /// Raises products in which Chinese words, or a word and its number, stand side by side.
  private func addAdjacency(_ plan: inout QueryPlan) {
    for token in tokens {
      for part in token.parts where part.kind == .crossing || part.kind == .adjacent {
        guard plan.concepts.count < 31, snapshot.frequency(part.text) > 0 else { continue }
        plan.concepts.append(
          Concept(
            kind: .boost, text: part.text,
            alternatives: [Concept.Alternative(terms: [part.text], weight: 0.3)],
            isRequired: false))
      }
    }
  }
}
