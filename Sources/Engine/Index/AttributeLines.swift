internal import AkinCatalogue
internal import AkinSimilarity
internal import Foundation

/// A file of JSON objects, one a line: the attributes of the vectors beside it.
///
/// A string is a text, a number a number, `true` and `false` are flags, a list of strings is a list
/// (a category path from the root, or tags); `null` is left out. An empty line has no attributes.
struct AttributeLines {
  private let path: String
  private let bytes: Data
  /// Where each line begins, and the end.
  private let starts: [Int]

  /// O(bytes).
  init(_ url: URL) throws(EngineError) {
    path = url.path(percentEncoded: false)
    do {
      bytes = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw EngineError(.unreadableInput, "\(path): cannot be read; check the name and the owner")
    }
    var starts = [0]
    bytes.withUnsafeBytes { bytes in
      for (place, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
        starts.append(place + 1)
      }
    }
    if starts.last != bytes.count { starts.append(bytes.count) }
    self.starts = starts
  }

  var count: Int { starts.count - 1 }

  /// - Throws: ``EngineError`` `unreadableInput` with the line.
  func attributes(_ line: Int) throws(EngineError) -> [String: IndexAttribute] {
    func malformed(_ reason: String) -> EngineError {
      EngineError(.unreadableInput, "\(path):\(line + 1): \(reason)")
    }
    let value = bytes.withUnsafeBytes { bytes -> JSONValue? in
      var text = UnsafeRawBufferPointer(rebasing: bytes[starts[line]..<starts[line + 1]])
      while let last = text.last, last == 0x0A || last == 0x0D || last == 0x20 {
        text = UnsafeRawBufferPointer(rebasing: text.dropLast())
      }
      return text.isEmpty ? .object([]) : JSONValue.parse(text)
    }
    guard case .object(let members)? = value else {
      throw malformed("no JSON object, such as {\"brand\": \"Sony\", \"price\": 99.5}")
    }
    var result: [String: IndexAttribute] = [:]
    for (name, value) in members {
      switch value {
      case .null: continue
      case .string(let text): result[name] = .text(text)
      case .number(let number): result[name] = .number(number)
      case .boolean(let flag): result[name] = .flag(flag)
      case .array(let values):
        let texts = values.compactMap { if case .string(let text) = $0 { text } else { nil } }
        guard texts.count == values.count else {
          throw malformed("the list '\(name)' must hold strings only")
        }
        result[name] = .texts(texts)
      case .object:
        throw malformed("'\(name)' is an object; an attribute is a value or a list of strings")
      }
    }
    return result
  }
}
