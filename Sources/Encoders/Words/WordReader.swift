import AkinNeural
import AkinText
import Synchronization

/// Cuts texts into the words that vectors are learned for: folded as search folds them and not
/// stemmed, model numbers whole, scripts without blanks cut by the dictionary.
enum WordReader {
  /// The words of one text in their order. O(length of the text).
  static func words(
    of text: String, _ analyser: TextAnalyser, _ scratch: inout AnalysedText, limit: Int = .max
  ) -> [String] {
    analyser.analyse(text, into: &scratch)
    let terms = scratch.terms
    var words: [String] = []
    var start = 0
    while start < terms.count, words.count < limit {
      var end = start + 1
      while end < terms.count, terms[end].token == terms[start].token { end += 1 }
      let isModel = terms[start..<end].contains { $0.kind == .part }
      for index in start..<end where words.count < limit {
        switch terms[index].kind {
        case .word: words.append(scratch.surface(index))
        case .number: words.append(scratch.text(index))
        case .compound:
          // `black/white` is two words, `wh-1000xm4` is one.
          let isAlone = !terms[start..<end].contains { $0.kind == .word || $0.kind == .number }
          if isModel || isAlone { words.append(scratch.text(index)) }
        case .dictionaryWord, .bigram, .character:
          if terms[index].isWholeWord { words.append(scratch.text(index)) }
        case .part, .adjacent, .crossing: break
        }
      }
      start = end
    }
    return words
  }

  /// Texts that a core reads at a time.
  private static let block = 1_024

  /// The words of each text, at most `limit` of them, on all cores.
  ///
  /// - Throws: ``EncoderError`` `.computation` where a library's data is missing.
  static func words(of texts: ArraySlice<String>, limit: Int = .max) throws -> [[String]] {
    let blocks = (texts.count + block - 1) / block
    let results = Mutex<(words: [[[String]]], error: (any Error)?)>(
      ([[[String]]](repeating: [], count: blocks), nil))
    @Sendable func run(_ number: Int) {
      let first = texts.startIndex + number * block
      do {
        let analyser = try TextAnalyser()
        var scratch = AnalysedText()
        let words = texts[first..<min(first + block, texts.endIndex)].map {
          Self.words(of: $0, analyser, &scratch, limit: limit)
        }
        results.withLock { $0.words[number] = words }
      } catch {
        results.withLock { $0.error = error }
      }
    }
    if blocks > 1 {
      try ComputeThreads.concurrently(blocks) { number, _ in run(number) }
    } else if blocks == 1 {
      run(0)
    }
    return try results.withLock { results in
      if let error = results.error { throw EncoderError(.computation, "\(error)") }
      return results.words.flatMap { $0 }
    }
  }
}
