extension TextAnalyser {
  /// Adds the terms of the run of unspaced characters from `start`; returns its end.
  func addUnspaced(from start: Int, to result: inout AnalysedText) -> Int {
    var end = start
    units.removeAll(keepingCapacity: true)
    unitCharacters.removeAll(keepingCapacity: true)
    while end < scalars.count, CharacterFolding.characterClass(scalars[end]) == .unspaced {
      if let scalar = Unicode.Scalar(scalars[end]) {
        for unit in UTF16.encode(scalar).map(Array.init) ?? [] {
          units.append(unit)
          unitCharacters.append(Int32(end))
        }
      }
      end += 1
    }
    var wordStart = start
    for unitEnd in segmenter.wordEnds(in: units) {
      let wordEnd = Int(unitEnd) < units.count ? Int(unitCharacters[Int(unitEnd)]) : end
      guard wordEnd > wordStart else { continue }
      addWord(wordStart..<wordEnd, isLast: wordEnd == end, to: &result)
      wordStart = wordEnd
    }
    return end
  }

  private func addWord(_ word: Range<Int>, isLast: Bool, to result: inout AnalysedText) {
    let token = result.tokens
    let start = Int32(result.bytes.count)
    // One copy of the characters; every term is a stretch of it.
    var ends: [Int32] = [start]
    let reach = isLast ? word.upperBound : word.upperBound + 1
    for index in word.lowerBound..<reach {
      Self.append(scalars[index], to: &result.bytes)
      ends.append(Int32(result.bytes.count))
    }
    func add(_ kind: TermKind, _ from: Int, _ to: Int, isWholeWord: Bool = false) {
      let range = ends[from]..<ends[to]
      guard range.count <= Self.longestTerm else { return }
      result.terms.append(
        AnalysedTerm(
          kind: kind, isWholeWord: isWholeWord, range: range, surface: range,
          source: source(word.lowerBound + from..<word.lowerBound + to), token: token))
    }
    let count = word.count
    if count > 2 { add(.dictionaryWord, 0, count, isWholeWord: true) }
    for place in 0..<count {
      add(.character, place, place + 1, isWholeWord: count == 1)
      if place + 1 < count { add(.bigram, place, place + 2, isWholeWord: count == 2) }
    }
    if !isLast { add(.crossing, count - 1, count + 1) }
    result.tokens += 1
  }
}
