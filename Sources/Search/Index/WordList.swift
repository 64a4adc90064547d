internal import AkinText

/// The distinct words of letters in a segment, sorted, with the number of their occurrences: what
/// misspelt and unfinished words are completed from.
struct WordList {
  let texts: StringList
  let counts: UnsafeBufferPointer<UInt32>
  /// Which letters a word holds and how often (up to twice): a bound of the edit distance.
  let signatures: UnsafeBufferPointer<UInt64>

  var isConsistent: Bool { counts.count == texts.count && signatures.count == texts.count }

  /// Two bits a letter: held once, held twice.
  static func signature(_ word: some Sequence<UInt8>) -> UInt64 {
    var signature: UInt64 = 0
    for byte in word {
      let once = UInt64(1) << UInt64(byte & 31)
      signature |= signature & once != 0 ? once << 32 : once
    }
    return signature
  }

  /// Calls `body` with each word within `limit` edits of `word`: its number and the distance.
  ///
  /// One edit changes at most two bits of a signature, so that nearly all words are passed over
  /// without being read. O(words) with a tiny factor, exact.
  func near(
    _ word: UnsafeBufferPointer<UInt8>, limit: Int, _ body: (Int, Int) -> Void
  ) {
    let wanted = Self.signature(word)
    for index in 0..<signatures.count
    where (signatures[index] ^ wanted).nonzeroBitCount <= 2 * limit {
      let candidate = texts[index].assumingMemoryBound(to: UInt8.self)
      if let distance = EditDistance.between(word, candidate, limit: limit) {
        body(index, distance)
      }
    }
  }

  /// How often `word` occurs.
  func count(of word: String) -> Int {
    var word = word
    return word.withUTF8 {
      texts.index(of: UnsafeRawBufferPointer($0)).map { Int(counts[$0]) } ?? 0
    }
  }
}

/// What a shopper may be about to type, with every place where the typing may begin.
struct SuggestionList {
  let texts: StringList
  let weights: UnsafeBufferPointer<Float>
  /// Folded texts, readings and initials.
  let keys: StringList
  /// Of each key the text it stands for.
  let owners: UnsafeBufferPointer<UInt32>
  /// Pairs of key and byte in it, sorted by what follows there.
  let starts: UnsafeBufferPointer<UInt32>

  var isConsistent: Bool {
    weights.count == texts.count && owners.count == keys.count && starts.count % 2 == 0
      && owners.allSatisfy { $0 < texts.count }
      && stride(from: 0, to: starts.count, by: 2).allSatisfy {
        starts[$0] < keys.count && Int(starts[$0 + 1]) <= keys[Int(starts[$0])].count
      }
  }

  /// Calls `body` with the numbers of the texts that have `prefix` at the start of a word, some
  /// more than once, and whether it is at the text's start. O(log n + matches).
  func matching(_ prefix: UnsafeRawBufferPointer, limit: Int, _ body: (Int, Bool) -> Void) {
    let count = starts.count / 2
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if StringList.compare(suffix(middle), prefix) < 0 { low = middle + 1 } else { high = middle }
    }
    var place = low
    while place < min(count, low + limit), suffix(place).starts(with: prefix) {
      body(Int(owners[Int(starts[2 * place])]), starts[2 * place + 1] == 0)
      place += 1
    }
  }

  private func suffix(_ place: Int) -> UnsafeRawBufferPointer {
    let key = keys[Int(starts[2 * place])]
    return UnsafeRawBufferPointer(rebasing: key[Int(starts[2 * place + 1])...])
  }
}
