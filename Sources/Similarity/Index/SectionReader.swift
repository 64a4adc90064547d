internal import Foundation

/// The sections of a segment by name.
struct SectionReader {
  private let sections: [String: IndexSection]

  /// - Throws: ``IndexError/damaged(section:offset:reason:)`` where two have one name.
  init(_ sections: [IndexSection]) throws(IndexError) {
    var byName: [String: IndexSection] = [:]
    for section in sections {
      guard byName.updateValue(section, forKey: section.name) == nil else {
        throw .damaged(section: section.name, offset: 0, reason: "it is there twice")
      }
    }
    self.sections = byName
  }

  /// Whether there is a section `name`.
  func has(_ name: String) -> Bool { sections[name] != nil }

  /// The elements of section `name`, `count` of them where a count is given.
  func column<Element: BitwiseCopyable>(
    _ name: String, of _: Element.Type = Element.self, count: Int? = nil
  ) throws(IndexError) -> Column<Element> {
    guard let section = sections[name] else {
      throw .damaged(section: name, offset: 0, reason: "it is missing")
    }
    return try Column(section, count: count)
  }

  /// Bits of a set of rows.
  func rows(_ name: String, count: Int) throws(IndexError) -> RowSet {
    let words: Column<UInt64> = try column(name, count: (count + 63) / 64)
    guard let set = RowSet(count: count, words: Array(words.values)) else {
      throw words.damaged(at: words.count - 1, "a bit beyond the last row is set")
    }
    return set
  }
}

/// Texts laid end to end: sections `NAME.offsets` and `NAME.bytes`.
struct TextTable: Sendable {
  let offsets: Column<UInt64>
  let bytes: Column<UInt8>

  var count: Int { offsets.count - 1 }

  /// O(bytes).
  init(_ name: String, in reader: SectionReader, count: Int? = nil) throws(IndexError) {
    offsets = try reader.column(name + ".offsets", count: count.map { $0 + 1 })
    bytes = try reader.column(name + ".bytes")
    try offsets.checkOffsets(end: bytes.count)
    for index in 0..<self.count
    where String(validating: utf8(index), as: UTF8.self) == nil {
      throw .damaged(
        section: name + ".bytes", offset: Int(offsets[index]), reason: "a text is not UTF-8")
    }
  }

  func utf8(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes.values[Int(offsets[index])..<Int(offsets[index + 1])])
  }

  func text(_ index: Int) -> String { String(decoding: utf8(index), as: UTF8.self) }

  /// The place of `text` in a table sorted by its bytes. O(log count).
  func place(of text: String) -> Int? {
    var text = text.canonical
    return text.withUTF8 { wanted in
      var (lower, upper) = (0, count)
      while lower < upper {
        let middle = (lower + upper) / 2
        if utf8(middle).lexicographicallyPrecedes(wanted) {
          lower = middle + 1
        } else {
          upper = middle
        }
      }
      return lower < count && utf8(lower).elementsEqual(wanted) ? lower : nil
    }
  }

  func checkSorted() throws(IndexError) {
    guard count > 1 else { return }
    for index in 1..<count
    where !utf8(index - 1).lexicographicallyPrecedes(utf8(index)) {
      throw .damaged(
        section: bytes.name, offset: Int(offsets[index]), reason: "texts are not in order")
    }
  }

  static func sections(_ name: String, _ texts: some Sequence<String>) -> [IndexSection] {
    var offsets: [UInt64] = [0]
    var bytes: [UInt8] = []
    for text in texts {
      bytes.append(contentsOf: text.canonical.utf8)
      offsets.append(UInt64(bytes.count))
    }
    return [
      IndexSection(name: name + ".offsets", contents: IndexBytes(offsets)),
      IndexSection(name: name + ".bytes", contents: IndexBytes(bytes)),
    ]
  }
}

extension String {
  /// The normal form C, in which texts that Swift calls equal have the same bytes.
  var canonical: String {
    utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping
  }
}
