import Testing

@testable import AkinCatalogue

@Suite("Unicode normal forms")
struct UnicodeFormTests {
  @Test(
    "Known answers of UAX #15",
    arguments: [
      ("", "", ""),
      ("plain ASCII", "plain ASCII", "plain ASCII"),
      ("e\u{301}", "\u{E9}", "\u{E9}"),
      ("A\u{30A}", "\u{C5}", "\u{C5}"),
      ("\u{FF11}\u{FF12}\u{FF27}\u{FF22}", "\u{FF11}\u{FF12}\u{FF27}\u{FF22}", "12GB"),
      ("\u{FB01}", "\u{FB01}", "fi"),
      ("\u{1100}\u{1161}\u{11A8}", "\u{AC01}", "\u{AC01}"),
      (
        "\u{FDFA}", "\u{FDFA}",
        "\u{635}\u{644}\u{649} \u{627}\u{644}\u{644}\u{647} "
          + "\u{639}\u{644}\u{64A}\u{647} \u{648}\u{633}\u{644}\u{645}"
      ),
    ])
  func knownAnswers(input: String, nfc: String, nfkc: String) {
    #expect(Array(UnicodeForm.nfc(input).utf8) == Array(nfc.utf8))
    #expect(Array(UnicodeForm.nfkc(input).utf8) == Array(nfkc.utf8))
  }

  @Test("A long text crosses the stack buffers")
  func longText() {
    let decomposed = String(repeating: "e\u{301}x", count: 5_000)
    #expect(Array(UnicodeForm.nfc(decomposed).utf8).count == 15_000)
    let wide = String(repeating: "\u{FDFA}", count: 2_000)
    #expect(UnicodeForm.nfkc(wide).unicodeScalars.count == 36_000)
  }

  @Test("Appends, and replaces what is not UTF-8")
  func appends() {
    var output: [UInt8] = Array("<".utf8)
    let bytes: [UInt8] = [0x65, 0xCC, 0x81, 0xFF, 0x41]
    bytes.withUnsafeBytes { UnicodeForm.nfc($0, into: &output) }
    #expect(output == Array("<\u{E9}\u{FFFD}A".utf8))
    bytes.withUnsafeBytes { #expect(!UnicodeForm.isNFC($0)) }
  }
}
