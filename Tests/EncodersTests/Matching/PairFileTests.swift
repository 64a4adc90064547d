import Foundation
import Testing

@testable import AkinEncoders

/// Both layouts of pairs, and everything that can be wrong with them.
@Suite struct PairFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String, needsLabels: Bool = true) throws -> [MatchPair] {
    try read(Data(text.utf8), needsLabels: needsLabels)
  }

  private func read(_ data: Data, needsLabels: Bool = true) throws -> [MatchPair] {
    let url = folder.url.appendingPathComponent("pairs")
    try data.write(to: url)
    return try PairFile.read(url, needsLabels: needsLabels)
  }

  @Test func readsColumnsAndValues() throws {
    let pairs = try read(
      "COL title VAL adobe cs3 [ mac ] COL price VAL 399.0 \tCOL title VAL cs3 COL price VAL  \t0\n"
        + "\r\nCOL title VAL a\tCOL title VAL a\t1")
    #expect(pairs.count == 2)
    #expect(
      pairs[0].left.fields == [.init("title", "adobe cs3 [ mac ]"), .init("price", "399.0")])
    #expect(pairs[0].right.fields == [.init("title", "cs3"), .init("price", "")])
    #expect(pairs[0].right.value(of: "price") == nil)
    #expect(pairs.map(\.isMatch) == [false, true])
  }

  @Test func aValueMayHoldTheWordCOL() throws {
    let fields = try #require(
      ColumnValues.parse("COL title VAL drive 2 COL of a b c d e f g VAL COL brand name VAL x"))
    #expect(
      fields == [.init("title", "drive 2 COL of a b c d e f g VAL"), .init("brand name", "x")])
  }

  @Test(arguments: [
    ("left_title,right_title,left_price,right_price,label\nA,B,1,2,1\n", ["title", "price"]),
    ("title_a\ttitle_b\tid_a\tid_b\tmatch\nA\tB\t7\t8\ttrue\n", ["title"]),
    ("Title1,Title2,Same\nA,B,yes\n", ["title"]),
    ("ltable_name,rtable_name,ltable_id,rtable_id,gold\nA,B,3,4,1\n", ["name"]),
    ("left,right,label\nA,B,1\n", ["text"]),
    (
      "{\"title_a\":\"A\",\"title_b\":\"B\",\"cluster_id_a\":\"9\",\"cluster_id_b\":\"9\",\"label\":1}\n",
      ["title"]
    ),
  ])
  func readsTables(_ text: String, _ names: [String]) throws {
    let pairs = try read(text)
    #expect(pairs.count == 1)
    #expect(pairs[0].left.fields.map(\.name) == names)
    #expect(pairs[0].left.fields[0].value == "A" && pairs[0].right.fields[0].value == "B")
    #expect(pairs[0].isMatch == true)
  }

  @Test func takesListedAttributesApart() throws {
    let pairs = try read(
      """
      {"title_a":"A","attrs_a":[["品牌","Sony"],["功效","x"],["功效","y"]],"title_b":"B",\
      "attrs_b":{"品牌":"Sony","重量":2},"label":0}

      """)
    #expect(
      pairs[0].left.fields
        == [.init("title", "A"), .init("品牌", "Sony"), .init("功效", "x y")])
    #expect(pairs[0].right.fields == [.init("title", "B"), .init("品牌", "Sony"), .init("重量", "2")])
  }

  @Test func labelsAreOptionalForPrediction() throws {
    #expect(try read("COL a VAL x\tCOL a VAL y\n", needsLabels: false)[0].isMatch == nil)
    #expect(try read("left_a,right_a\nx,y\n", needsLabels: false)[0].isMatch == nil)
    #expect(try read("left_a,right_a,label\nx,y,\n", needsLabels: false)[0].isMatch == nil)
  }

  @Test(arguments: [
    ("COL a VAL x\tCOL a VAL y\n", 1, nil as String?, "2 of these three"),
    ("COL a VAL x\tCOL a VAL y\t1\nCOL a VAL x\n", 2, nil, "1 of these three"),
    ("COL a VAL x\tno column\t1\n", 1, "2 (right)", "COL name VAL value"),
    ("COL a VAL x\tCOL a VAL y\tmaybe\n", 1, "3 (label)", "A label is 1"),
    ("left_a,right_a,label\nx,y,2\n", 2, "label", "A label is 1"),
    ("left_a,right_a\nx,y\n", 1, "label", "no such column"),
    ("name,price,label\nx,1,1\n", 1, nil, "left_title"),
    ("left_a,right_a,label\nx,y,1\nx,y\n", 3, "label", "Correct the line"),
  ])
  func namesThePlaceOfAFault(
    _ text: String, _ line: Int, _ column: String?, _ message: String
  ) throws {
    let error = try #require(throws: MatchError.self) { try read(text) }
    #expect(error.line == line)
    #expect(error.column == column)
    #expect(error.message.contains(message), "\(error)")
    #expect(error.path != nil)
  }

  @Test func refusesWhatIsNoFileOfPairs() throws {
    #expect(throws: MatchError.self) { try read("") }
    #expect(throws: MatchError.self) { try read("left_a,right_a,label\n") }
    #expect(throws: MatchError.self) { try PairFile.read(folder.url) }
    #expect(throws: MatchError.self) {
      try PairFile.read(folder.url.appendingPathComponent("absent"))
    }
    let broken = Data("COL a VAL ".utf8) + Data([0xFF, 0xFE]) + Data("\tCOL a VAL y\t1\n".utf8)
    let error = try #require(throws: MatchError.self) { try read(broken) }
    #expect(error.line == 1 && error.message.contains("UTF-8"))
  }
}
