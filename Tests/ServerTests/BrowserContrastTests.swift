import Foundation
import Testing

@testable import AkinServer

/// Whether what is written can be read. Of the same suite, so that one browser runs at a time.
extension BrowserTests {
  /// Texts whose contrast with what lies behind them is below WCAG 2.2's AA: 4.5 to 1, of large
  /// letters 3 to 1. What is hidden or disabled does not count.
  private static let faint = """
    (() => {
      const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
      const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
      const light = (color) => {
        const [r, g, b] = color.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const chain = (element) => { const all = []; for (; element; element = element.parentElement) all.push(getComputedStyle(element)); return all; };
      const faint = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const element = walker.currentNode.parentElement, words = walker.currentNode.data.trim();
        if (!words || !element.checkVisibility() || element.closest('noscript, option, .skip, .hidden, :disabled')) continue;
        const styles = chain(element);
        const behind = styles.map((style) => parse(style.backgroundColor)).reduceRight((below, top) => over(top, below), [255, 255, 255]);
        const opacity = styles.reduce((product, style) => product * Number(style.opacity), 1);
        const color = parse(styles[0].color);
        const [more, less] = [light(over([color[0], color[1], color[2], color[3] * opacity], behind)), light(behind)].sort((a, b) => b - a);
        const isLarge = parseFloat(styles[0].fontSize) >= 24;
        if ((more + 0.05) / (less + 0.05) < (isLarge ? 3 : 4.5)) faint.push(words.slice(0, 30));
      }
      return faint;
    })()
    """

  @Test func textIsReadableInLightAndDark() async throws {
    let shop = try TestShop.withHistories()
    try EvaluationTests.keepEvaluation(in: shop)
    try await Self.visit(shop) { _, browser, server in
      for scheme in ["light", "dark"] {
        try browser.prefer(scheme)
        for page in Self.pages {
          try browser.open(server + page)
          try browser.wait(for: "document.querySelector('main h1')")
          let faint = try #require(try browser.run(Self.faint) as? [String])
          #expect(faint.isEmpty, "\(page), \(scheme): \(faint)")
        }
        // The measure itself can fail.
        try browser.run(
          """
          (() => { const faint = document.createElement('p'); faint.textContent = 'faint';
            faint.style.opacity = 0.3; document.querySelector('main').append(faint); })()
          """)
        #expect(try browser.run(Self.faint) as? [String] == ["faint"])
      }
    }
  }
}
