import Foundation
import Testing

@testable import AkinCatalogue

@Suite("Parquet")
struct ParquetReaderTests {
  static let fixture =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/types.parquet").path

  @Test("Every kind of value as text")
  func types() {
    let feed = readFile(Self.fixture)
    #expect(feed.error == nil)
    let expected: [(String, String, String)] = [
      ("id", "a", "b"), ("int8", "-128", "127"), ("uint64", "0", "18446744073709551615"),
      ("int64", "-9223372036854775808", "9223372036854775807"), ("double", "0.1", "1e+300"),
      ("float", "0.1", "-2.5"), ("flag", "true", "false"), ("decimal", "12.50", "-0.05"),
      ("date", "2024-02-29", "1969-12-31"),
      ("local", "2024-02-29T23:59:58.123", "2024-02-29T23:59:58.123"),
      ("zoned", "2024-02-29T23:59:58.123000Z", "2024-02-29T23:59:58.123000Z"),
      ("dictionary", "x\ty", "z"), ("list", #"["a","q\""]"#, "[]"),
      ("struct", #"{"n":1,"t":"中"}"#, #"{"n":null,"t":"x"}"#), ("map", #"{"k":1}"#, "{}"),
      ("binary", "AP8=", ""),
    ]
    #expect(feed.columns == expected.map(\.0))
    #expect(feed.records.count == 3)
    for (column, (name, first, second)) in expected.enumerated() where feed.records.count == 3 {
      #expect(feed.records[0][column] == first, "\(name)")
      #expect(feed.records[1][column] == second, "\(name)")
      #expect(feed.records[2][column] == nil, "\(name)")
    }
    #expect(feed.lines == [1, 2, 3])
  }

  @Test("Only the columns that are asked for")
  func projection() {
    var options = FeedOptions()
    options.columns = ["struct", "id"]
    let feed = readFile(Self.fixture, options)
    #expect(feed.columns == ["id", "struct"])
    #expect(feed.records.first == ["a", #"{"n":1,"t":"中"}"#])
    options.columns = ["id", "nothing"]
    #expect(readFile(Self.fixture, options).error?.code == .unknownColumn)
  }

  @Test("Every cut and many damages of a file end in an error or in rows, never in a crash")
  func damage() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.fixture)))
    for cut in stride(from: 4, to: bytes.count, by: 97) {
      #expect(try readFeed(Array(bytes[..<cut])).error?.code == .corrupt)
    }
    var random = SplitMix(state: 11)
    for _ in 0..<200 {
      var damaged = bytes
      damaged[Int.random(in: 4..<bytes.count, using: &random)] ^=
        1
        << UInt8.random(
          in: 0..<8, using: &random)
      let feed = try readFeed(damaged)
      #expect(feed.error != nil || feed.rows.count <= 3)
    }
  }
}
