internal import CICU
internal import CSimdjson

/// The encoding of a text, from its beginning.
struct EncodingDetector {
  var encoding: FeedEncoding
  /// Bytes of the byte-order mark.
  var markLength: Int

  /// Why a text cannot be decoded.
  enum Failure: Error {
    case binary
    case foreign(String)
  }

  /// A byte-order mark decides; then zeros in every other place (UTF-16); then UTF-8 where the
  /// text is, but for a few damaged places; then GB18030 or Windows-1252, by ICU's detector and
  /// by whether the high bytes come in pairs.
  static func detect(_ sample: [UInt8], isWhole: Bool) throws(Failure) -> Self {
    if sample.starts(with: [0xEF, 0xBB, 0xBF]) { return .init(encoding: .utf8, markLength: 3) }
    if sample.starts(with: [0xFF, 0xFE, 0, 0]) || sample.starts(with: [0, 0, 0xFE, 0xFF]) {
      throw .foreign("UTF-32")
    }
    if sample.starts(with: [0xFF, 0xFE]) {
      return .init(encoding: .utf16LittleEndian, markLength: 2)
    }
    if sample.starts(with: [0xFE, 0xFF]) { return .init(encoding: .utf16BigEndian, markLength: 2) }
    if let wide = utf16(sample) { return .init(encoding: wide, markLength: 0) }
    try refuseBinary(sample)
    return .init(encoding: try narrow(sample, isWhole: isWhole), markLength: 0)
  }

  /// UTF-16 without a mark: digits, delimiters and line ends leave zeros in one parity only.
  private static func utf16(_ sample: [UInt8]) -> FeedEncoding? {
    var even = 0
    var odd = 0
    for index in sample.indices where sample[index] == 0 {
      if index % 2 == 0 { even += 1 } else { odd += 1 }
    }
    let pairs = sample.count / 2
    guard even + odd >= max(4, pairs / 20) else { return nil }
    if even * 50 <= odd { return .utf16LittleEndian }
    return odd * 50 <= even ? .utf16BigEndian : nil
  }

  /// A stray NUL is a fault of one row; many control characters are no text.
  private static func refuseBinary(_ sample: [UInt8]) throws(Failure) {
    let controls = sample.count { byte in
      byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D && byte != 0x0C && byte != 0x1B
    }
    if controls > max(8, sample.count / 50) { throw .binary }
  }

  private static func narrow(_ sample: [UInt8], isWhole: Bool) throws(Failure) -> FeedEncoding {
    if csimdjson_is_utf8(sample, sample.count) == 1 { return .utf8 }
    let (sequences, faults) = utf8Census(sample, isWhole: isWhole)
    if faults == 0 || sequences >= 4 * faults { return .utf8 }
    let (high, paired) = pairs(sample)
    let chinese = Int(cicu_detect_confidence("GB18030", sample, sample.count))
    if high >= 64 {
      for name in ["Big5", "Shift_JIS", "EUC-JP", "EUC-KR"] {
        let confidence = Int(cicu_detect_confidence(name, sample, sample.count))
        if confidence >= 60 && confidence > chinese + 5 { throw .foreign(name) }
      }
    }
    let western = max(
      Int(cicu_detect_confidence("ISO-8859-1", sample, sample.count)),
      Int(cicu_detect_confidence("windows-1252", sample, sample.count)))
    let isPaired = high > 0 && paired * 10 >= high * 8
    return isPaired || (chinese > western && paired * 2 >= high) ? .gb18030 : .windows1252
  }

  /// Well-formed multi-byte sequences and ill-formed places of a text taken as UTF-8.
  private static func utf8Census(_ sample: [UInt8], isWhole: Bool) -> (sequences: Int, faults: Int)
  {
    sample.withUnsafeBufferPointer { bytes in
      var faults = 0
      var sequences = 0
      var position = 0
      while position < bytes.count {
        let rest = UnsafeBufferPointer(rebasing: bytes[position...])
        let good = cicu_utf8_error(rest.baseAddress, rest.count)
        for byte in rest[0..<good] where byte >= 0xC0 { sequences += 1 }
        position += good
        if position < bytes.count {
          // The sample may end within a character.
          if !isWhole && bytes.count - position < 4 { break }
          faults += 1
          position += 1
        }
      }
      return (sequences, faults)
    }
  }

  /// High bytes, and those of them in pairs as GB 2312 has them.
  private static func pairs(_ sample: [UInt8]) -> (high: Int, paired: Int) {
    var high = 0
    var paired = 0
    var index = 0
    while index < sample.count {
      guard sample[index] >= 0x80 else {
        index += 1
        continue
      }
      if index + 1 < sample.count, (0xA1...0xF7).contains(sample[index]), sample[index + 1] >= 0xA1
      {
        high += 2
        paired += 2
        index += 2
      } else {
        high += 1
        index += 1
      }
    }
    return (high, paired)
  }
}
