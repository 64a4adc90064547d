import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import AkinEngine
@testable import AkinServer

/// The map, the evaluation and the plots. Of the same suite, so that one browser runs at a time.
extension BrowserTests {
  private static let hasCharts = PageRoutes.installedCharts != nil

  /// The dark pixels of a canvas: an empty one has none.
  private static func drawn(_ selector: String) -> String {
    """
    (() => { const c = document.querySelector('\(selector)');
      const pixels = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
      let count = 0; for (let i = 3; i < pixels.length; i += 4) count += pixels[i] > 0; return count; })()
    """
  }

  @Test(.enabled(if: hasCharts, "set-up brought no chart library: run `make setup`"))
  func theOverviewPlotsTrafficBesideItsTable() async throws {
    try await Self.visit(TestShop()) { _, browser, server in
      try browser.open(server + "/#/overview")
      try browser.wait(for: "document.querySelectorAll('.plot[data-drawn]').length >= 2")
      #expect(try #require(try browser.run(Self.drawn(".plot canvas")) as? Int) > 500)
      // The last day's six purchases, for whoever does not see the plot.
      try browser.wait(
        for: "[...document.querySelectorAll('.plot td')].some((cell) => cell.textContent === '6')")
      #expect(browser.complaints.isEmpty, "\(browser.complaints)")
    }
  }

  @Test func withoutTheLibraryThereAreTables() async throws {
    try await Self.visit(TestShop(charts: nil)) { _, browser, server in
      try browser.open(server + "/#/overview")
      try browser.wait(for: "document.querySelector('.plot details[open] table')")
      try browser.wait(for: "document.body.innerText.includes('make setup')")
    }
  }

  @Test func theEvaluationShowsWhatWasTrainedAndKept() async throws {
    let shop = try TestShop.withHistories()
    _ = try shop.shop.train(progress: SilentProgress())
    try EvaluationTests.keepEvaluation(in: shop)
    try await Self.visit(shop) { _, browser, server in
      try browser.open(server + "/#/evaluation", width: 390)
      try browser.wait(for: "document.body.innerText.includes('the trained recommenders')")
      try browser.wait(for: "document.body.innerText.includes('train.txt, test.txt')")
      let words = try browser.run("document.querySelector('main').textContent") as? String ?? ""
      #expect(words.contains("habit") && words.contains("new shoppers"), "\(words)")
      #expect(words.contains("0.25 (0.2 – 0.3)"), "\(words)")
      #expect(words.contains("akin relate train") && words.contains("akin search-train"))
      // The other kind of list has other figures.
      let before = try browser.run("document.querySelector('.plot table').textContent") as? String
      try browser.run(
        """
        (() => { const choice = document.querySelector('main select'); choice.selectedIndex = 1;
          choice.dispatchEvent(new Event('change')); })()
        """)
      let after = try browser.run("document.querySelector('.plot table').textContent") as? String
      #expect(before != after && after?.contains("Blend") == true)
      #expect(browser.complaints.isEmpty, "\(browser.complaints)")
    }
  }

  @Test func theMapFindsFiltersZoomsAndOpens() async throws {
    try await Self.visit(TestShop()) { _, browser, server in
      try browser.open(server + "/#/map")
      try browser.wait(for: "\(Self.drawn("canvas.map")) > 50")
      // A product that was found lies in the middle; a click there opens it.
      try browser.run(
        """
        (() => { const box = document.getElementById('map-find'); box.value = 'charger';
          box.dispatchEvent(new Event('input')); })()
        """)
      try browser.wait(for: "document.querySelectorAll('.finder button').length === 1")
      try browser.run("document.querySelector('.finder button').click()")
      try browser.wait(for: "document.querySelector('.tip:not([hidden])')")
      #expect(
        try browser.run("document.querySelector('.tip').innerText.includes('phone charger')")
          as? Bool == true)
      let whole = try #require(try browser.run(Self.drawn("canvas.map")) as? Int)
      let middle =
        try #require(
          try browser.run(
            """
            (() => { const box = document.querySelector('canvas.map').getBoundingClientRect();
              return [box.left + box.width / 2, box.top + box.height / 2]; })()
            """) as? [Double])
      // The wheel zooms around the pointer, so that the product stays under it.
      try browser.mouse("mouseWheel", x: middle[0], y: middle[1], wheel: -300)
      try browser.wait(for: "document.querySelector('.tip').hidden")
      try browser.wait(for: "\(Self.drawn("canvas.map")) !== \(whole)")
      // Filtering by the brand that all products have, and back.
      try browser.run("document.querySelector('.legend button').click()")
      #expect(
        try browser.run("document.querySelector('.legend button').ariaPressed") as? String
          == "true")
      try browser.run("document.querySelector('.legend button').click()")
      for type in ["mouseMoved", "mousePressed", "mouseReleased"] {
        try browser.mouse(type, x: middle[0], y: middle[1])
      }
      try browser.wait(for: "document.querySelector('h1').innerText === 'phone charger'")
      #expect(browser.complaints.isEmpty, "\(browser.complaints)")
    }
  }

  @Test func theMapIsWalkedWithTheKeyboard() async throws {
    try await Self.visit(TestShop()) { _, browser, server in
      try browser.open(server + "/#/map")
      try browser.wait(for: "\(Self.drawn("canvas.map")) > 50")
      // From the skip link on, the map and its buttons are reached by Tab alone.
      var reached: Set<String> = []
      for _ in 0..<30 {
        try browser.press("Tab")
        let name =
          try browser.run(
            "document.activeElement.className || document.activeElement.ariaLabel || document.activeElement.id"
          ) as? String ?? ""
        reached.insert(name)
      }
      #expect(reached.isSuperset(of: ["map", "Zoom in", "Zoom out", "Show all", "map-find"]))
      try browser.run("document.querySelector('canvas.map').focus()")
      let before = try #require(try browser.run(Self.drawn("canvas.map")) as? Int)
      try browser.press("+")
      try browser.wait(for: "\(Self.drawn("canvas.map")) !== \(before)")
      for key in ["ArrowLeft", "ArrowUp", "-"] { try browser.press(key) }
      try browser.press(" ")
      try browser.wait(for: "document.querySelector('.mapped [role=status] a')")
      let title =
        try browser.run("document.querySelector('.mapped [role=status] a').innerText") as? String
      try browser.press("Enter")
      try browser.wait(for: "document.querySelector('h1').innerText === '\(title ?? "")'")
    }
  }

  @Test func anExperimentIsMadeStartedReadAndStopped() async throws {
    try await Self.visit(TestShop()) { shop, browser, server in
      try browser.open(server + "/#/experiments", width: 390)
      try browser.wait(for: "document.querySelector('.head .main')")
      try browser.run("document.querySelector('.head .main').click()")
      try browser.wait(for: "document.querySelectorAll('form fieldset').length === 2")
      try browser.run(
        """
        (() => { const form = document.querySelector('form.panel');
          form.querySelector('input').value = 'popular for all';
          form.querySelectorAll('input[type=number]')[0].value = '50';
          form.querySelectorAll('fieldset')[1].querySelector('select').value = 'popular';
          form.requestSubmit(); })()
        """)
      try browser.wait(
        for: "document.querySelector('.rule strong')?.innerText === 'popular for all'")
      let made = try #require(shop.shop.experiments.first)
      #expect(made.plan.share == 0.5 && made.plan.variants.map(\.ranker) == ["default", "popular"])
      let press = { (name: String) in
        try browser.run(
          "[...document.querySelectorAll('.rule button')].find((b) => b.innerText === '\(name)').click()"
        )
      }
      _ = try press("Start")
      try browser.wait(for: "document.querySelector('.rule .chip').innerText === 'running'")
      #expect(shop.shop.experiments.first?.state == .running)
      // Nobody was exposed yet, and the page says so instead of drawing nothing.
      try browser.wait(for: "document.querySelector('main').innerText.includes('too few shoppers')")
      _ = try press("Stop")
      try browser.wait(for: "document.querySelector('.rule .chip').innerText === 'stopped'")
      #expect(browser.complaints.isEmpty, "\(browser.complaints)")
    }
  }
}
