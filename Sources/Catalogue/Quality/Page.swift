/// Lines of a terminal page.
struct Page {
  let width: Int
  private(set) var text = ""

  init(width: Int) { self.width = width }

  static func number(_ value: Int) -> String { NumberText.grouped(value) }

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

  /// A file with its rows, what was refused of them, and what its columns were taken for.
  mutating func file(_ file: QualityReport.File, isRole: (String) -> Bool = { _ in true }) {
    let kind = [file.format, file.encoding].compactMap { $0 }.joined(separator: ", ")
    line("  \(file.name) (\(kind))")
    line(
      "    \(Self.count(file.rows, "row", "rows")), \(Self.number(file.products)) taken, "
        + "\(Self.number(file.rejects.values.reduce(0, +))) refused")
    for (reason, count) in file.rejects.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      line("      \(Self.number(count)) \(reason.replacing("_", with: " "))")
    }
    let chosen = file.mapping.filter { $0.role != "ignored" && isRole($0.role) }
    wrapped(chosen.map { "\($0.role)=\($0.column)" }, indent: 4)
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
