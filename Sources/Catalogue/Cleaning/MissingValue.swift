/// Literals that feeds write where there is no value.
package enum MissingValue {
  /// Whether the trimmed bytes are empty or one of the literals, in any case.
  package static func matches(_ bytes: FieldBytes) -> Bool {
    let count = bytes.count
    if count == 0 { return true }
    if count > 12 { return false }
    switch bytes[0] {
    case 0x2D, 0x2E, 0x23, 0x28, 0x3C, 0x5B, 0x5C, 0x3F, 0x2F, 0x5F: break  // - . # ( < [ \ ? / _
    case 0x4E, 0x6E, 0x55, 0x75: break  // n u
    case 0xE2, 0xE4, 0xE6, 0xE7: break  // — 不 无 暂 未 空
    default: return false
    }
    return literals.contains(bytes.text.lowercased())
  }

  /// As ``matches(_:)-(FieldBytes)``, for a string.
  package static func matches(_ text: String) -> Bool {
    text.withFieldBytes { matches($0.trimmed()) }
  }

  private static let literals: Set<String> = [
    "null", "(null)", "<null>", "[null]", "nil", "none", "(none)", "nan", "na", "n/a", "n.a.",
    "#n/a", "#na", "\\n", "undefined", "unknown", "-", "--", "---", "_", ".", "?", "/", "—", "——",
    "–", "无", "暂无", "暂无数据", "無", "暫無", "空", "未知", "未填写", "不详", "不詳",
  ]
}
