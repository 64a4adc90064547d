import CFeed
import Testing

@testable import AkinCatalogue

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite("Row scanner")
struct ScanOracleTests {
  private func scan(
    _ bytes: [UInt8], _ count: Int, final: Bool, _ dialect: cfeed_dialect, plain: Bool
  ) -> [Int] {
    var dialect = dialect
    var fields = [cfeed_field](repeating: cfeed_field(), count: 40)
    var row = cfeed_row()
    (plain ? cfeed_scan_row_plain : cfeed_scan_row)(
      bytes, count, final ? 1 : 0, &dialect, &fields, fields.count, &row)
    var result = [Int(row.status.rawValue), row.fields]
    if row.status == CFEED_ROW {
      result += [row.length, row.consumed, row.lines]
      for field in fields[..<row.fields] {
        result += [Int(field.start), Int(field.length), Int(field.escaped)]
      }
    }
    return result
  }

  @Test("Vector code agrees with plain code on random text")
  func oracle() {
    var random = SplitMix(state: 7)
    let alphabet = Array(",\"\n\r;\0 abcdefgh\u{E9}".utf8)
    for round in 0..<10_000 {
      let count = Int.random(in: 0...200, using: &random)
      let spread = round % 2 == 0 ? alphabet.count : 9
      let bytes = (0..<count).map { _ in alphabet[Int.random(in: 0..<spread, using: &random)] }
      // The padding holds bytes that must not matter.
      let padded = bytes + (0..<64).map { _ in alphabet.randomElement(using: &random)! }
      let dialect = cfeed_dialect(
        delimiter: UInt8(ascii: round % 3 == 0 ? ";" : ","), quote: UInt8(ascii: "\""),
        newline: round % 5 == 0 ? 0x0D : 0x0A, quoting: round % 7 == 0 ? 0 : 1)
      for final in [true, false] {
        let vector = scan(padded, count, final: final, dialect, plain: false)
        let plain = scan(padded, count, final: final, dialect, plain: true)
        // No expectation a round: the macro would cost more than the scan.
        if vector != plain { Issue.record("\(vector) instead of \(plain): \(bytes)") }
      }
    }
  }
}
