import Testing

@testable import AkinText

@Suite struct AnalysisTests {
  private func terms(_ text: String, _ kinds: Set<TermKind>? = nil) throws -> [String] {
    let result = try TextAnalyser().analyse(text)
    return result.terms.indices.filter { kinds?.contains(result.terms[$0].kind) ?? true }
      .map(result.text)
  }

  @Test(arguments: [
    ("Ｓａｍｓｕｎｇ　Ｓ２４", "samsung s24"), ("無線滑鼠", "无线滑鼠"), ("Nescafé Crème", "nescafe creme"),
    ("Levi's", "levis"), ("  a -- b ", "a b"), ("", ""), ("!!! ", ""),
  ])
  func keysAreFolded(text: String, key: String) throws {
    #expect(try TextAnalyser().folded(text) == key)
  }

  @Test func modelNumbersAreOneTermInEverySpelling() throws {
    for text in ["WH-1000XM4", "WH1000XM4", "wh1000xm4/B", "ＷＨ－１０００ＸＭ４"] {
      #expect(try terms(text).contains("wh1000xm4"), "\(text)")
    }
    #expect(try !terms("WH-1000XM5").contains("wh1000xm4"))
  }

  @Test func aWordAndItsNumberAreAlsoJoined() throws {
    #expect(try terms("iPhone 12", [.adjacent]) == ["iphone12"])
    #expect(try terms("iPhone12", [.compound]) == ["iphone12"])
    #expect(try terms("iPhone12", [.part]) == ["iphon", "12"])
  }

  @Test func numbersKeepTheirSigns() throws {
    #expect(try terms("5/8 in 0.5 1,299", [.number, .compound]) == ["5/8", "0.5", "1299"])
  }

  @Test func englishIsStemmed() throws {
    #expect(try terms("wireless headphones") == terms("wireless headphone"))
    #expect(try terms("men's coats") == terms("men coat"))
  }

  /// Whatever the dictionary cuts, every neighbouring pair is a term.
  @Test(arguments: ["苹果手机壳透明防摔", "行動電源大容量", "お〜いお茶", "갤럭시케이스"])
  func everyPairOfUnspacedCharactersIsATerm(text: String) throws {
    let found = Set(try terms(text, [.bigram, .crossing]))
    let runs = try TextAnalyser().folded(text).split(separator: " ")
    for run in runs {
      let characters = Array(run.unicodeScalars)
      for (left, right) in zip(characters, characters.dropFirst()) {
        #expect(found.contains("\(left)\(right)"))
      }
    }
  }

  @Test func placesAreThoseOfTheSource() throws {
    let text = "Ｓony 無線耳機 WH-1000XM4"
    let result = try TextAnalyser().analyse(text)
    let bytes = Array(text.utf8)
    func source(_ index: Int) -> String {
      let range = result.terms[index].source
      return String(decoding: bytes[Int(range.lowerBound)..<Int(range.upperBound)], as: UTF8.self)
    }
    let places = Dictionary(
      result.terms.indices.map { (result.surface($0), source($0)) }, uniquingKeysWith: { a, _ in a }
    )
    #expect(places["sony"] == "Ｓony")
    #expect(places["耳机"] == "耳機")
    #expect(places["wh1000xm4"] == "WH-1000XM4")
    #expect(result.isTraditional)
  }

  @Test func pinyinOfChineseOnly() throws {
    let pinyin = try Pinyin()
    #expect(pinyin.syllables(of: "小米") == ["xiao", "mi"])
    #expect(pinyin.syllables(of: "苹果手机") == ["ping", "guo", "shou", "ji"])
    #expect(pinyin.syllables(of: "A4纸") == nil)
  }

  @Test func taiwansWordsBecomeTheMainlands() throws {
    #expect(try ChineseConverter("tw2sp").convert("無線滑鼠") == "无线鼠标")
  }

  @Test(arguments: [
    ("headphones", "headphnes", 1), ("sony", "snoy", 1), ("kitten", "sitting", 3), ("", "ab", 2),
    ("same", "same", 0),
  ])
  func editDistances(left: String, right: String, distance: Int) {
    let found = Array(left.utf8).withUnsafeBufferPointer { left in
      Array(right.utf8).withUnsafeBufferPointer { right in
        (
          EditDistance.between(left, right, limit: distance),
          distance > 0 ? EditDistance.between(left, right, limit: distance - 1) : nil
        )
      }
    }
    #expect(found.0 == distance)
    #expect(found.1 == nil)
  }

  /// No text stops the analyser, and every term lies inside its source.
  @Test(arguments: [
    "", " ", "'", "-", "--a--", "a'", "'s", "1,", ",1", "1.2.3", "\u{0}\u{7}", "e\u{301}\u{301}",
    "\u{FFFD}", "👩‍👩‍👧 买", "㎖½①", "' OR 1=1 --", String(repeating: "长a1-", count: 5000),
    String(repeating: "x", count: 10_000), "𠮷野家", "\u{10FFFF}",
  ])
  func oddTextsAreAnalysed(text: String) throws {
    let result = try TextAnalyser().analyse(text)
    for term in result.terms {
      #expect(!term.range.isEmpty && term.range.count <= TextAnalyser.longestTerm)
      #expect(term.source.lowerBound >= 0 && term.source.upperBound <= text.utf8.count)
      #expect(term.source.lowerBound < term.source.upperBound)
    }
  }
}
