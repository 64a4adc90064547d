@testable import AkinReport
import Testing

@Suite struct HistogramTests {
  @Test func valuesFallIntoTheirBins() throws {
    let histogram = try #require(Histogram(of: [0, 0.1, 0.5, 0.99, 1], bins: 2, range: 0...1))
    #expect(histogram.bins == [2, 3])
    #expect(histogram.median == 0.5)
    #expect(abs(histogram.mean - 0.518) < 1e-12)
  }

  @Test func outsideValuesAreCountedAtTheEnds() throws {
    let histogram = try #require(Histogram(of: [-5, 0.2, 9], bins: 4, range: 0...1))
    #expect(histogram.bins == [2, 0, 0, 1])
  }

  @Test func equalValuesAreOneBin() throws {
    let histogram = try #require(Histogram(of: [0.7, 0.7], bins: 3))
    #expect(histogram.bins == [2, 0, 0])
    #expect(histogram.lower == 0.7)
    #expect(histogram.upper == 0.7)
  }

  @Test func nothingFiniteIsNoHistogram() {
    #expect(Histogram(of: []) == nil)
    #expect(Histogram(of: [.nan, .infinity]) == nil)
  }

  /// Vectors of FIPS 180-4 and around the block's end.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func digestsAreKnown(_ text: String, _ expected: String) {
    let hex = SHA256.digest(Array(text.utf8)).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    #expect(hex.joined() == expected)
  }
}
