extension QualityReport {
  /// The report for a terminal of `width` columns (at least 60), without colours.
  public func render(width: Int = 80) -> String {
    var page = Page(width: max(60, width))
    renderFiles(&page)
    page.section("Filled fields, \(Page.count(products, "product", "products"))")
    for fill in fields where fill.products > 0 { page.bar(fill.name, fill.share, fill.products) }
    let missing = fields.filter { $0.products == 0 }.map(\.name)
    if !missing.isEmpty { page.line("  missing everywhere: " + missing.joined(separator: ", ")) }
    renderAttributes(&page)
    renderCounts(&page)
    renderDuplicates(&page)
    renderFindings(&page)
    return page.text
  }

  private func renderFiles(_ page: inout Page) {
    page.section("Files")
    for file in files {
      let kind = [file.format, file.encoding].compactMap { $0 }.joined(separator: ", ")
      page.line("  \(file.name) (\(kind))")
      page.line(
        "    \(Page.count(file.rows, "row", "rows")), \(Page.number(file.products)) taken, "
          + "\(Page.number(file.rejects.values.reduce(0, +))) refused")
      for (reason, count) in file.rejects.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
        page.line("      \(Page.number(count)) \(reason.replacing("_", with: " "))")
      }
      let chosen = file.mapping.filter { !$0.role.hasPrefix("attribute ") && $0.role != "ignored" }
      page.wrapped(chosen.map { "\($0.role)=\($0.column)" }, indent: 4)
    }
  }

  private func renderAttributes(_ page: inout Page) {
    guard !attributes.isEmpty else { return }
    page.section("Attributes, \(Page.count(attributeNames, "name", "names"))")
    for fill in attributes.prefix(12) { page.bar(fill.name, fill.share, fill.products) }
    if attributeNames > 12 { page.line("  and \(Page.number(attributeNames - 12)) more") }
  }

  private func renderCounts(_ page: inout Page) {
    let whole = Double(max(products, 1))
    if !languages.isEmpty {
      page.section("Languages")
      for count in languages.prefix(6) {
        page.bar(count.name, Double(count.products) / whole, count.products)
      }
    }
    if !categories.isEmpty {
      page.section("Categories, \(Page.count(categoryPaths, "path", "paths"))")
      for count in categories.prefix(8) {
        page.bar(count.name, Double(count.products) / whole, count.products)
      }
    }
    page.section("Titles")
    page.line(
      "  characters: \(titleLengths.shortest) to \(titleLengths.longest), "
        + "median \(titleLengths.median), mean \(titleLengths.mean)")
  }

  private func renderDuplicates(_ page: inout Page) {
    page.section("Duplicates")
    let repeated = Page.count(exactDuplicates, "row repeats", "rows repeat")
    page.line("  \(repeated) an identifier; the later one won")
    let groups = Page.count(nearDuplicateGroups, "group looks", "groups look")
    page.line(
      "  \(groups) like one product each, \(Page.number(nearDuplicateProducts)) in all; kept")
    for group in nearDuplicates.prefix(3) {
      page.line("    group of \(Page.number(group.size)):")
      for example in group.examples.prefix(3) { page.line("      \(example.id)  \(example.title)") }
    }
  }

  private func renderFindings(_ page: inout Page) {
    page.section("Findings")
    if findings.isEmpty { page.line("  nothing looks wrong") }
    for finding in findings {
      page.line("  \(Page.number(finding.products)) \(finding.label)")
      for example in finding.examples.prefix(2) {
        let note = example.note.map { " (\($0))" } ?? ""
        page.line("      \(example.id)  \(example.title)\(note)")
      }
    }
  }
}

/// Lines of a terminal page.
private struct Page {
  let width: Int
  private(set) var text = ""

  init(width: Int) { self.width = width }

  /// With thousands separated, so that long counts can be read.
  static func number(_ value: Int) -> String {
    let digits = String(value)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0, digit != "-" { result.append(",") }
      result.append(digit)
    }
    return result
  }

  /// `1 row`, `2 rows`.
  static func count(_ value: Int, _ one: String, _ many: String) -> String {
    "\(number(value)) \(value == 1 ? one : many)"
  }

  mutating func line(_ content: String) { text += DisplayWidth.cut(content, to: width) + "\n" }

  mutating func section(_ title: String) {
    if !text.isEmpty { text += "\n" }
    line(title)
  }

  mutating func bar(_ name: String, _ share: Double, _ count: Int) {
    let room = max(10, width - 2 - 26 - 1 - 7 - 1 - 11)
    let eighths = Int((share * Double(room) * 8).rounded())
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let bar = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    let percent = String((share * 1000).rounded() / 10) + "%"
    let figures = Self.left(percent, 7) + " " + Self.left(Self.number(count), 11)
    line("  " + DisplayWidth.pad(name, to: 26) + " " + DisplayWidth.pad(bar, to: room) + figures)
  }

  private static func left(_ content: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - content.count)) + content
  }

  mutating func wrapped(_ words: [String], indent: Int) {
    let margin = String(repeating: " ", count: indent)
    var current = margin
    for word in words {
      if DisplayWidth.of(current) + DisplayWidth.of(word) + 2 > width, current != margin {
        line(current)
        current = margin
      }
      current += (current == margin ? "" : "  ") + word
    }
    if current != margin { line(current) }
  }
}
