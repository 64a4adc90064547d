@testable import AkinCatalogue
import AkinReport

/// Reports for the tests, made without chance.
enum Samples {
  static func face(
    _ id: String, _ title: String, brand: String? = nil, category: [String] = []
  ) -> ProductFace {
    var face = ProductFace(id: id, title: title)
    face.brand = brand
    face.category = category
    face.price = Price(amount: 12.5, currency: "EUR")
    return face
  }

  /// A small shop that uses every part of the page.
  static var full: ShopReport {
    let phone = face("1", "苹果手机12", brand: "苹果", category: ["手机数码", "手机"])
    let case12 = face("2", "iPhone 12 手机壳 透明", brand: "图拉斯", category: ["手机数码", "手机壳"])
    let fruit = face("3", "红富士苹果 水果", category: ["生鲜", "水果"])
    var report = ShopReport(shop: "双语 shop", generated: 1_795_300_000)
    report.counts.products = 3
    report.counts.events = 40
    report.counts.baskets = 9
    report.model = ReportModel(name: "multilingual-e5-small", dimension: 384)
    report.samples = [
      SampleProduct(
        product: phone,
        similar: [
          ReportNeighbour(product: case12, score: 0.96),
          ReportNeighbour(product: fruit, score: 0.92),
        ],
        boughtTogether: [ReportNeighbour(product: case12, score: 0.41)],
        relations: [
          ReportRelation(
            type: "complement",
            entries: [
              .init(
                product: case12, probability: 0.934,
                evidence: [
                  .init(source: "made for", contribution: 2.4, detail: []),
                  .init(source: "category", contribution: -0.5, detail: ["手机", "手机壳"]),
                ])
            ])
        ])
    ]
    report.contentScores = Histogram(of: [0.96, 0.96, 0.92])
    report.basketScores = Histogram(of: [0.41])
    report.map = ProductMap(
      method: "PCA", explained: [0.2, 0.1], categories: ["手机数码", "生鲜"],
      points: [
        .init(x: -1, y: 0.5, category: 0, label: phone.title),
        .init(x: -0.9, y: 0.4, category: 0, label: case12.title),
        .init(x: 2, y: -1, category: 1, label: fruit.title),
      ])
    report.quality = quality(phone, case12)
    report.timings = [BuildTiming(step: "encode", seconds: 1.25, detail: "3 titles")]
    return report
  }

  private static func quality(_ first: ProductFace, _ second: ProductFace) -> QualityReport {
    var quality = QualityReport()
    quality.products = 3
    quality.files = [
      .init(
        name: "products.csv", format: "csv", encoding: "UTF-8", rows: 4, products: 3,
        rejects: ["missing_title": 1], mapping: [.init(column: "品牌", role: "brand")])
    ]
    quality.fields = [.init(name: "brand", products: 2, share: 2 / 3)]
    quality.attributes = [.init(name: "颜色", products: 1, share: 1 / 3)]
    let examples: [QualityReport.Example] = [first, second].map {
      .init(id: $0.id, title: $0.title, note: nil)
    }
    quality.nearDuplicateGroups = 1
    quality.nearDuplicateProducts = 2
    quality.nearDuplicates = [.init(size: 2, examples: examples)]
    quality.findings = [
      .init(
        kind: "price_outlier", label: "far from its category's", products: 1, examples: examples),
      .init(kind: "price_zero", label: "zero", products: 1, examples: examples),
      .init(kind: "bad_gtin", label: "bad check digit", products: 1, examples: examples),
    ]
    quality.languages = [.init(name: "zh", products: 3)]
    quality.categories = [.init(name: "手机数码 > 手机", products: 3)]
    return quality
  }

  /// `full` with `text` wherever a text from outside can stand.
  static func hostile(_ text: String) -> ShopReport {
    var report = full
    var face = face(text, text, brand: text, category: [text, text])
    face.description = text
    face.variant = text
    face.language = text
    face.price = Price(amount: 1, currency: text)
    let neighbour = ReportNeighbour(product: face, score: 0.5)
    report.shop = text
    report.samples = [
      SampleProduct(
        product: face, similar: [neighbour], boughtTogether: [neighbour],
        relations: [
          ReportRelation(
            type: "same",
            entries: [
              .init(
                product: face, probability: 0.5,
                evidence: [.init(source: text, contribution: 1, detail: [text])])
            ])
        ])
    ]
    report.map = ProductMap(
      method: "PCA", categories: [text],
      points: [.init(x: 0, y: 0, category: 0, label: text)])
    let example = QualityReport.Example(id: text, title: text, note: text)
    report.quality?.nearDuplicates = [.init(size: 2, examples: [example, example])]
    report.quality?.findings = [
      .init(kind: "price_outlier", label: text, products: 1, examples: [example]),
      .init(kind: text, label: text, products: 1, examples: [example]),
    ]
    report.quality?.languages = [.init(name: text, products: 1)]
    report.quality?.categories = [.init(name: text, products: 1)]
    report.quality?.attributes = [.init(name: text, products: 1, share: 0.5)]
    report.quality?.files = [
      .init(
        name: text, format: text, encoding: text, rows: 1, products: 1, rejects: [text: 1],
        mapping: [.init(column: text, role: text)])
    ]
    return report
  }

  /// Texts that try to leave the page's data, or to break whoever draws them.
  static let hostileTexts: [String] = [
    "</script><img src=x onerror=\"document.title='OWNED'\">",
    "</SCRIPT ><script>document.title='OWNED'</script>",
    "<!--<script>", "]]>", "{{scripts}} {{data}}", "\" onload=\"x", "' --> & &amp; &#60;",
    "line\u{2028}and\u{2029}paragraph", "zero\0byte \u{1}\u{7F}\u{FEFF}", "\\u003c/script>\\",
    "emoji 👩🏽‍🚀🍎🇨🇳 and 𠮷野家", "עברית ‏ \u{202E}evil\u{202C} العربية", "", " ",
    String(repeating: "长标题 long ", count: 1_250),
    "a" + String(repeating: "\u{0301}", count: 10_000), "__proto__", "toString",
  ]
}
