internal import Foundation

/// Renders a ``Sheet`` into one HTML page that needs nothing else, not even a script.
///
/// The Content-Security-Policy admits the page's own style by its SHA-256 and nothing else.
/// Positions in charts are shares of the width, so that a telephone shows the same words in the
/// same size.
public enum SheetPage {
  /// The page, UTF-8. The same sheet gives the same bytes.
  public static func render(_ sheet: Sheet) -> [UInt8] {
    let style = PackageResources.page_css + PackageResources.sheet_css
    let digest = Data(SHA256.digest(style)).base64EncodedString()
    let policy =
      "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-\(digest)'"
    var page = Markup()
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy)\">\n")
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
    page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n")
    page.element("title", sheet.title + " · Akin")
    page.raw("\n<style>")
    page.bytes(style)
    page.raw("</style>\n</head>\n<body>\n")
    header(sheet, &page)
    page.raw("<main class=\"wide sheet\">\n")
    for (number, section) in sheet.sections.enumerated() { part(section, number, &page) }
    page.raw("</main>\n<footer class=\"wide\"><p>Made by Akin. This file holds everything it")
    page.raw(" shows and asks nothing of the network.</p></footer>\n</body>\n</html>\n")
    return page.text
  }

  private static func header(_ sheet: Sheet, _ page: inout Markup) {
    page.raw("<header class=\"top\">\n<div class=\"bar\">\n<span class=\"mark\">")
    page.raw("<svg viewBox=\"0 0 34 22\" aria-hidden=\"true\"><circle cx=\"11\" cy=\"11\"")
    page.raw(" r=\"9.5\"></circle><circle cx=\"23\" cy=\"11\" r=\"9.5\"></circle></svg>")
    page.raw("Akin</span>\n")
    page.raw("<nav aria-label=\"Sections\">")
    for (number, section) in sheet.sections.enumerated() {
      guard let name = section.shortTitle else { continue }
      page.element("a", name, " href=\"#part-\(number)\"")
    }
    page.raw("</nav>\n</div>\n<div class=\"wide intro\">\n")
    page.element("p", sheet.eyebrow, " class=\"eyebrow\"")
    page.element("h1", sheet.title, " dir=\"auto\"")
    page.element("p", sheet.made, " class=\"made\"")
    if !sheet.figures.isEmpty {
      page.raw("<dl class=\"figures\">")
      for figure in sheet.figures {
        page.raw("<div>")
        page.element("dd", figure.value)
        page.element("dt", figure.label)
        page.raw("</div>")
      }
      page.raw("</dl>\n")
    }
    page.raw("</div>\n</header>\n")
  }

  private static func part(_ section: Sheet.Section, _ number: Int, _ page: inout Markup) {
    page.raw("<section id=\"part-\(number)\" aria-labelledby=\"part-\(number)-title\">\n")
    page.element("h2", section.title, " id=\"part-\(number)-title\"")
    if let lead = section.lead { page.element("p", lead, " class=\"lead\"") }
    page.raw("<div class=\"blocks\">\n")
    for block in section.blocks {
      switch block {
      case .words(let paragraphs):
        guard !paragraphs.isEmpty else { continue }
        page.raw("<div class=\"panel words whole\">")
        for paragraph in paragraphs { page.element("p", paragraph) }
        page.raw("</div>\n")
      case .intervals(let chart): SheetCharts.draw(chart, &page)
      case .curves(let chart): SheetCharts.draw(chart, &page)
      case .bars(let chart): SheetCharts.draw(chart, &page)
      case .table(let table): draw(table, &page)
      }
    }
    page.raw("</div>\n</section>\n")
  }

  private static func draw(_ table: SheetTable, _ page: inout Markup) {
    page.raw("<div class=\"panel whole\">")
    if let title = table.title { page.element("h3", title) }
    page.raw("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>")
    func kind(_ column: Int) -> String {
      table.wordColumns.contains(column) ? " class=\"word\"" : ""
    }
    for (column, head) in table.columns.enumerated() {
      page.element("th", head, " scope=\"col\"" + kind(column))
    }
    page.raw("</tr></thead><tbody>")
    for (number, row) in table.rows.enumerated() {
      page.raw(number == table.marked ? "<tr class=\"chosen\">" : "<tr>")
      for (column, cell) in row.enumerated() {
        column == 0
          ? page.element("th", cell, " scope=\"row\" class=\"word\"")
          : page.element("td", cell, kind(column))
      }
      page.raw("</tr>")
    }
    page.raw("</tbody></table></div></div>\n")
  }
}

/// HTML as it grows.
struct Markup {
  private(set) var text: [UInt8] = []

  /// Our own markup.
  mutating func raw(_ markup: String) { text += Array(markup.utf8) }

  /// Our own bytes.
  mutating func bytes(_ bytes: [UInt8]) { text += bytes }

  /// An element around text from outside.
  mutating func element(_ name: String, _ content: String, _ attributes: String = "") {
    raw("<\(name)\(attributes)>\(ReportPage.escaped(content))</\(name)>")
  }
}
