import AkinCatalogue
import Testing

@testable import AkinSearch

/// Queries written by hand over the bilingual sample, each with what a shopper must find.
struct GoldenQuery: Sendable, CustomTestStringConvertible {
  var query: String
  /// One of these comes first.
  var first: [String]
  /// These are all among the first ten.
  var all: [String] = []
  /// None of these is among the results.
  var none: [String] = []

  var testDescription: String { query }

  init(_ query: String, first: [String], all: [String] = [], none: [String] = []) {
    (self.query, self.first, self.all, self.none) = (query, first, all, none)
  }
}

@Suite struct GoldenTests {
  @Test(arguments: golden)
  func findsWhatIsMeant(golden: GoldenQuery) throws {
    let results = try Sample.index.search(SearchRequest(golden.query))
    let found = results.hits.map(\.id)
    let shown = results.hits.map { "\($0.id) \($0.title)" }.joined(separator: "\n")
    #expect(golden.first.contains(found.first ?? ""), "first of \(golden.query):\n\(shown)")
    #expect(Set(golden.all).isSubset(of: found), "missing in \(golden.query):\n\(shown)")
    #expect(Set(golden.none).isDisjoint(with: found), "unwanted in \(golden.query):\n\(shown)")
  }

  @Test func thereAreSixtyQueriesAndMore() { #expect(Self.golden.count >= 60) }

  static let phones12 = ["101001", "101002", "101003", "101017", "B-1001", "B-1002"]
  static let cases12 = ["101101", "101102", "101103", "B-1101", "B-1102"]
  static let fruit = ["201001", "201002", "201003", "201004", "B-2001", "B-2002", "B-2003"]
  static let xm4 = ["102002", "102003", "B-1302", "B-1303"]

  static let golden: [GoldenQuery] = [
    // One word, several things.
    .init("苹果手机", first: phones12 + ["101004", "101005", "101006"], none: fruit),
    .init("iphone 12", first: phones12, all: ["101002", "101003"]),
    .init("苹果12", first: phones12 + ["101004"]),
    .init("iphone 12 手机壳", first: cases12, all: ["101101", "101102", "101103"], none: phones12),
    .init("iphone 12 case", first: cases12, all: ["B-1101", "B-1102", "101101"], none: phones12),
    .init("苹果 水果", first: fruit, all: ["201001"], none: phones12 + cases12),
    .init("红富士", first: ["201001", "201002"], all: ["201001", "201002"]),
    .init("fuji apples", first: ["B-2002"]),
    .init("apple juice", first: ["B-2107"], none: phones12),
    .init("苹果味 软糖", first: ["202107"]),
    .init("小米手机", first: ["101010"]),
    .init("小米手机壳", first: ["101107"]),
    .init("三星手机", first: ["101007", "101008", "101009", "B-1004"]),
    .init("galaxy s21 case", first: ["B-1104", "101105", "B-9024"], none: ["B-1004", "101007"]),
    // Model numbers.
    .init("WH-1000XM4", first: xm4, all: xm4, none: ["102001", "102004", "B-1301"]),
    .init("wh1000xm5", first: ["102001", "B-1301", "B-9001"], none: xm4),
    .init("WF1000XM5", first: ["102004"], none: ["102001", "B-1301"]),
    .init("sony xm4", first: xm4, none: ["102001"]),
    .init("U2723QE", first: ["103012", "B-1408"], all: ["103012", "B-1408"]),
    .init("EC685", first: ["401006", "B-4002"], all: ["401006", "B-4002"]),
    .init("42143", first: ["601005", "B-6002"], all: ["601005", "B-6002"]),
    .init("2000007010598", first: ["102002", "B-1302"], all: ["102002", "B-1302"]),
    .init("B-1306", first: ["B-1306"]),
    .init("mx master 3s", first: ["103006", "B-1404"], all: ["103006", "B-1404"]),
    // Misspelt.
    .init("headphnes", first: ["B-1301", "B-1302", "B-1303", "B-1304", "B-1305"]),
    .init("wireles mouse", first: ["B-1404", "103006"]),
    .init("samsng galaxy", first: ["B-1004", "101007", "101008", "101009"]),
    .init("choclate", first: ["B-2210", "202106"]),
    .init("logitec keyboard", first: ["103007"]),
    .init("blutooth speaker", first: ["B-1307", "102008"]),
    .init("平果手机", first: phones12 + ["101004", "101005", "101006"]),
    .init("iphonecase", first: cases12 + ["B-1103"]),
    .init("air pods pro", first: ["102005", "B-1306"], all: ["102005", "B-1306"]),
    .init("spagetti", first: ["B-2204"]),
    // Chinese in Latin letters.
    .init("xiaomi shouji", first: ["101010"]),
    .init("xm", first: ["101010", "102009", "101203", "401007"]),
    .init("huawei", first: ["101012", "101013", "103003"], all: ["101012", "101013", "103003"]),
    .init("pingguo shouji", first: phones12 + ["101004", "101005", "101006"]),
    .init("erji", first: ["102001", "102002", "102003", "102004", "102007"]),
    .init("lining paoxie", first: ["301103"]),
    .init("chongdianbao", first: ["101208", "101209"], all: ["101208", "101209"]),
    .init("luoji shubiao", first: ["103006"]),
    // Mixed scripts, other names, traditional characters, full width.
    .init("Apple 手机", first: phones12 + ["101004", "101005", "101006"], none: ["201001"]),
    .init("索尼 headphones", first: xm4 + ["102001", "B-1301"]),
    .init("sony 降噪耳机", first: xm4 + ["102001", "102004", "B-1301", "B-9001"]),
    .init("無線滑鼠", first: ["103006", "B-1404"]),
    .init("行動電源", first: ["101208", "101209", "B-1206"]),
    .init("藍牙音箱", first: ["102008", "B-1307"]),
    .init("ｉＰｈｏｎｅ　１２", first: phones12),
    .init("power bank", first: ["B-1206", "101208", "101209"], all: ["B-1206", "101209"]),
    .init("robot vacuum", first: ["401002"]),
    .init("保温杯", first: ["401011", "401012", "B-4006"], all: ["401011", "401012"]),
    .init("lego ferrari", first: ["B-6002", "601005"], all: ["B-6002"]),
    .init("三体", first: ["701001"]),
    .init("手袋", first: ["B-9004"]),
    .init("갤럭시 케이스", first: ["B-9024"]),
    .init("wollmantel", first: ["B-9014"]),
    // Amounts with units.
    .init("橄榄油 500ml", first: ["202012", "202013"], all: ["202012", "202013"]),
    .init(
      "olive oil 0.5 L", first: ["B-2201", "B-2202", "202012", "202013"],
      all: ["B-2201", "B-2202"]),
    .init("大米 10斤", first: ["202014", "202015"], all: ["202014", "202015"]),
    .init("苹果 5kg", first: ["201002", "201003"], none: ["201001"]),
    .init("ssd 2tb", first: ["B-1407"]),
    .init("存储卡 256GB", first: ["103011"], none: ["103010"]),
    .init("数据线 2米", first: ["101206"]),
    .init("电饭煲 4升", first: ["401003", "401004"], all: ["401003", "401004"]),
    .init("iphone 12 256gb", first: ["101002", "B-1002"], all: ["101002", "B-1002"]),
    // Without.
    .init("iphone 12 -case", first: phones12, none: cases12),
    .init("苹果 不要手机壳", first: fruit + phones12, none: cases12 + ["101104"]),
    .init("headphones not sony", first: ["B-1304", "B-1305"], none: xm4 + ["102001", "B-1301"]),
    .init("无糖 可乐", first: ["202004", "202005", "B-2102", "B-2103"], none: ["202002", "202003"]),
    .init("orange juice no pulp", first: ["B-2106"]),
    .init("羽绒服 除了波司登", first: ["301006", "301007"], none: ["301001", "301002"]),
    // Prices.
    .init(
      "headphones under 300", first: ["B-1302", "B-1303", "B-1305"],
      none: ["B-1304", "B-1301", "102001"]),
    .init("200元以内 耳机", first: ["102006"], none: ["102001", "102007", "B-1303"]),
    .init("手机 2000到3000元", first: ["101003", "101007"], none: ["101001", "101008", "101011"]),
    .init("大衣 500以下", first: ["301004"], none: ["301003", "301005"]),
    .init("bottle between $30 and $40", first: ["B-4006", "B-8002"], none: ["B-4007"]),
    .init("1500元以上的耳机", first: ["102001", "102004", "102005"], none: ["102002", "102007"]),
    .init("gloves over 100 dollars", first: ["B-3008"], none: ["301012"]),
    // Colours, sizes of clothes.
    .init("黑色 大衣", first: ["301004"], none: ["301003"]),
    .init("black headphones", first: ["B-1301", "B-1302", "B-1303"], none: ["B-1304"]),
    .init("驼色围巾", first: ["301008", "B-3006"], none: ["301009"]),
    .init("white t-shirt", first: ["B-3012", "301013"], none: ["301014"]),
    .init("women's down coat", first: ["B-3001", "301001", "301002"]),
    .init("男士牛仔裤", first: ["301016", "B-3010", "B-3011"], none: ["301015"]),
    .init("levis 501 black", first: ["B-3011"]),
    // Nothing has it all.
    .init("sony turntable", first: xm4 + ["102001", "102004", "B-1301", "B-1308", "B-9001"]),
    .init("紫色 iphone 12", first: phones12 + cases12),
  ]
}
