internal import AkinText

extension Interpreter {
  /// The concepts of a single token that is no known phrase.
  mutating func concepts(of token: QueryToken, _ plan: inout QueryPlan) -> [Concept] {
    let isStop = QueryReader.stopWords.contains(token.surface)
    if token.isUnspaced { return [unspaced(token, isStop: isStop)] }
    if token.kind == .compound {
      return [Concept(kind: .word, text: token.surface, alternatives: compound(token))]
    }
    var concept = Concept(
      kind: token.kind == .number ? .number : .word, text: token.surface,
      alternatives: [Concept.Alternative(terms: [token.main], weight: 1)], isRequired: !isStop,
      weight: isStop ? 0.3 : 1)
    guard understands, token.isLetters, !isStop else { return [concept] }
    let occurrences = snapshot.wordCount(token.surface)
    if occurrences == 0, let known = unknown(token, &plan) {
      if !known.isEmpty { concept.alternatives = known }
    } else if token.surface.utf8.count >= 4 {
      // A brand's Chinese name typed in Latin letters, which may be a word too.
      for word in snapshot.words(readAs: token.surface) {
        concept.alternatives += reread(word, weight: 0.9)
      }
    }
    return [concept]
  }

  private func unspaced(_ token: QueryToken, isStop: Bool) -> Concept {
    Concept(
      kind: .word, text: token.surface, alternatives: literal([token]), isRequired: !isStop,
      weight: token.main.unicodeScalars.count == 1 ? 0.6 : 1)
  }

  /// What a word that no product holds may stand for; empty where nothing is near, `nil` where it
  /// is held in another form after all.
  private mutating func unknown(_ token: QueryToken, _ plan: inout QueryPlan)
    -> [Concept.Alternative]?
  {
    let readings = snapshot.words(readAs: token.surface)
    if !readings.isEmpty {
      replace(token, with: readings[0], &plan)
      return readings.flatMap { reread($0, weight: 1) }
    }
    if token.surface.utf8.count <= 4 {
      let brands = snapshot.words(readAs: "\u{1}" + token.surface)
      if !brands.isEmpty {
        replace(token, with: brands[0], &plan)
        // Before the letters themselves, which are seldom more than a piece of a model number.
        return brands.flatMap { reread($0, weight: 1) }
          + [Concept.Alternative(terms: [token.main], weight: 0.3)]
      }
    }
    if snapshot.frequency(token.main) > 0 { return nil }
    if let split = splitReading(token.surface) {
      replace(token, with: split.joined(), &plan)
      return [Concept.Alternative(terms: split.flatMap { terms(of: $0) }, weight: 1)]
    }
    if let pair = splitWords(token.surface) {
      replace(token, with: pair.joined(separator: " "), &plan)
      return [Concept.Alternative(terms: pair.flatMap { terms(of: $0) }, weight: 0.9)]
    }
    return misspelt(token, &plan)
  }

  private mutating func misspelt(_ token: QueryToken, _ plan: inout QueryPlan)
    -> [Concept.Alternative]
  {
    let limit = EditDistance.tolerance(length: token.surface.utf8.count)
    let near = limit > 0 ? snapshot.words(near: token.surface, limit: limit, count: 12) : []
    if let nearest = near.first {
      replace(token, with: nearest.word, &plan)
      var alternatives: [Concept.Alternative] = []
      for candidate in near where candidate.distance == nearest.distance {
        alternatives.append(
          contentsOf: known(candidate.word, weight: 0.9).filter { !alternatives.contains($0) })
      }
      return alternatives
    }
    guard token.surface.utf8.count >= 3 else { return [] }
    let begun = snapshot.words(beginningWith: token.surface, count: 4)
    return begun.flatMap { known($0, weight: 0.8) }
  }

  /// The terms of a word of the catalogue and of what the lexicon knows for it.
  private func known(_ word: String, weight: Float) -> [Concept.Alternative] {
    let tokens = reader.tokens(of: word)
    var alternatives = [Concept.Alternative(terms: tokens.map(\.main), weight: weight)]
    for entry in lexicon.entries(QueryToken.key(tokens)) {
      add(entry, to: &alternatives)
    }
    return alternatives
  }

  /// A Chinese word with what the lexicon knows for it.
  private func reread(_ word: String, weight: Float) -> [Concept.Alternative] {
    let tokens = reader.tokens(of: word)
    var alternatives = CompiledLexicon.terms(of: tokens).map {
      Concept.Alternative(terms: $0, weight: weight)
    }
    for entry in lexicon.entries(QueryToken.key(tokens)) {
      add(entry, to: &alternatives)
    }
    return alternatives
  }

  private func terms(of word: String) -> [String] {
    CompiledLexicon.terms(of: reader.tokens(of: word))[0]
  }

  /// `pingguoshouji` as 苹果 and 手机: at most three words, the longest first.
  private func splitReading(_ letters: String, depth: Int = 3) -> [String]? {
    if let word = snapshot.words(readAs: letters).first { return [word] }
    guard depth > 1, letters.utf8.count >= 4 else { return nil }
    for length in stride(from: letters.utf8.count - 2, through: 2, by: -1) {
      guard let word = snapshot.words(readAs: String(letters.prefix(length))).first,
        let rest = splitReading(String(letters.dropFirst(length)), depth: depth - 1)
      else { continue }
      return [word] + rest
    }
    return nil
  }

  /// `iphonecase` as two words of the catalogue, both of three letters or more.
  private func splitWords(_ letters: String) -> [String]? {
    guard letters.utf8.count >= 6 else { return nil }
    var best: (words: [String], count: Int)?
    for length in 3...(letters.utf8.count - 3) {
      let (left, right) = (String(letters.prefix(length)), String(letters.dropFirst(length)))
      let count = min(snapshot.wordCount(left), snapshot.wordCount(right))
      if count > best?.count ?? 0 { best = ([left, right], count) }
    }
    return best?.words
  }

  /// Two tokens that are one word of the catalogue: `air pods`, and 平果 for 苹果, which sounds the
  /// same. Returns the token after them.
  mutating func repaired(at index: Int, _ plan: inout QueryPlan) -> Int? {
    guard understands else { return nil }
    if index + 1 < tokens.count, tokens[index].isLetters, tokens[index + 1].isLetters {
      let joined = tokens[index].surface + tokens[index + 1].surface
      let apart = min(
        snapshot.frequency(tokens[index].main), snapshot.frequency(tokens[index + 1].main))
      if joined.utf8.count >= 5, apart == 0, snapshot.wordCount(joined) > 0 {
        plan.concepts.append(
          Concept(kind: .word, text: joined, alternatives: known(joined, weight: 1)))
        return index + 2
      }
    }
    return repairedChinese(at: index, &plan)
  }

  private mutating func repairedChinese(at index: Int, _ plan: inout QueryPlan) -> Int? {
    guard tokens[index].isUnspaced else { return nil }
    for length in [1, 2] where index + length <= tokens.count {
      let span = tokens[index..<index + length]
      guard span.allSatisfy(\.isUnspaced), length == 1 || isContiguous(span) else { continue }
      let word = span.map(\.main).joined()
      guard (2...4).contains(word.unicodeScalars.count), snapshot.frequency(word) == 0,
        let reading = reader.reading(of: word)
      else { continue }
      guard let meant = snapshot.words(readAs: reading).first(where: { $0 != word }) else {
        continue
      }
      var whole = span[span.startIndex]
      whole.source = whole.source.lowerBound..<span[span.endIndex - 1].source.upperBound
      whole.surface = word
      replace(whole, with: meant, &plan)
      plan.concepts.append(
        Concept(kind: .word, text: meant, alternatives: reread(meant, weight: 1)))
      return index + length
    }
    return nil
  }

  private func isContiguous(_ span: ArraySlice<QueryToken>) -> Bool {
    zip(span, span.dropFirst()).allSatisfy { $0.source.upperBound == $1.source.lowerBound }
  }
}
