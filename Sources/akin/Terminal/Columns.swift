import AkinCatalogue
import AkinEngine
import Foundation

/// Lists of neighbours side by side, each cell cut to its column by display width.
struct Columns {
  struct Column {
    var title: String
    var items: [SimilarProducts.Item]
  }

  private let columns: [Column]
  private let width: Int

  init(_ columns: [Column], width: Int = Terminal.width) {
    self.columns = columns
    self.width = max(30, (width - 2 * columns.count) / columns.count)
  }

  func rendered() -> String {
    let rule = String(repeating: "─", count: width)
    var lines = [
      line(columns.map(\.title)), line(columns.map { _ in rule }),
    ]
    let height = max(1, columns.map(\.items.count).max() ?? 0)
    for row in 0..<height {
      lines.append(
        line(
          columns.map { column in
            if row < column.items.count { return cell(column.items[row]) }
            return row == 0 ? "(none)" : ""
          }))
    }
    return lines.joined(separator: "\n")
  }

  private func line(_ cells: [String]) -> String {
    let padded = cells.map { DisplayWidth.pad($0, to: width) }.joined(separator: "  ")
    return ("  " + padded).replacing(/\ +$/, with: "")
  }

  private func cell(_ item: SimilarProducts.Item) -> String {
    let score = String(format: "%.3f", item.score)
    var title = item.title
    if let variant = item.variant, !title.contains(variant) { title += ", \(variant)" }
    if let others = item.sameText { title += " (+\(others.formatted()) alike)" }
    return "\(score)  \(item.id)  \(title)"
  }
}
