/// Tokens that are recognised in the raw text before anything else, as `[MASK]` and `<s>` are.
struct AddedTokens: Sendable {
  struct Token: Sendable, Hashable {
    var content: [UInt8]
    var id: Int32
    /// Takes white space on its left (right) with it.
    var stripsLeft = false
    var stripsRight = false
    /// Counts only between non-word characters.
    var isSingleWord = false
    /// Looked for in the normalised text instead of the raw one.
    var isNormalised = false
  }

  /// Longest first, so that the first that matches at a place is the longest.
  private var tokens: [Token] = []
  private var startsToken = [Bool](repeating: false, count: 256)

  init(_ tokens: [Token]) {
    self.tokens = tokens.filter { !$0.content.isEmpty }.sorted {
      $0.content.count > $1.content.count
    }
    for token in self.tokens { startsToken[Int(token.content[0])] = true }
  }

  var isEmpty: Bool { tokens.isEmpty }

  /// Cuts `text` at the tokens in it. `body` gets plain stretches (never empty) and tokens in
  /// order, and returns `false` to stop.
  @inline(__always)
  func split(
    _ text: UnsafeBufferPointer<UInt8>,
    _ body: (_ plain: Range<Int>?, _ token: Int32) -> Bool
  ) {
    var start = 0
    var position = 0
    while position < text.count {
      guard startsToken[Int(text[position])], let match = token(in: text, at: position, from: start)
      else {
        position += 1
        continue
      }
      if match.range.lowerBound > start, !body(start..<match.range.lowerBound, -1) { return }
      if !body(nil, match.id) { return }
      start = match.range.upperBound
      position = max(start, position + 1)
    }
    if start < text.count { _ = body(start..<text.count, -1) }
  }

  private func token(
    in text: UnsafeBufferPointer<UInt8>, at position: Int, from start: Int
  ) -> (range: Range<Int>, id: Int32)? {
    for token in tokens where matches(token.content, in: text, at: position) {
      var range = position..<position + token.content.count
      if token.isSingleWord, touchesWord(range, in: text) { continue }
      if token.stripsLeft {
        range = whiteSpaceStart(in: text, before: range.lowerBound, from: start)..<range.upperBound
      }
      if token.stripsRight {
        range = range.lowerBound..<whiteSpaceEnd(in: text, after: range.upperBound)
      }
      return (range, token.id)
    }
    return nil
  }

  private func matches(
    _ content: [UInt8], in text: UnsafeBufferPointer<UInt8>, at position: Int
  ) -> Bool {
    guard text.count - position >= content.count else { return false }
    for offset in content.indices where text[position + offset] != content[offset] {
      return false
    }
    return true
  }

  private func touchesWord(_ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    if range.upperBound < text.count,
      Self.isWord(UTF8Decoding.scalar(in: text, at: range.upperBound).value)
    {
      return true
    }
    guard range.lowerBound > 0 else { return false }
    return Self.isWord(
      UTF8Decoding.scalar(in: text, at: Self.scalarStart(in: text, before: range.lowerBound)).value)
  }

  private func whiteSpaceStart(
    in text: UnsafeBufferPointer<UInt8>, before end: Int, from start: Int
  ) -> Int {
    var end = end
    while end > start {
      let previous = Self.scalarStart(in: text, before: end)
      guard previous >= start,
        Self.isWhiteSpace(UTF8Decoding.scalar(in: text, at: previous).value)
      else { break }
      end = previous
    }
    return end
  }

  private func whiteSpaceEnd(in text: UnsafeBufferPointer<UInt8>, after start: Int) -> Int {
    var start = start
    while start < text.count {
      let (value, length) = UTF8Decoding.scalar(in: text, at: start)
      guard Self.isWhiteSpace(value) else { break }
      start += length
    }
    return start
  }

  private static func scalarStart(in text: UnsafeBufferPointer<UInt8>, before end: Int) -> Int {
    var start = end - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  private static func isWhiteSpace(_ value: UInt32) -> Bool {
    Unicode.Scalar(value)?.properties.isWhitespace ?? false
  }

  /// What a regular expression's `\w` matches.
  private static func isWord(_ value: UInt32) -> Bool {
    guard let properties = Unicode.Scalar(value)?.properties else { return false }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      return true
    default:
      return properties.isAlphabetic || properties.isJoinControl
    }
  }
}
