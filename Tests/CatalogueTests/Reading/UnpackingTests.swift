import CArrow
import Foundation
import Testing

@testable import AkinCatalogue

func compressed(_ bytes: [UInt8], _ codec: carrow_codec) -> [UInt8] {
  var output = [UInt8](repeating: 0, count: bytes.count * 2 + 1_024)
  let length = carrow_compress(codec, bytes, bytes.count, &output, output.count)
  return Array(output.prefix(length))
}

@Suite("Compression and encodings")
struct UnpackingTests {
  static let text =
    "id,title,note\r\n1,caf\u{E9},\"a, \"\"b\"\"\r\nc\"\r\n2,\u{FC}ber,x\r\n3,gar\u{E7}on,y\r\n"
  static let chinese = "商品ID,标题,价格\n1,红富士苹果 水果,12.5\n2,苹果手机壳 透明,8\n3,三星手机,3999\n"

  @Test("gzip and zstd, whole and byte by byte, one member and two")
  func compression() throws {
    let plain = try readFeed(Self.text)
    let middle = Self.text.utf8.count / 2
    for (codec, kind) in [(CARROW_GZIP, FeedCompression.gzip), (CARROW_ZSTD, .zstd)] {
      let bytes = Array(Self.text.utf8)
      let one = compressed(bytes, codec)
      let two =
        compressed(Array(bytes[..<middle]), codec) + compressed(Array(bytes[middle...]), codec)
      for packed in [one, two] {
        for chunk in [1, 3, 1 << 20] {
          var options = FeedOptions()
          options.chunkBytes = chunk
          let feed = try readFeed(packed, options)
          #expect(feed.rows == plain.rows, "\(kind) \(chunk) \(String(describing: feed.error))")
          #expect(feed.feed?.compression == kind)
        }
      }
    }
  }

  @Test("A truncated or damaged stream: what came before, then the error")
  func truncated() throws {
    var random = SplitMix(state: 3)
    let rows = (0..<60_000).map { "\($0),\(UInt64.random(in: 0...UInt64.max, using: &random))\n" }
    let bytes = Array(("id,x\n" + rows.joined()).utf8)
    for codec in [CARROW_GZIP, CARROW_ZSTD] {
      let packed = compressed(bytes, codec)
      let cut = try readFeed(Array(packed[..<(packed.count * 3 / 4)]))
      #expect(cut.error?.code == .truncated, "\(String(describing: cut.error))")
      #expect(cut.records.count > 30_000 && cut.records.count < 60_000)
      #expect(cut.records.first?[0] == "0")
      let whole = try readFeed(bytes).records
      var damaged = packed
      for index in (packed.count / 2)..<(packed.count / 2 + 64) { damaged[index] ^= 0xA5 }
      let broken = try readFeed(damaged)
      // gzip always carries a checksum; zstd only where its writer asked for one.
      #expect(broken.error?.code == .corrupt || codec == CARROW_ZSTD && broken.records != whole)
      let tiny = compressed(Array("id,x\n1,a\n2,b\n3,".utf8), codec)
      let early = try readFeed(tiny + Array(tiny[..<10]))
      #expect(early.records == [["1", "a"], ["2", "b"]])
      #expect(early.error?.code == .truncated, "\(String(describing: early.error))")
      let short = try readFeed(Array(packed[..<12]))
      #expect(short.error?.code == .truncated || short.error?.code == .corrupt)
    }
  }

  @Test(
    "Encodings are found",
    arguments: [
      (FeedEncoding.utf8, String.Encoding.utf8, [] as [UInt8]),
      (.utf8, .utf8, [0xEF, 0xBB, 0xBF]),
      (.utf16LittleEndian, .utf16LittleEndian, []),
      (.utf16LittleEndian, .utf16LittleEndian, [0xFF, 0xFE]),
      (.utf16BigEndian, .utf16BigEndian, []),
      (.utf16BigEndian, .utf16BigEndian, [0xFE, 0xFF]),
      (.windows1252, .windowsCP1252, []),
    ])
  func encodings(encoding: FeedEncoding, foundation: String.Encoding, mark: [UInt8]) throws {
    let plain = try readFeed(Self.text)
    let data = try #require(Self.text.data(using: foundation))
    for chunk in [1, 2, 3, 1 << 20] {
      var options = FeedOptions()
      options.chunkBytes = chunk
      let feed = try readFeed(mark + Array(data), options)
      #expect(feed.feed?.encoding == encoding)
      #expect(feed.feed?.hasByteOrderMark == !mark.isEmpty)
      #expect(feed.rows == plain.rows)
      #expect(feed.columns == plain.columns)
    }
  }

  /// 商品ID,标题,价格 and three rows, as GB 18030.
  static let gb18030: [UInt8] = {
    let hex =
      "c9ccc6b74944 2cb1eacce2 2cbcdbb8f1 0a 312cbaecb8bbcabfc6bbb9fb20cbaeb9fb 2c31322e350a"
      + "322cc6bbb9fbcad6bbfabfc720cdb8c3f7 2c380a 332cc8fdd0c7cad6bbfa 2c333939390a"
    let digits = hex.filter { $0 != " " }.compactMap(\.hexDigitValue).map(UInt8.init)
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }()

  @Test("Chinese in GB18030, UTF-8 and UTF-16")
  func chinese() throws {
    let plain = try readFeed(Self.chinese)
    #expect(plain.columns == ["商品ID", "标题", "价格"] && plain.records.count == 3)
    for chunk in [1, 3, 1 << 20] {
      var options = FeedOptions()
      options.chunkBytes = chunk
      let national = try readFeed(Self.gb18030, options)
      #expect(national.feed?.encoding == .gb18030)
      #expect(national.columns == plain.columns)
      #expect(national.rows == plain.rows)
      for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
        let data = try #require(Self.chinese.data(using: encoding))
        #expect(try readFeed(Array(data), options).rows == plain.rows)
      }
    }
    let json = try readFeed(
      Array("{\"id\":\"".utf8) + Self.gb18030[19..<29] + Array("\"}\n".utf8))
    #expect(json.feed?.encoding == .gb18030)
    #expect(json.records == [["红富士苹果"]])
  }

  @Test("Bytes that are not in the encoding cost one row")
  func invalid() throws {
    var bytes = Self.gb18030
    bytes[bytes.count - 8] = 0xFF
    bytes[bytes.count - 7] = 0xFF
    var options = FeedOptions()
    options.encoding = .gb18030
    let feed = try readFeed(bytes, options)
    #expect(feed.records.count == 2)
    #expect(feed.malformed.map(\.line) == [4])
    #expect(feed.malformed.first?.column == 1)
    #expect(feed.malformed.first?.reason.contains("GB18030") == true)

    var wide = Array(try #require("a,b\n1,x\n2,y\n3,z\n".data(using: .utf16LittleEndian)))
    wide[20] = 0x00
    wide[21] = 0xD8
    options.encoding = .utf16LittleEndian
    let pairs = try readFeed(wide, options)
    #expect(pairs.records == [["1", "x"], ["3", "z"]])
    #expect(pairs.malformed.map(\.line) == [3])
  }

  @Test("A name that promises gzip, and a file that is none")
  func misnamed() throws {
    let path = try temporaryFile((0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 37 % 31) })
    try FileManager.default.moveItem(atPath: path, toPath: path + ".csv.gz")
    defer { removeFile(path + ".csv.gz") }
    let error = try #require(readFile(path + ".csv.gz").error)
    #expect(error.code == .corrupt && error.message.contains("gzip"))
    // Plain text is read whatever its name says; only where it makes no sense the name is told.
    let plain = URL(filePath: path + ".gz")
    try Data("id,title\n1,One\n".utf8).write(to: plain)
    defer { removeFile(plain.path) }
    #expect(readFile(plain.path).records.count == 1)
    var options = ImportOptions()
    options.overrides = try MappingOverrides(["title=nam"])
    let wrong = #expect(throws: ImportError.self) {
      try CatalogueImporter.check(file: plain, options: options)
    }
    #expect(wrong?.message.contains("not compressed") == true)
  }

  @Test("Errors read as sentences on one line")
  func sentences() {
    let error = FeedError(
      .corrupt, path: "a.csv", line: 3, message: "broken\nat byte 7\n", advice: "fetch it again")
    #expect(error.description == "a.csv:3: broken at byte 7. Fetch it again.")
    let many = MappingError(
      code: .noTitleColumn, message: "No.", columns: (0..<4_000).map { "column \($0)" })
    #expect(many.description.hasSuffix("column 19 and 3,980 more."))
    #expect(many.description.utf8.count < 300)
  }

  @Test("What is no feed says so")
  func unreadable() throws {
    let folder = NSTemporaryDirectory()
    #expect(readFile(folder + "akin-no-such-file").error?.code == .missing)
    #expect(readFile(folder).error?.code == .directory)
    let table: [([UInt8], FeedError.Code)] = [
      ([], .empty), (Array(" \n\r\n\t".utf8), .empty), ([0xEF, 0xBB, 0xBF], .empty),
      ([0x50, 0x4B, 0x03, 0x04, 1, 2, 3, 4], .notAFeed),
      (Array("%PDF-1.7\nxyz".utf8), .notAFeed),
      ((0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 37 % 31) }, .notAFeed),
      (Array("PAR1 and no more".utf8), .corrupt), (Array("PAR1".utf8), .corrupt),
      ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], .unsupportedEncoding),
      ([0x1F, 0x8B, 8], .truncated), ([0x28, 0xB5, 0x2F, 0xFD, 0xFF, 0xFF, 0xFF], .truncated),
      (compressed([], CARROW_GZIP), .empty),
      (Array("<html><body>no</body></html>".utf8), .notAFeed),
      (Array("<html><br></html>".utf8), .notAFeed),
    ]
    for (bytes, code) in table {
      let feed = try readFeed(bytes)
      #expect(feed.error?.code == code, "\(bytes.prefix(8)): \(String(describing: feed.error))")
      #expect(feed.rows.isEmpty)
      #expect(feed.error?.advice.isEmpty == false)
    }
  }
}
