internal import Foundation

extension TrainingHistory {
  /// The learning curve as an SVG picture: the loss, and each measure on a scale of its own, by
  /// epoch; the epoch that was kept is marked.
  public func svg(width: Int = 640, height: Int = 360) -> String {
    let names = Set(epochs.flatMap(\.metrics.keys)).sorted()
    var series = [(name: "loss", values: epochs.map { Optional($0.loss) })]
    series += names.map { name in (name, epochs.map { $0.metrics[name] }) }
    let frame = Frame(width: Double(width), height: Double(height), epochs: epochs.count)
    let best = best.map(frame.mark) ?? ""
    let curves = series.enumerated().map { index, curve in
      frame.curve(curve.name, curve.values, index: index)
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      font-family="sans-serif" font-size="12" role="img" aria-label="Learning curve">
      <rect width="100%" height="100%" fill="#fff"/>
      \(frame.axis)
      \(best)
      \(curves.joined(separator: "\n"))
      </svg>

      """
  }
}

/// Where things go in the picture.
private struct Frame {
  static let colours = ["#1b6ca8", "#c8553d", "#3a7d44", "#8d5a97", "#b08900", "#444444"]

  let width: Double, height: Double
  let epochs: Int

  private var bottom: Double { height - 32 }

  func x(_ epoch: Int) -> Double {
    48 + (width - 220) * (epochs > 1 ? Double(epoch - 1) / Double(epochs - 1) : 0.5)
  }

  var axis: String {
    let line =
      "<line x1=\"40\" y1=\"\(bottom)\" x2=\"\(width - 164)\" y2=\"\(bottom)\" stroke=\"#999\"/>"
    let labels = Set([1, (epochs + 1) / 2, epochs]).sorted().filter { $0 > 0 }.map {
      "<text x=\"\(x($0))\" y=\"\(height - 14)\" text-anchor=\"middle\">\($0)</text>"
    }
    return line + labels.joined()
  }

  func mark(_ epoch: Int) -> String {
    "<line x1=\"\(x(epoch))\" y1=\"20\" x2=\"\(x(epoch))\" y2=\"\(bottom)\" "
      + "stroke=\"#ccc\" stroke-dasharray=\"4 3\"/>"
  }

  func curve(_ name: String, _ values: [Double?], index: Int) -> String {
    let colour = Self.colours[index % Self.colours.count]
    let known = values.compactMap(\.self).filter(\.isFinite)
    guard let low = known.min(), let high = known.max() else { return "" }
    let points = values.enumerated().compactMap { position, value -> String? in
      guard let value, value.isFinite else { return nil }
      let share = high > low ? (value - low) / (high - low) : 0.5
      let y = bottom - 8 - share * (bottom - 36)
      return String(format: "%.1f,%.1f", x(position + 1), y)
    }
    let range = String(format: "%.4g … %.4g", low, high)
    let label = name.filter { $0.isLetter || $0.isNumber || "@._- ".contains($0) }
    return """
      <polyline points="\(points.joined(separator: " "))" fill="none" stroke="\(colour)" \
      stroke-width="2"/><text x="\(width - 156)" y="\(32 + 18 * index)" \
      fill="\(colour)">\(label): \(range)</text>
      """
  }
}
