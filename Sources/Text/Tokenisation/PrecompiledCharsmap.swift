/// sentencepiece's normalisation table: a double-array trie (Darts) over UTF-8 from what is
/// replaced to an offset in a list of NUL-terminated replacements.
///
/// Layout: the trie's size in bytes as UInt32, its units as UInt32, the replacements; all little
/// endian. Nothing in the table is trusted: each step is checked against its bounds.
struct PrecompiledCharsmap: Sendable {
  /// What is wrong with a table.
  struct Failure: Error {
    var reason: String
  }

  private let units: [UInt32]
  private let replacements: [UInt8]

  init(_ bytes: [UInt8]) throws(Failure) {
    guard bytes.count >= 4 else { throw Failure(reason: "The table is shorter than its header.") }
    func word(_ offset: Int) -> UInt32 {
      UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
        | UInt32(bytes[offset + 3]) << 24
    }
    let size = Int(word(0))
    guard size >= 4, size % 4 == 0, size <= bytes.count - 4 else {
      throw Failure(reason: "The table's trie of \(size) bytes does not fit into it.")
    }
    units = (0..<size / 4).map { word(4 + $0 * 4) }
    replacements = Array(bytes[(4 + size)...])
    guard String(validating: replacements, as: UTF8.self) != nil else {
      throw Failure(reason: "The table's replacements are no UTF-8.")
    }
  }

  /// Where a walk stands, or `nil` after a byte that leads nowhere.
  private func step(_ position: Int, _ byte: UInt8) -> (position: Int, hasLeaf: Bool)? {
    let next = position ^ Int(byte)
    guard byte != 0, next < units.count else { return nil }
    let unit = units[next]
    guard unit & (1 << 31 | 0xFF) == UInt32(byte) else { return nil }
    return (next ^ Self.offset(unit), unit >> 8 & 1 == 1)
  }

  private static func offset(_ unit: UInt32) -> Int {
    Int(unit >> 10) << Int((unit & 1 << 9) >> 6)
  }

  /// The replacement of the shortest prefix of `text` that has one.
  func shortestMatch(in text: some Sequence<UInt8>) -> ArraySlice<UInt8>? {
    var position = Self.offset(units[0])
    for byte in text {
      guard let next = step(position, byte) else { return nil }
      position = next.position
      guard next.hasLeaf else { continue }
      guard position < units.count else { return nil }
      return replacement(at: Int(units[position] & 0x7FFF_FFFF))
    }
    return nil
  }

  private func replacement(at start: Int) -> ArraySlice<UInt8>? {
    guard start <= replacements.count else { return nil }
    let end = replacements[start...].firstIndex(of: 0) ?? replacements.count
    return replacements[start..<end]
  }

  /// The rules for single characters in quick form; the others stay here.
  func characterMap() throws(Failure) -> CharacterMap {
    var map = CharacterMap(compositions: .table(self))
    var value: UInt32 = 1
    while value < 0x110000 {
      guard let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else {
        value += 1
        continue
      }
      // Sixty-four neighbours share all bytes but the last.
      if value & 0x3F == 0, value >= 0x80, !hasRules(startingWith: encoded.dropLast()) {
        value += 64
        continue
      }
      if let replacement = shortestMatch(in: encoded), !map.set(value, replacement) {
        throw Failure(reason: "The table's replacements are too long.")
      }
      value += 1
    }
    return map
  }

  private func hasRules(startingWith bytes: some Sequence<UInt8>) -> Bool {
    var position = Self.offset(units[0])
    for byte in bytes {
      guard let next = step(position, byte) else { return false }
      position = next.position
    }
    return true
  }
}
