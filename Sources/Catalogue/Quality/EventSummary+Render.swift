import Foundation

extension EventSummary {
  /// The summary for a terminal of `width` columns (at least 60), without colours; empty where no
  /// log was read.
  package func render(width: Int = 80) -> String {
    var page = Page(width: max(60, width))
    guard !files.isEmpty else { return page.text }
    page.section("Event files")
    for file in files { page.file(file) }
    page.section("Events, \(Page.number(events))")
    let whole = Double(max(events, 1))
    for (type, count) in types.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      page.bar(type, Double(count) / whole, count)
    }
    if repeated > 0 {
      page.line("  \(Page.count(repeated, "event", "events")) left out, read before")
    }
    if unknownProducts > 0 {
      let unknown = Page.count(unknownProducts, "event names", "events name")
      page.line("  \(unknown) a product that the catalogue lacks; kept")
    }
    if let earliest, let latest {
      page.line("  from \(Self.day(earliest)) to \(Self.day(latest)), UTC")
    }
    return page.text
  }

  private static func day(_ time: Double) -> String {
    Date(timeIntervalSince1970: time).formatted(.iso8601.year().month().day())
  }
}
