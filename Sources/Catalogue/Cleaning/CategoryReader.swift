/// Category paths in one field.
package enum CategoryReader {
  /// The paths that a field holds, each from the widest category to the narrowest.
  ///
  /// `A > B > C` (also `»`, `›`, `→`, `::`, `A|B`, `A/B`), several paths separated by `;`, or by
  /// commas where the parts hold `>`; a JSON array of names, of objects with a `name`, or of
  /// arrays (several paths). Linear in the field's length.
  package static func paths(_ field: FieldBytes) -> [[String]] {
    let bytes = field.trimmed()
    guard let first = bytes.first else { return [] }
    if first == 0x5B || first == 0x7B, let value = JSONValue.parse(bytes) { return paths(value) }
    guard let text = TextCleaner.clean(bytes) else { return [] }
    if isSingleName(text) { return [[text]] }
    let separator = separator(of: text)
    return lists(text, separator).compactMap { list in
      let names = split(list, separator).compactMap { TextCleaner.clean(String($0)) }
      return names.isEmpty ? nil : names
    }
  }

  /// As ``paths(_:)-(FieldBytes)``, for a string.
  package static func paths(_ text: String) -> [[String]] { text.withFieldBytes { paths($0) } }

  @inline(__always)
  private static func isSingleName(_ text: String) -> Bool {
    for byte in text.utf8 {
      switch byte {
      case 0x3E, 0x7C, 0x2F, 0x3B, 0x3A, 0xC2, 0xE2, 0x5C: return false
      default: continue
      }
    }
    return true
  }

  private static func separator(of text: String) -> String? {
    for candidate in ["->", ">", "»", "›", "→", "::", "|", "\\", "/"] where text.contains(candidate)
    {
      return candidate
    }
    return nil
  }

  private static func lists(_ text: String, _ separator: String?) -> [Substring] {
    let parts = text.split(separator: ";")
    if parts.count > 1 { return parts }
    guard separator == ">" else { return [text[...]] }
    let byComma = text.split(separator: ",")
    return byComma.count > 1 && byComma.allSatisfy { $0.contains(">") } ? byComma : [text[...]]
  }

  private static func split(_ text: Substring, _ separator: String?) -> [Substring] {
    guard let separator else { return [text] }
    return text.split(separator: separator)
  }

  private static func paths(_ value: JSONValue) -> [[String]] {
    guard case .array(let elements) = value else {
      return name(value).map { [[$0]] } ?? []
    }
    let nested = elements.compactMap { element -> [String]? in
      guard case .array(let inner) = element else { return nil }
      return inner.compactMap(name)
    }
    if !nested.isEmpty { return nested.filter { !$0.isEmpty } }
    let names = elements.compactMap(name)
    // `["A > B", "A > C"]` lists paths, `["A", "B"]` the levels of one.
    if names.contains(where: { $0.contains(">") }) { return names.flatMap { paths($0) } }
    return names.isEmpty ? [] : [names]
  }

  private static func name(_ value: JSONValue) -> String? {
    let text = value.scalarText ?? value.member("name", "title", "label", "名称")?.scalarText
    return text.flatMap { TextCleaner.clean($0) }
  }
}
