import Foundation

/// One step of a `normalizer` in tokenizer.json.
enum NormaliserStep: Sendable {
  case map(CharacterMap)
  case replace([UInt8], with: [UInt8])
  /// Replaces each run of two or more spaces.
  case squeezeSpaces(with: [UInt8])
  case strip(left: Bool, right: Bool)
  case prepend([UInt8])
  case compose(compatibility: Bool)
  case decompose(compatibility: Bool)
  case lowercase

  func apply(to text: UnsafeBufferPointer<UInt8>, appendingTo output: ByteBuffer) {
    switch self {
    case .map(let map): map.apply(to: text, appendingTo: output)
    case .replace(let pattern, let content):
      Self.replace(pattern, content, in: text, appendingTo: output)
    case .squeezeSpaces(let content): Self.squeeze(text, content, appendingTo: output)
    case .strip(let left, let right):
      Self.strip(text, left: left, right: right, appendingTo: output)
    case .prepend(let content):
      if !text.isEmpty { output.append(content) }
      Self.append(text, to: output)
    case .compose(let compatibility):
      Self.convert(text, appendingTo: output) {
        compatibility
          ? $0.precomposedStringWithCompatibilityMapping : $0.precomposedStringWithCanonicalMapping
      }
    case .decompose(let compatibility):
      Self.convert(text, appendingTo: output) {
        compatibility
          ? $0.decomposedStringWithCompatibilityMapping : $0.decomposedStringWithCanonicalMapping
      }
    case .lowercase:
      // Letter by letter: a final sigma is no special case here.
      Self.convert(text, appendingTo: output) {
        $0.unicodeScalars.map(\.properties.lowercaseMapping).joined()
      }
    }
  }

  private static func append(_ text: UnsafeBufferPointer<UInt8>, to output: ByteBuffer) {
    if let base = text.baseAddress { output.append(base, count: text.count) }
  }

  private static func convert(
    _ text: UnsafeBufferPointer<UInt8>, appendingTo output: ByteBuffer,
    _ body: (String) -> String
  ) {
    var result = body(String(decoding: text, as: UTF8.self))
    result.withUTF8 { append($0, to: output) }
  }

  private static func squeeze(
    _ text: UnsafeBufferPointer<UInt8>, _ content: [UInt8], appendingTo output: ByteBuffer
  ) {
    var position = 0
    while position < text.count {
      var end = position
      while end < text.count, text[end] == 0x20 { end &+= 1 }
      switch end - position {
      case 0:
        output.append(text[position])
        position &+= 1
      case 1:
        output.append(0x20)
        position = end
      default:
        output.append(content)
        position = end
      }
    }
  }

  private static func replace(
    _ pattern: [UInt8], _ content: [UInt8], in text: UnsafeBufferPointer<UInt8>,
    appendingTo output: ByteBuffer
  ) {
    var position = 0
    while position < text.count {
      if text.count - position >= pattern.count,
        pattern.indices.allSatisfy({ text[position + $0] == pattern[$0] })
      {
        output.append(content)
        position += pattern.count
      } else {
        output.append(text[position])
        position += 1
      }
    }
  }

  private static func strip(
    _ text: UnsafeBufferPointer<UInt8>, left: Bool, right: Bool, appendingTo output: ByteBuffer
  ) {
    var result = String(decoding: text, as: UTF8.self).unicodeScalars[...]
    if left { result = result.drop(while: \.properties.isWhitespace) }
    while right, let last = result.last, last.properties.isWhitespace { result.removeLast() }
    var stripped = String(result)
    stripped.withUTF8 { append($0, to: output) }
  }
}
