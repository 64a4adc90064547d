/// The words of a title as hashes: runs of letters and digits without case; pairs of signs in
/// scripts that write no blanks. Hyphens in model numbers do not part words (`WH-1000XM4` is
/// `WH1000XM4`). Numbers with units are left out: they are compared as quantities.
struct TitleWords {
  /// Sum over the words that hold digits, so that their order does not matter.
  private(set) var digitHash: UInt64 = 0
  /// Sum over all words: the title without order, case and punctuation.
  private(set) var key: UInt64 = 0
  /// The least value of each of six hash functions over the words (MinHash).
  private(set) var minima: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
    (.max, .max, .max, .max, .max, .max)

  /// Reads a title and counts its words in `frequencies`.
  init(_ title: FieldBytes, quantities: [Range<Int>], frequencies: inout WordFrequencies) {
    var words = Scanner(title, skipping: quantities)
    var digits: UInt64 = 0
    var sum: UInt64 = 0
    var (a, b, c, d, e, f) = minima
    while let (hash, hasDigit) = words.next() {
      if hasDigit { digits &+= NearDuplicateFinder.mix(hash) }
      sum &+= NearDuplicateFinder.mix(hash &+ 1)
      frequencies.add(hash)
      a = min(a, hash &* 0x9E37_79B9_7F4A_7C15)
      b = min(b, hash &* 0xC2B2_AE3D_27D4_EB4F)
      c = min(c, hash &* 0x1656_67B1_9E37_79F9)
      d = min(d, hash &* 0x27D4_EB2F_1656_67C5)
      e = min(e, hash &* 0x85EB_CA77_C2B2_AE63)
      f = min(f, hash &* 0xFF51_AFD7_ED55_8CCD)
    }
    minima = (a, b, c, d, e, f)
    digitHash = digits
    key = sum
  }

  /// The different words of a title.
  static func set(of title: String) -> Set<UInt64> {
    title.withFieldBytes { bytes in
      var spans: [Range<Int>] = []
      _ = QuantityReader.find(in: bytes, spans: &spans)
      var words = Scanner(bytes, skipping: spans)
      var hashes: Set<UInt64> = []
      while let word = words.next() { hashes.insert(word.hash) }
      return hashes
    }
  }

  /// Hands out one word after the other.
  private struct Scanner {
    private let bytes: FieldBytes
    private let skipped: [Range<Int>]
    private var skip = 0
    private var index = 0
    private var previous: UInt64 = 0

    init(_ bytes: FieldBytes, skipping: [Range<Int>]) {
      self.bytes = bytes
      skipped = skipping
    }

    @inline(__always)
    mutating func next() -> (hash: UInt64, hasDigit: Bool)? {
      while index < bytes.count {
        if skip < skipped.count, index >= skipped[skip].lowerBound {
          index = max(index, skipped[skip].upperBound)
          skip &+= 1
          previous = 0
          continue
        }
        let byte = bytes[index]
        if Self.isPartOfWord(byte) {
          previous = 0
          return word()
        }
        guard byte >= 0x80, index &+ 2 < bytes.count else {
          previous = 0
          index &+= 1
          continue
        }
        let sign = UInt64(byte) << 16 | UInt64(bytes[index &+ 1]) << 8 | UInt64(bytes[index &+ 2])
        let pair = previous << 24 | sign
        previous = sign
        index &+= 3
        return (NearDuplicateFinder.mix(pair), false)
      }
      return nil
    }

    @inline(__always)
    private mutating func word() -> (hash: UInt64, hasDigit: Bool) {
      var hash: UInt64 = 0
      var hasDigit = false
      var end = index
      var isModel = false
      while true {
        while end < bytes.count, Self.isPartOfWord(bytes[end]) {
          hash = (hash ^ UInt64(bytes[end].lowered)) &* 0x100_0000_01B3
          hasDigit = hasDigit || bytes[end].isDigit
          end &+= 1
        }
        guard end &+ 1 < bytes.count, bytes[end] == 0x2D, joins(end, isModel, hasDigit) else {
          break
        }
        isModel = true
        end &+= 1
      }
      index = end
      return (NearDuplicateFinder.mix(hash), hasDigit)
    }

    /// Whether the hyphen at `hyphen` stands within a model number, which others write without it:
    /// between up to five letters and a digit (`WH-1000XM4`), or further on in such a word.
    @inline(__always)
    private func joins(_ hyphen: Int, _ isModel: Bool, _ hasDigit: Bool) -> Bool {
      let next = bytes[hyphen &+ 1]
      if skip < skipped.count, hyphen &+ 1 >= skipped[skip].lowerBound { return false }
      if isModel { return next.isDigit || next.isLetter }
      return !hasDigit && next.isDigit && hyphen &- index <= 5 && bytes[hyphen &- 1].isLetter
    }

    /// Letters, digits and characters beyond ASCII but for signs (UTF-8 from E3 to ED).
    @inline(__always)
    private static func isPartOfWord(_ byte: UInt8) -> Bool {
      byte.isLetter || byte.isDigit || (byte >= 0x80 && (byte < 0xE3 || byte > 0xED))
    }
  }
}

/// In how many titles about each word stands: counters up to 255, one for each of 2²¹ hashes, so
/// never too low, and seldom too high.
struct WordFrequencies {
  private var counts: [UInt8] = []

  @inline(__always)
  mutating func add(_ word: UInt64) {
    if counts.isEmpty { counts = [UInt8](repeating: 0, count: 1 << 21) }
    let slot = Int(truncatingIfNeeded: word >> 43)
    if counts[slot] < .max { counts[slot] &+= 1 }
  }

  subscript(word: UInt64) -> Int { counts.isEmpty ? 0 : Int(counts[Int(word >> 43)]) }
}
