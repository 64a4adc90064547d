import Foundation
import Testing

@testable import AkinReport

@Suite struct SheetPageTests {
  private func page(_ blocks: [Sheet.Block], title: String = "ease") -> String {
    var sheet = Sheet(eyebrow: "Evaluation", title: title, made: "train.txt")
    sheet.figures = [.init("0.28", "Recall at 20")]
    sheet.sections = [.init("Metrics", short: "Metrics", lead: "Means", blocks)]
    return String(decoding: SheetPage.render(sheet), as: UTF8.self)
  }

  @Test func textsAreDataNeverMarkup() {
    let wicked = "<script>alert(1)</script>&\"'"
    let text = page(
      [
        .words([wicked]), .table(.init(wicked, columns: [wicked], rows: [[wicked]])),
        .intervals(.init(wicked, [.init(wicked, mean: 0.2, lower: 0.1, upper: 0.3)])),
        .curves(
          .init(wicked, xLabel: wicked, [.init(wicked, [(1, 0.1), (2, 0.2)])])),
        .bars(.init(wicked, series: [wicked], [.init(wicked, note: wicked, [0.5])])),
      ], title: wicked)
    #expect(!text.contains("<script"))
    #expect(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"))
  }

  /// No script, no style attribute, nothing fetched: the policy admits one style by its digest.
  @Test func thePageNeedsNothingElse() {
    let text = page([.words(["One."])])
    #expect(text.contains("default-src 'none'"))
    #expect(text.contains("style-src 'sha256-"))
    for part in [" style=\"", "http:", "https:", "<script"] { #expect(!text.contains(part)) }
  }

  @Test func positionsAreSharesOfTheWidth() {
    // 0.1 to 0.3 on a scale from 0.1 to 0.3: the mean stands in the middle.
    let text = page([
      .intervals(.init("NDCG", [.init("ease", mean: 0.2, lower: 0.1, upper: 0.3, isMarked: true)]))
    ])
    #expect(text.contains("<circle cx=\"50.00%\""))
    #expect(text.contains("x1=\"0.00%\" x2=\"100.00%\" y1=\"9\""))
    #expect(text.contains("0.2000 (0.1000 – 0.3000)"))
  }

  @Test func barsOfBothSignsBeginAtZero() {
    let text = page([.bars(.init("Lift", series: ["a", "b"], [.init("lift", [-1, 3])]))])
    #expect(text.contains("x=\"0.00%\" y=\"1\" width=\"25.00%\""))
    #expect(text.contains("x=\"25.00%\" y=\"1\" width=\"75.00%\""))
  }

  @Test func whatIsNoNumberIsNotDrawn() {
    let text = page([
      .intervals(.init("NDCG", [.init("ease", mean: .nan, lower: 0, upper: 1)])),
      .bars(.init("Recall", series: ["a"], [.init("new", [nil]), .init("old", [.infinity])])),
      .curves(.init("Recall", xLabel: "k", [.init("a", [])])),
    ])
    #expect(!text.contains("nan") && !text.contains("inf%") && !text.contains("<polyline"))
  }

  static let scales: [([Double], [Double])] = [
    ([0.1, 0.3], [0.1, 0.15, 0.2, 0.25, 0.3]), ([5, 5], [4, 6]), ([0, 47], [0, 20, 40, 60]),
  ]

  @Test(arguments: scales) func ticksAreRound(_ values: [Double], _ ticks: [Double]) {
    let scale = SheetCharts.Scale(covering: values)
    #expect(scale.low <= (values.min() ?? 0) && scale.high >= (values.max() ?? 0))
    #expect(scale.ticks.first.map { $0 <= (ticks.first ?? 0) + 1e-9 } == true)
    if values != [5, 5] {
      #expect(scale.ticks.count == ticks.count)
      #expect(zip(scale.ticks, ticks).allSatisfy { abs($0 - $1) < 1e-9 })
    }
  }
}
