import AkinEngine
import AkinRanking
import AkinStorage
import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import AkinServer

/// The dashboard and the shop window in a real browser. Skipped where there is none.
@Suite(.enabled(if: BrowserSession.path != nil, "no chromium in the search path"), .serialized)
struct BrowserTests {
  private func visit(_ body: @escaping @Sendable (TestShop, BrowserSession, String) throws -> Void)
    async throws
  {
    try await Self.visit(TestShop(), body)
  }

  /// A shop on a port, and a browser.
  static func visit(
    _ shop: TestShop, _ body: @escaping @Sendable (TestShop, BrowserSession, String) throws -> Void
  ) async throws {
    try await shop.fill(TestShop.titles)
    for basket in 0..<3 {
      let events = ["p0", "p7"].map {
        #"{"event":"purchase","user_id":"u","transaction_id":"t\#(basket)","item_id":"\#($0)"}"#
      }
      _ = try await shop.ask(.post, "/v1/events", "[\(events.joined(separator: ","))]")
    }
    try shop.shop.rebuild(progress: SilentProgress())
    try await shop.server.application().test(.live) { client in
      try body(shop, try BrowserSession(), "http://localhost:\(client.port ?? 0)")
    }
  }

  static let pages = [
    "/#/overview", "/#/products", "/#/products/p0", "/#/map", "/#/shopper", "/#/rules",
    "/#/experiments", "/#/evaluation", "/#/jobs", "/#/keys",
    "/demo#/home", "/demo#/product/p0", "/demo#/basket", "/demo#/search/coat",
  ]

  @Test func everyPageLoadsAtEverySizeInBothLanguages() async throws {
    try await visit { _, browser, server in
      for page in Self.pages {
        for width in [1_280, 360] {
          try browser.open(server + page, width: width)
          try browser.wait(for: "document.querySelector('main h1')")
          let text = try browser.run("document.body.innerText") as? String ?? ""
          #expect(!text.contains("failed:") && !text.contains("[object"), "\(page): \(text)")
          #expect(!text.contains("undefined") && !text.contains("NaN"), "\(page): \(text)")
          let overflow =
            try browser.run(
              "document.documentElement.scrollWidth - document.documentElement.clientWidth") as? Int
          #expect(overflow == 0, "\(page) at \(width): \(overflow ?? -1) too wide")
          #expect(browser.complaints.isEmpty, "\(page): \(browser.complaints)")
        }
        let before = try browser.run("document.querySelector('nav').innerText") as? String
        try browser.run("document.getElementById('language').click()")
        try browser.wait(
          for: "document.querySelector('nav').innerText !== \(Self.quoted(before ?? ""))")
        try browser.run("document.getElementById('language').click()")
      }
    }
  }

  @Test func aMissingProductIsExplained() async throws {
    try await visit { _, browser, server in
      try browser.open(server + "/#/products/p0")
      try browser.wait(for: "document.querySelector('form')")
      try browser.run("document.querySelector('form input').value = 'p0'")
      try browser.run("document.querySelector('form').requestSubmit()")
      try browser.wait(for: "document.querySelector('main').innerText.includes('product itself')")
    }
  }

  /// Completes, finds, says what it gave up, and narrows by a facet, on both pages.
  @Test(arguments: ["/#/products", "/demo#/home"])
  func searchBoxesSearch(page: String) async throws {
    try await visit { _, browser, server in
      let input = page.hasPrefix("/demo") ? "#words" : "#search"
      try browser.open(server + page)
      try browser.wait(
        for: "document.querySelector('\(input)') && document.querySelector('main h1')")
      try browser.run(
        """
        (() => { const box = document.querySelector('\(input)'); box.focus(); box.value = 'pho';
          box.dispatchEvent(new Event('input')); })()
        """)
      try browser.wait(
        for: "document.querySelectorAll('.completions:not([hidden]) li').length >= 3")
      try browser.press("ArrowDown")
      try browser.wait(for: "document.querySelector('.completions [aria-selected=true]')")
      try browser.run(
        """
        (() => { const box = document.querySelector('\(input)'); box.value = 'purple fone case';
          box.blur(); box.form.requestSubmit(); })()
        """)
      try browser.wait(for: "document.querySelector('.relaxed')?.innerText.includes('purple')")
      try browser.wait(
        for:
          "[...document.querySelectorAll('.found li')].some((l) => l.innerText.includes('phone case'))"
      )
      try browser.wait(for: "document.querySelector('.found mark')")
      try browser.run(
        """
        (() => { const box = document.querySelector('\(input)'); box.value = 'coat';
          box.form.requestSubmit(); })()
        """)
      try browser.wait(
        for:
          "!document.querySelector('.relaxed') && document.querySelectorAll('.found mark').length >= 2"
      )
    }
  }

  @Test func aRuleIsPreviewedSavedAndSwitchedOff() async throws {
    try await visit { shop, browser, server in
      try browser.open(server + "/#/rules")
      try browser.wait(for: "document.querySelector('.head .main')")
      try browser.run("document.querySelector('.head .main').click()")
      try browser.wait(for: "document.querySelector('form.panel select')")
      try browser.run(
        """
        (() => { const type = document.querySelector('form.panel select'); type.value = 'hide';
          type.dispatchEvent(new Event('change')); })()
        """)
      func fill(_ label: String, _ value: String) throws {
        try browser.run(
          """
          [...document.querySelectorAll('label')].find((l) => l.innerText.startsWith('\(label)'))
            .querySelector('input').value = '\(value)'
          """)
      }
      try fill("Identifier", "hide-coat")
      try fill("Products", "p0")
      try browser.run(
        "[...document.querySelectorAll('button')].find((b) => b.innerText === 'Preview').click()")
      try browser.wait(for: "document.body.innerText.includes('hid 1 (p0)')")
      #expect(shop.shop.rules.isEmpty)
      try browser.run("document.querySelector('form.panel').requestSubmit()")
      try browser.wait(for: "document.querySelector('.rule strong')?.innerText === 'hide-coat'")
      #expect(shop.shop.rules.map(\.id) == ["hide-coat"])
      try browser.run("document.querySelector('.rule input').click()")
      try browser.wait(for: "document.querySelector('.rule.off')")
      #expect(shop.shop.rules.first?.active == false)
    }
  }

  @Test func theShopWindowLearnsFromClicks() async throws {
    try await visit { shop, browser, server in
      let before = try shop.shop.store.eventCount()
      try browser.open(server + "/demo")
      try browser.wait(for: "document.querySelector('.card')")
      try browser.run("document.querySelector('.card').click()")
      try browser.wait(
        for: "document.querySelector('.detail .main') && document.querySelector('.shelf .card')")
      try browser.run("document.querySelector('.detail .main').click()")
      try browser.wait(for: "document.querySelector('nav').innerText.includes('Basket 1')")
      try browser.run("location.hash = '#/basket'")
      try browser.wait(for: "document.querySelector('.buttons .main')")
      try browser.run("document.querySelector('.buttons .main').click()")
      try browser.wait(for: "document.body.innerText.includes('Your basket is empty')")
      #expect(try shop.shop.store.eventCount() == before + 3)
      try browser.run("location.hash = '#/home'")
      try browser.wait(for: "document.body.innerText.includes('For you')")
      // What was looked at is shown, and the shelf of the next product says what is new on it.
      try browser.wait(for: "document.querySelectorAll('.trail a').length === 1")
      let first = try browser.run("document.querySelector('.trail a').title") as? String ?? ""
      try browser.run(
        "[...document.querySelectorAll('.card')].find((c) => !c.innerText.includes('\(first)')).click()"
      )
      try browser.wait(for: "document.body.innerText.includes('For you, after this click')")
      try browser.run("location.hash = '#/home'")
      try browser.wait(for: "document.querySelectorAll('.trail a').length === 2")
      #expect(browser.complaints.isEmpty, "\(browser.complaints)")
    }
  }

  @Test func theKeyboardReachesTheContentFirst() async throws {
    try await visit { _, browser, server in
      try browser.open(server + "/#/overview")
      try browser.wait(for: "document.querySelector('main h1')")
      try browser.press("Tab")
      #expect(try browser.run("document.activeElement.id") as? String == "skip")
      try browser.press("Enter")
      try browser.run("document.activeElement.click()")
      #expect(try browser.run("document.activeElement.id") as? String == "main")
    }
  }

  private static func quoted(_ text: String) -> String {
    let data = try? JSONSerialization.data(withJSONObject: [text])
    return data.map { String(decoding: $0, as: UTF8.self) + "[0]" } ?? "''"
  }
}
