/// Reads the text out of HTML, as far as product feeds carry it.
///
/// A scanner, no parser: it knows tags, comments, entities and the two elements whose content is
/// no text. Broken markup never fails: what is no tag stays as text.
package enum Markup {
  /// The text of `source`: tags removed (those of blocks leave a blank), entities decoded.
  /// Feeds often escape twice, so markup that only appears after decoding is removed as well.
  /// Linear in the length of `source`.
  package static func text(of source: String) -> String {
    var bytes = stripTags(Array(source.utf8))
    let decoded = decodeEntities(bytes)
    bytes = decoded.changed ? stripTags(decoded.bytes) : decoded.bytes
    if decoded.changed && bytes.contains(0x26) { bytes = decodeEntities(bytes).bytes }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let blocks: Set<String> = [
    "p", "br", "div", "li", "ul", "ol", "tr", "td", "th", "table", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "section", "article", "blockquote", "dd", "dt", "dl", "header", "footer", "tbody",
    "thead", "option", "img", "pre",
  ]

  private static func stripTags(_ source: [UInt8]) -> [UInt8] {
    guard source.contains(0x3C) else { return source }
    var result: [UInt8] = []
    result.reserveCapacity(source.count)
    var index = 0
    while index < source.count {
      guard source[index] == 0x3C, let tag = tag(at: index, in: source) else {
        result.append(source[index])
        index += 1
        continue
      }
      index = tag.end
      if blocks.contains(tag.name) { result.append(0x20) }
      if !tag.closes, tag.name == "script" || tag.name == "style" {
        index = skipContent(of: tag.name, from: index, in: source)
        result.append(0x20)
      }
    }
    return result
  }

  private struct Tag {
    var name: String
    var closes: Bool
    var end: Int
  }

  /// The tag or comment that starts at `start`, `nil` where the `<` is only a sign.
  private static func tag(at start: Int, in source: [UInt8]) -> Tag? {
    var index = start + 1
    guard index < source.count else { return nil }
    if source[index] == 0x21 || source[index] == 0x3F {  // <!-- --> <!DOCTYPE > <?xml ?>
      let isComment = source[index...].starts(with: [0x21, 0x2D, 0x2D])
      let isData = source[index...].starts(with: Array("![CDATA[".utf8))
      if isData { return Tag(name: "", closes: false, end: index + 8) }
      while index < source.count {
        if source[index] == 0x3E, !isComment || (source[index - 1] == 0x2D) {
          return Tag(name: "", closes: false, end: index + 1)
        }
        index += 1
      }
      return isComment ? Tag(name: "", closes: false, end: source.count) : nil
    }
    let closes = source[index] == 0x2F
    if closes { index += 1 }
    let nameStart = index
    while index < source.count, source[index].isLetter || source[index].isDigit { index += 1 }
    guard index > nameStart, source[nameStart].isLetter else { return nil }
    let name = String(decoding: source[nameStart..<index].map(\.lowered), as: UTF8.self)
    guard index < source.count, [0x3E, 0x2F, 0x20, 0x09, 0x0A, 0x0D].contains(source[index])
    else { return nil }
    guard let end = endOfTag(from: index, in: source) else { return nil }
    return Tag(name: name, closes: closes, end: end)
  }

  /// The index after the `>` that ends a tag; quoted attribute values may hold one themselves.
  private static func endOfTag(from start: Int, in source: [UInt8]) -> Int? {
    var index = start
    var quote: UInt8 = 0
    var firstClose: Int?
    while index < source.count {
      let byte = source[index]
      if byte == 0x3E {
        if quote == 0 { return index + 1 }
        firstClose = firstClose ?? index + 1
      } else if quote != 0 {
        if byte == quote { quote = 0 }
      } else if (byte == 0x22 || byte == 0x27) && source[index - 1] == 0x3D {
        quote = byte
      } else if byte == 0x3C {
        return nil
      }
      index += 1
    }
    return firstClose
  }

  private static func skipContent(of name: String, from start: Int, in source: [UInt8]) -> Int {
    var index = start
    while index < source.count {
      if source[index] == 0x3C, let tag = tag(at: index, in: source), tag.closes, tag.name == name {
        return tag.end
      }
      index += 1
    }
    return source.count
  }

  private static func decodeEntities(_ source: [UInt8]) -> (bytes: [UInt8], changed: Bool) {
    guard source.contains(0x26) else { return (source, false) }
    var result: [UInt8] = []
    result.reserveCapacity(source.count)
    var changed = false
    var index = 0
    while index < source.count {
      if source[index] == 0x26, let entity = entity(at: index, in: source) {
        result.append(contentsOf: String(entity.scalar).utf8)
        index = entity.end
        changed = true
      } else {
        result.append(source[index])
        index += 1
      }
    }
    return (result, changed)
  }

  private static func entity(at start: Int, in source: [UInt8])
    -> (scalar: Unicode.Scalar, end: Int)?
  {
    var index = start + 1
    guard index < source.count else { return nil }
    if source[index] == 0x23 { return numericEntity(at: index + 1, in: source) }
    while index < source.count, index - start <= 10, source[index].isLetter || source[index].isDigit
    { index += 1 }
    let closed = index < source.count && source[index] == 0x3B
    // Without its semicolon a name counts only where it ends as a word.
    let name = String(decoding: source[(start + 1)..<index], as: UTF8.self)
    guard let value = Entities.named[name], let scalar = Unicode.Scalar(value) else { return nil }
    return (scalar, closed ? index + 1 : index)
  }

  private static func numericEntity(at start: Int, in source: [UInt8])
    -> (scalar: Unicode.Scalar, end: Int)?
  {
    var index = start
    var radix: UInt32 = 10
    if index < source.count, source[index] | 0x20 == 0x78 {
      radix = 16
      index += 1
    }
    var value: UInt32 = 0
    let digits = index
    while index < source.count, index - digits < 8 {
      let byte = source[index]
      let digit: UInt32
      if byte.isDigit {
        digit = UInt32(byte - 0x30)
      } else if radix == 16, (byte | 0x20) &- 0x61 < 6 {
        digit = UInt32((byte | 0x20) - 0x61 + 10)
      } else {
        break
      }
      value = value &* radix &+ digit
      index += 1
    }
    guard index > digits else { return nil }
    if index < source.count, source[index] == 0x3B { index += 1 }
    if let windows = Entities.windows[value] { value = windows }
    let scalar = value == 0 ? nil : Unicode.Scalar(value)
    return (scalar ?? "\u{FFFD}", index)
  }
}
