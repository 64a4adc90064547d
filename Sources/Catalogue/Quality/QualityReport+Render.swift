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
      page.file(file, isRole: { !$0.hasPrefix("attribute ") })
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
