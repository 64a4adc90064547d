import Foundation

/// A rendered page taken apart the way a browser's tokeniser does: a script element ends at the
/// first `</script`, whatever its content means.
struct PageParts {
  var markup = ""
  var scripts: [String] = []
  var styles: [String] = []
  var data = ""

  init(_ bytes: [UInt8]) {
    var rest = Substring(String(decoding: bytes, as: UTF8.self))
    while let opening = rest.firstMatch(of: /<(script|style)([^>]*)>/.ignoresCase()) {
      markup += rest[..<opening.range.upperBound]
      rest = rest[opening.range.upperBound...]
      let name = opening.1.lowercased()
      let end =
        rest.range(of: "</\(name)", options: .caseInsensitive)?.lowerBound ?? rest.endIndex
      let content = String(rest[..<end])
      if name == "style" {
        styles.append(content)
      } else if opening.2.contains("application/json") {
        data += content
      } else {
        scripts.append(content)
      }
      rest = rest[end...]
    }
    markup += rest
  }

  /// The data as a browser would parse it.
  func json() throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(data.utf8))
    return object as? [String: Any] ?? [:]
  }

  /// Whether every element is closed by its own end tag, in order.
  var isBalanced: Bool {
    let empty: Set = ["meta", "link", "input", "br", "img"]
    var open: [Substring] = []
    for tag in markup.matches(of: /<(\/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>/)
    where !empty.contains(String(tag.2)) {
      if tag.1.isEmpty {
        open.append(tag.2)
      } else if open.popLast() != tag.2 {
        return false
      }
    }
    return open.isEmpty
  }
}
