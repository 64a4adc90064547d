import Testing

@testable import AkinCatalogue

@Suite("Text cleaner")
struct TextCleanerTests {
  static let table: [(String, String?)] = [
    ("plain", "plain"), ("  padded \t", "padded"), ("two  blanks", "two blanks"), ("", nil),
    ("   ", nil), ("a\u{0}b\u{7}c", "abc"), ("line\r\nbreak", "line break"),
    ("a\u{A0}b\u{3000}c", "a b c"), ("zero\u{200B}width\u{FEFF}", "zerowidth"),
    ("ＡＢＣ１２３（黑）", "ABC123(黑)"), ("￥５９９", "¥599"), ("e\u{301}clair", "\u{E9}clair"),
    ("か\u{3099}", "が"), ("手机壳 透明", "手机壳 透明"), ("手机  壳", "手机 壳"),
    ("<b>Bold</b>er", "Bolder"), ("<p>One</p><p>Two</p>", "One Two"), ("a<br/>b", "a b"),
    ("size < 5 & > 3", "size < 5 & > 3"), ("<3 this", "<3 this"), ("AT&T R&D", "AT&T R&D"),
    ("Tom &amp; Jerry", "Tom & Jerry"), ("caf&eacute;", "café"), ("&#8364;5 &#x4E2D;", "€5 中"),
    ("&#147;x&#148;", "“x”"), ("潮流&hellip", "潮流…"), ("&nosuch; x", "&nosuch; x"),
    ("&lt;p&gt;Hi&lt;/p&gt;", "Hi"), ("a &amp;amp; b", "a & b"),
    ("x<script>var a='<b>';</script>y", "x y"),
    ("x<STYLE type=\"a\">p{}</STYLE>y", "x y"), ("x<!-- no -->y", "xy"),
    ("<a href=\"a>b\">link</a>", "link"), ("<p unclosed", "<p unclosed"), ("&#0;", "\u{FFFD}"),
    ("&#xD800;", "\u{FFFD}"), ("&#99999999;", "\u{FFFD}"), ("👩‍👩‍👧 x", "👩‍👩‍👧 x"),
    ("null", nil), ("N/A", nil), ("-", nil), ("无", nil), ("暂无", nil), ("NaN", nil),
    ("<p></p>", nil),
    ("&nbsp;", nil), ("None", nil), ("无线鼠标", "无线鼠标"), ("Nullarbor", "Nullarbor"),
    ("<null>", nil), ("aaaaaaa  bbbb", "aaaaaaa bbbb"), ("aaaaaaaa  b", "aaaaaaaa b"),
  ]

  @Test("cleans", arguments: table)
  func cleans(_ input: String, _ expected: String?) {
    #expect(TextCleaner.clean(input) == expected)
    // Scalars, not only canonical equivalence.
    #expect(
      TextCleaner.clean(input)?.unicodeScalars.map(\.value)
        == expected?.unicodeScalars.map(\.value))
  }

  @Test("cleaning again changes nothing, and the fast path agrees with the slow one")
  func idempotent() {
    for (input, _) in Self.table {
      guard let once = TextCleaner.clean(input), !input.contains("&amp;amp") else { continue }
      #expect(TextCleaner.clean(once) == once)
      let shifted = "1234567" + once
      #expect(TextCleaner.clean(shifted) == shifted)
    }
  }
}

@Suite("Numbers and prices")
struct PriceTests {
  @Test(
    "written numbers",
    arguments: [
      ("1,299.00", 1299), ("1.299,00", 1299), ("1299", 1299), ("1'299.50", 1299.5), ("1 299", 1299),
      ("1,29,900", 129_900), ("0,5", 0.5), ("12,5", 12.5), ("1,234,567", 1_234_567),
      ("1.234.567", 1_234_567), ("0.125", 0.125), ("1.299", 1.299), ("1,2,3", nil), ("1.2.3", nil),
      ("", nil), ("abc", nil), ("1,299", 1299), ("0,299", 0.299),
      ("12345678901234567168", 12_345_678_901_234_567_168),
    ] as [(String, Double?)])
  func written(_ text: String, _ expected: Double?) {
    #expect(text.withFieldBytes { DecimalText.parseWritten($0) } == expected)
  }

  @Test("plain numbers equal the library's")
  func plain() {
    for text in [
      "0", "1", "-1", "3.14159", "0.1", "123456789.123456", "1e3", "1E-7", "0.1234567890123456",
    ] { #expect(DecimalText.parse(text) == Double(text)) }
    for text in ["", "-", ".", "1.2.3", "0x10", "inf", "nan", "1e999", "1_000", "e5"] {
      #expect(DecimalText.parse(text) == nil, "\(text)")
    }
  }

  static let prices: [(String, String?, Double?, String?, PriceIssue?)] = [
    ("12.50", nil, 12.5, nil, nil), ("12.50", "EUR", 12.5, "EUR", nil),
    ("$1,299.00", nil, 1299, "USD", nil), ("$10", "AUD", 10, "AUD", nil),
    ("1.299,00 €", nil, 1299, "EUR", nil), ("€ 1.299", nil, 1299, "EUR", nil),
    ("1.299", nil, 1.299, nil, nil), ("￥5999", nil, 5999, "CNY", nil),
    ("¥5,999", "JPY", 5999, "JPY", nil),
    ("5999元", nil, 5999, "CNY", nil), ("HK$120", nil, 120, "HKD", nil),
    ("US$ 9.99", nil, 9.99, "USD", nil),
    ("Rs. 1,299", nil, 1299, "INR", nil), ("12.5 USD", nil, 12.5, "USD", nil),
    ("USD12.5", nil, 12.5, "USD", nil), ("12 345,67 zł", nil, 12345.67, "PLN", nil),
    ("1200円", nil, 1200, "JPY", nil), ("1.2万元", nil, 12_000, "CNY", nil),
    ("99元起", nil, 99, "CNY", nil),
    ("$10 - $20", nil, 10, "USD", .range), ("10-20", nil, 10, nil, .range),
    ("10 - 20", nil, 10, nil, .range), ("¥10-20", nil, 10, "CNY", .range),
    ("10~20元", nil, 10, "CNY", .range), ("10.50-20.00", nil, 10.5, nil, .range),
    ("1.2万", nil, 12_000, nil, nil), ("万元 1.2", nil, 12_000, "CNY", nil),
    ("-5", nil, nil, nil, .negative), ("-$5.00", nil, nil, nil, .negative),
    ("call us", nil, nil, nil, .unreadable), ("2 for $5", nil, nil, nil, .unreadable),
    ("12.50 apples", nil, nil, nil, .unreadable), ("1,2,3", nil, nil, nil, .unreadable),
    ("0", nil, 0, nil, nil), ("£0.99", nil, 0.99, "GBP", nil), ("From $5", nil, 5, "USD", nil),
  ]

  @Test(
    "currency codes have three letters",
    arguments: [
      ("EUR", true), ("usd", true), ("", false), ("€", false), ("EURO", false), ("E1R", false),
      ("ÉU", false),
    ])
  func codes(text: String, isCode: Bool) {
    #expect(PriceReader.isCurrencyCode(text) == isCode)
  }

  @Test("prices", arguments: prices)
  func price(_ row: (String, String?, Double?, String?, PriceIssue?)) {
    let reading = PriceReader.read(row.0, currency: row.1)
    #expect(reading.price?.amount == row.2)
    #expect(reading.price?.currency == row.3)
    #expect(reading.issue == row.4)
  }
}

@Suite("Quantities")
struct QuantityTests {
  @Test(
    "whole texts",
    arguments: [
      ("500g", 500, .mass), ("0.5 kg", 500, .mass), ("500克", 500, .mass), ("1公斤", 1000, .mass),
      ("1斤", 500, .mass), ("12 oz", 340.194477, .mass), ("1 lb", 453.59237, .mass),
      ("1/2 GAL", 1892.705892, .volume), ("1 1/2 lb", 680.388555, .mass), ("750 ML", 750, .volume),
      ("42\"", 1066.8, .length), ("42英寸", 1066.8, .length), ("128GB", 128e9, .storage),
      ("5000mAh", 5000, .charge), ("5,000 mAh", 5000, .charge), ("20W", 20, .power),
      ("6 pack", 6, .count), ("12-pack", 12, .count), ("12片", 12, .count),
      ("12 fl oz", 354.882354750, .volume),
      ("12MP", 12e6, .pixels), ("1200万像素", 12e6, .pixels), ("2.4GHz", 2.4e9, .frequency),
      ("1,5 L", 1500, .volume), ("2 m²", 2e6, .area), ("24小时", 86_400, .time),
      ("15.6寸", 396.24, .length),
    ] as [(String, Double, Quantity.Dimension)])
  func whole(_ text: String, _ value: Double, _ dimension: Quantity.Dimension) throws {
    let quantity = try #require(QuantityReader.whole(text))
    #expect(abs(quantity.value - value) < 1e-6 * value)
    #expect(quantity.dimension == dimension)
    #expect(quantity.written == text)
  }

  @Test(
    "no quantities",
    arguments: [
      "", "g", "500", "500 apples", "g500", "3个月", "0 g", "1/0 lb", "10-12 g", "500g extra",
      "1 2 3",
    ])
  func none(_ text: String) { #expect(QuantityReader.whole(text) == nil) }

  @Test(
    "in titles",
    arguments: [
      ("apple iphone 8 plus 64gb 4g unlocked", ["64gb"]), ("低糖芒果乾 250g 臻御行", ["250g"]),
      ("甘草瓜子160g 南瓜子150g", ["160g", "150g"]), ("SC-MK-010 JA-1033 A75s", []),
      ("Cola 6 x 330 ml", ["330 ml", "6"]), ("可乐330ml*6瓶", ["330ml", "6瓶"]),
      ("330mlx6", ["330ml", "6"]),
      ("TV 42\" LED", ["42\""]), ("\"Model 12\" case", []), ("防晒霜spf50 30ml", ["30ml"]),
      ("山苦瓜茶20包/盒", ["20包"]), ("0-36个月", []), ("45 x 60 cm", ["60 cm"]),
      ("3 in 1 cable 2m", ["2m"]),
      ("iPhone 12 手机壳", []), ("1000mg 60 tablets", ["1000mg", "60 tablets"]),
    ] as [(String, [String])])
  func find(_ title: String, _ written: [String]) {
    #expect(QuantityReader.find(in: title).map(\.written) == written)
  }
}

@Suite("Other fields")
struct FieldReaderTests {
  @Test(
    "gtin",
    arguments: [
      ("4006381333931", true), ("400638133393 1", true), ("4006381333932", false),
      ("96385074", true),
      ("036000291452", true), ("0-306-40615-2", true), ("097522980X", true), ("0975229801", false),
      ("123", false),
      ("0000000000000", false), ("8.80609E+12", false), ("abcdefghijklm", false),
    ])
  func gtin(_ text: String, _ valid: Bool) { #expect(TradeNumber.read(text).isValid == valid) }

  @Test(
    "categories",
    arguments: [
      ("A > B > C", [["A", "B", "C"]]), ("A/B", [["A", "B"]]), ("A|B", [["A", "B"]]),
      ("Phones", [["Phones"]]), ("[\"A\",\"B\"]", [["A", "B"]]),
      ("[{\"name\":\"A\",\"url\":\"x\"},{\"name\":\"B\"}]", [["A", "B"]]),
      ("[[\"A\",\"B\"],[\"C\"]]", [["A", "B"], ["C"]]),
      (
        "Clothing > Hoodies, Clothing > Tshirts",
        [["Clothing", "Hoodies"], ["Clothing", "Tshirts"]]
      ), ("A &gt; B", [["A", "B"]]),
      ("Home, Garden > Tools", [["Home, Garden", "Tools"]]), ("A;B", [["A"], ["B"]]), ("", []),
      ("null", []),
      (" > ", []), ("[broken", [["[broken"]]), ("大服饰>日韩腕表", [["大服饰", "日韩腕表"]]),
      ("A » B", [["A", "B"]]),
    ] as [(String, [[String]])])
  func categories(_ text: String, _ expected: [[String]]) {
    #expect(CategoryReader.paths(text) == expected)
  }

  @Test(
    "availability",
    arguments: [
      ("in stock", .inStock), ("In_Stock", .inStock),
      ("https://schema.org/OutOfStock", .outOfStock),
      ("true", .inStock), ("0", .outOfStock), ("12", .inStock), ("有货", .inStock),
      ("缺货", .outOfStock),
      ("预售", .preorder), ("backorder", .backorder), ("perhaps", nil),
    ] as [(String, Availability?)])
  func availability(_ text: String, _ expected: Availability?) {
    #expect(AvailabilityReader.read(text) == expected)
  }

  @Test(
    "images",
    arguments: [
      ("https://a/1.jpg", ["https://a/1.jpg"]),
      ("https://a/1.jpg,https://a/2.jpg", ["https://a/1.jpg", "https://a/2.jpg"]),
      ("https://a/x,y.jpg | https://b/2.jpg", ["https://a/x,y.jpg", "https://b/2.jpg"]),
      ("[\"a.jpg\",\"b.jpg\",\"a.jpg\"]", ["a.jpg", "b.jpg"]), ("a.jpg|b.jpg", ["a.jpg", "b.jpg"]),
      ("[{\"url\":\"u\"}]", ["u"]), ("null", []), ("", []),
    ])
  func images(_ text: String, _ expected: [String]) { #expect(ImageList.read(text) == expected) }

  @Test(
    "times",
    arguments: [
      ("2017-11-25T08:15:30Z", 1_511_597_730), ("2017-11-25 08:15:30", 1_511_597_730),
      ("2017-11-25T16:15:30+08:00", 1_511_597_730), ("2017-11-25T08:15:30.500Z", 1_511_597_730.5),
      ("1511597730", 1_511_597_730), ("1511597730000", 1_511_597_730),
      ("1511597730000000", 1_511_597_730),
      ("2017-11-25", 1_511_568_000), ("20171125", 1_511_568_000), ("2017/11/25", 1_511_568_000),
      ("25.11.2017", 1_511_568_000), ("11/25/2017", 1_511_568_000), ("25/11/2017", 1_511_568_000),
      ("11/25/2017 8:15 AM", 1_511_597_700), ("11/25/2017 12:00 AM", 1_511_568_000),
      ("2017年11月25日 8时15分", 1_511_597_700), ("20171125081530", 1_511_597_730),
      ("2000-02-29", 951_782_400), ("2017-11-25 08:15:30 UTC", 1_511_597_730), ("2017-02-29", nil),
      ("2017-13-01", nil), ("soon", nil), ("", nil), ("2017-11-25T25:00", nil), ("12", nil),
      ("2017-11-25 08:15:30 nonsense", nil), ("1969-12-31", -86_400),
    ] as [(String, Double?)])
  func time(_ text: String, _ expected: Double?) { #expect(TimeReader.read(text) == expected) }

  @Test(
    "languages",
    arguments: [
      ("手机壳 透明", "zh"), ("OPPO A75 A75s A73 手机壳 软壳", "zh"), ("大雪山の苦瓜茶包", "zh"),
      ("ワイヤレスイヤホン ブラック", "ja"), ("日本製の美しいお箸です", "ja"), ("무선 이어폰", "ko"),
      ("Чехол для телефона", "ru"),
      ("كفر شفاف للهاتف", "ar"), ("เคสโทรศัพท์", "th"), ("Case with stand for the phone", "en"),
      ("Hülle für das Handy mit Ständer", "de"), ("coque pour téléphone avec support", "fr"),
      ("funda para el móvil con soporte", "es"), ("iPhone 12 64GB", nil), ("", nil), ("12345", nil),
      ("Sony WH-1000XM4", nil),
    ] as [(String, String?)])
  func language(_ text: String, _ expected: String?) {
    #expect(LanguageDetector.detect(text) == expected)
  }

  @Test("JSON cells")
  func json() {
    let good = "{\"a\":[1,-2.5,true,null,\"x\\u4E2D\\ud83d\\ude00\\n\"]}"
    let value = good.withFieldBytes { JSONValue.parse($0) }
    #expect(
      value?.member("a")
        == .array([.number(1), .number(-2.5), .boolean(true), .null, .string("x中😀\n")]))
    for bad in [
      "", "[", "[1,]", "{\"a\"}", "{a:1}", "\"x", "[1] 2", "tru", "\"\\u12\"",
      String(repeating: "[", count: 100),
    ] {
      #expect(bad.withFieldBytes { JSONValue.parse($0) } == nil, "\(bad)")
    }
  }

  @Test("display width counts wide signs twice")
  func width() {
    #expect(DisplayWidth.of("abc") == 3)
    #expect(DisplayWidth.of("手机a") == 5)
    #expect(DisplayWidth.pad("手机壳", to: 5) == "手机…")
    #expect(DisplayWidth.pad("手机", to: 6) == "手机  ")
  }
}
