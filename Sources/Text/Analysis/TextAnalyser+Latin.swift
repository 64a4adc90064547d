/// A piece of text between blanks: letters and digits with the signs that join them.
struct LatinToken {
  /// Runs of letters, or of digits with a decimal point, in order.
  var runs: [Range<Int>] = []
  /// Runs put together where nothing stood between them.
  var chunks: [Range<Int>] = []
  var start: Int
  var end: Int
  var hasLetters = false
  var hasDigits = false

  var isCompound: Bool { chunks.count > 1 || (hasLetters && hasDigits) }
}

extension TextAnalyser {
  /// Reads the token that starts at `start`.
  func latinToken(from start: Int) -> LatinToken {
    var token = LatinToken(start: start, end: start)
    var index = start
    var chunkStart = start
    while index < scalars.count {
      let run = self.run(from: index)
      if run.isEmpty { break }
      token.runs.append(run)
      let isDigits = CharacterFolding.characterClass(scalars[run.lowerBound]) == .digit
      if isDigits { token.hasDigits = true } else { token.hasLetters = true }
      index = run.upperBound
      if isWordClass(index) { continue }
      token.chunks.append(chunkStart..<index)
      token.end = index
      index = afterPossessive(index)
      token.end = index
      guard index + 1 < scalars.count, isConnector(scalars[index]), isWordClass(index + 1) else {
        break
      }
      index += 1
      chunkStart = index
    }
    return token
  }

  private func isWordClass(_ index: Int) -> Bool {
    guard index < scalars.count else { return false }
    switch CharacterFolding.characterClass(scalars[index]) {
    case .letter, .digit: return true
    case .separator, .unspaced: return false
    }
  }

  /// `-`, `/`, `.`, `_`, `'` and their like between letters or digits.
  private func isConnector(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x2D, 0x2F, 0x2E, 0x5F, 0x27, 0x2019, 0x2010, 0x2011: true
    default: false
    }
  }

  /// Letters, or digits with a decimal point or grouping commas.
  private func run(from start: Int) -> Range<Int> {
    guard isWordClass(start) else { return start..<start }
    let kind = CharacterFolding.characterClass(scalars[start])
    var end = start
    while end < scalars.count {
      if CharacterFolding.characterClass(scalars[end]) == kind {
        end += 1
      } else if kind == .digit, scalars[end] == 0x2E || scalars[end] == 0x2C,
        end + 1 < scalars.count, CharacterFolding.characterClass(scalars[end + 1]) == .digit
      {
        end += 1
      } else {
        break
      }
    }
    return start..<end
  }

  /// Past the `'s` of a possessive.
  private func afterPossessive(_ index: Int) -> Int {
    guard index + 1 < scalars.count, scalars[index] == 0x27 || scalars[index] == 0x2019,
      scalars[index + 1] == 0x73, !isWordClass(index + 2)
    else { return index }
    return index + 2
  }

  /// Adds the terms of `token`, which stands after `previous`.
  func add(_ token: LatinToken, after previous: LatinToken?, to result: inout AnalysedText) {
    let number = result.tokens
    if !token.isCompound {
      add(token.chunks[0], .word, token: number, to: &result)
    } else {
      addCompound(token, number, to: &result)
    }
    if let previous, !previous.isCompound, previous.hasLetters,
      let first = token.runs.first, isDigits(first), token.start == previous.end + 1,
      scalars[previous.end] == 0x20
    {
      addJoined(
        [previous.chunks[0], token.chunks[0]], .adjacent, token: number, to: &result)
    }
    result.tokens += 1
  }

  private func isDigits(_ range: Range<Int>) -> Bool {
    CharacterFolding.characterClass(scalars[range.lowerBound]) == .digit
  }

  private func addCompound(_ token: LatinToken, _ number: Int32, to result: inout AnalysedText) {
    addJoined(token.chunks, .compound, token: number, to: &result)
    // `black/white` is two words, `wh-1000xm4` is one thing with pieces.
    let kind: TermKind = token.hasDigits ? .part : .word
    if token.chunks.count > 1 {
      for chunk in token.chunks { add(chunk, kind, token: number, to: &result) }
    }
    guard token.runs.count > token.chunks.count else { return }
    for run in token.runs where !token.chunks.contains(run) {
      add(run, kind, token: number, to: &result)
    }
  }

  private func add(
    _ range: Range<Int>, _ kind: TermKind, token: Int32, to result: inout AnalysedText
  ) {
    let surface = append(range, to: &result)
    guard surface.count <= Self.longestTerm else { return }
    let isNumber = isDigits(range)
    var term = surface
    if isNumber {
      term = withoutCommas(surface, in: &result)
    } else if surface.count > 2, surface.count == range.count {
      term = stemmed(surface, in: &result)
    }
    result.terms.append(
      AnalysedTerm(
        kind: isNumber && kind == .word ? .number : kind, range: term, surface: surface,
        source: source(range), token: token))
  }

  /// `1,299` is the number 1299.
  private func withoutCommas(_ surface: Range<Int32>, in result: inout AnalysedText)
    -> Range<Int32>
  {
    let bytes = result.bytes[Int(surface.lowerBound)..<Int(surface.upperBound)]
    guard bytes.contains(0x2C) else { return surface }
    let start = Int32(result.bytes.count)
    result.bytes.append(contentsOf: Array(bytes.filter { $0 != 0x2C }))
    return start..<Int32(result.bytes.count)
  }

  private func stemmed(_ surface: Range<Int32>, in result: inout AnalysedText) -> Range<Int32> {
    let start = Int32(result.bytes.count)
    let stem = result.bytes.withUnsafeBufferPointer { bytes in
      let word = UnsafeBufferPointer(
        rebasing: bytes[Int(surface.lowerBound)..<Int(surface.upperBound)])
      return stemmer.withStem(of: word) { $0.elementsEqual(word) ? nil : Array($0) }
    }
    guard let stem else { return surface }
    result.bytes.append(contentsOf: stem)
    return start..<Int32(result.bytes.count)
  }

  /// The chunks as one term; a sign between two digits stays, so that 5/8 is not 58.
  private func addJoined(
    _ chunks: [Range<Int>], _ kind: TermKind, token: Int32, to result: inout AnalysedText
  ) {
    let start = Int32(result.bytes.count)
    for (index, chunk) in chunks.enumerated() {
      if index > 0 {
        let before = chunks[index - 1]
        let isSignKept =
          kind == .compound
          && CharacterFolding.characterClass(scalars[before.upperBound - 1]) == .digit
          && CharacterFolding.characterClass(scalars[chunk.lowerBound]) == .digit
        if isSignKept { Self.append(scalars[before.upperBound], to: &result.bytes) }
      }
      for place in chunk { Self.append(scalars[place], to: &result.bytes) }
    }
    let range = start..<Int32(result.bytes.count)
    guard range.count <= Self.longestTerm, let first = chunks.first, let last = chunks.last else {
      return
    }
    result.terms.append(
      AnalysedTerm(
        kind: kind, range: range, surface: range,
        source: source(first.lowerBound..<last.upperBound), token: token))
  }
}
