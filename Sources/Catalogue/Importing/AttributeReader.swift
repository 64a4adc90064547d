/// Values of columns that are no field of ``Product``, typed one by one.
enum AttributeReader {
  /// Numbers without leading zeros (those are codes), `true` and `false` (also `yes`, `no`, 是,
  /// 否), quantities, JSON arrays of names; everything else is text. `nil` for a missing value.
  static func read(_ field: FieldBytes) -> AttributeValue? {
    let bytes = field.trimmed()
    guard let first = bytes.first else { return nil }
    if first.isDigit || first == 0x2D || first == 0x2E {
      let isCode =
        bytes.count > 15 || (first == 0x30 && bytes.count > 1 && bytes[1].isDigit)
      if !isCode, let number = DecimalText.parse(bytes) { return .number(number) }
      if let quantity = QuantityReader.whole(bytes) { return .quantity(quantity) }
    }
    if first == 0x5B, case .array(let elements)? = JSONValue.parse(bytes) {
      let names = elements.compactMap(\.scalarText)
      if names.isEmpty && elements.isEmpty { return nil }
      if names.count == elements.count { return .list(names.compactMap { TextCleaner.clean($0) }) }
    }
    if bytes.count <= 5, let flag = boolean(bytes) { return .boolean(flag) }
    return TextCleaner.clean(bytes).map(AttributeValue.text)
  }

  private static func boolean(_ bytes: FieldBytes) -> Bool? {
    switch bytes[0] {
    case 0x54, 0x74, 0x46, 0x66, 0x59, 0x79, 0x6E, 0xE6, 0xE5: break
    default: return nil
    }
    switch bytes.text {
    case "true", "True", "TRUE", "yes", "Yes", "是": return true
    case "false", "False", "FALSE", "no", "否": return false
    default: return nil
    }
  }

  /// Attributes of a JSON list: pairs `["颜色","黑"]`, objects with name and value, or one object.
  static func pairs(_ field: FieldBytes) -> [Attribute] {
    guard let value = JSONValue.parse(field.trimmed()) else {
      guard let text = TextCleaner.clean(field) else { return [] }
      return [Attribute(name: "attributes", value: .text(text))]
    }
    switch value {
    case .object(let members): return members.compactMap { attribute($0.0, $0.1) }
    case .array(let elements):
      return elements.compactMap { element in
        if case .array(let pair) = element, pair.count == 2, let name = pair[0].scalarText {
          return attribute(name, pair[1])
        }
        guard let name = element.member("name", "key", "propertyid", "属性名")?.scalarText,
          let value = element.member("value", "val", "values", "属性值")
        else { return nil }
        return attribute(name, value)
      }
    default: return []
    }
  }

  private static func attribute(_ name: String, _ value: JSONValue) -> Attribute? {
    guard let name = TextCleaner.clean(name) else { return nil }
    if case .array(let elements) = value {
      let texts = elements.compactMap(\.scalarText).compactMap { TextCleaner.clean($0) }
      return texts.isEmpty ? nil : Attribute(name: name, value: .list(texts))
    }
    return value.scalarText.flatMap { text in
      text.withFieldBytes { read($0) }.map { Attribute(name: name, value: $0) }
    }
  }
}
