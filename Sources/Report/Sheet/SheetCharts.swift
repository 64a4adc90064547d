internal import Foundation

/// The charts of a ``Sheet`` as SVG whose positions are shares of the width.
enum SheetCharts {
  /// Colours there are for series; further ones begin again.
  private static let colours = 6

  // MARK: Intervals

  static func draw(_ chart: IntervalChart, _ page: inout Markup) {
    let rows = chart.rows.filter { [$0.mean, $0.lower, $0.upper].allSatisfy(\.isFinite) }
    guard !rows.isEmpty else { return }
    let scale = Scale(covering: rows.flatMap { [$0.lower, $0.upper, $0.mean] })
    page.raw("<div class=\"panel\">")
    page.element("h3", chart.title)
    page.raw("<ul class=\"spans\">")
    for row in rows {
      page.raw(row.isMarked ? "<li class=\"chosen\">" : "<li>")
      page.element("span", row.name, " class=\"label\"")
      page.element(
        "span", "\(short(row.mean)) (\(short(row.lower)) – \(short(row.upper)))",
        " class=\"value\"")
      page.raw("<svg height=\"18\" aria-hidden=\"true\">")
      for tick in scale.ticks {
        let x = scale.percent(tick)
        page.raw("<line class=\"axis\" x1=\"\(x)\" x2=\"\(x)\" y1=\"0\" y2=\"18\"></line>")
      }
      page.raw("<line class=\"span\" x1=\"\(scale.percent(row.lower))\"")
      page.raw(" x2=\"\(scale.percent(row.upper))\" y1=\"9\" y2=\"9\"></line>")
      page.raw("<circle cx=\"\(scale.percent(row.mean))\" cy=\"9\" r=\"5\"></circle></svg></li>")
    }
    page.raw("</ul>")
    axis(scale, &page)
    page.raw("</div>\n")
  }

  private static func axis(_ scale: Scale, _ page: inout Markup) {
    page.raw("<svg class=\"scale\" height=\"18\" aria-hidden=\"true\">")
    for tick in scale.ticks {
      page.element(
        "text", scale.text(tick), " x=\"\(scale.percent(tick))\" y=\"13\" text-anchor=\"middle\"")
    }
    page.raw("</svg>")
  }

  // MARK: Curves

  static func draw(_ chart: CurveChart, _ page: inout Markup) {
    let lines = chart.lines.filter { $0.points.count > 1 }
    let points = lines.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    guard !points.isEmpty else { return }
    let across = Scale(covering: points.map(\.x), isTight: true)
    let up = Scale(covering: points.map(\.y) + [0])
    page.raw("<figure class=\"panel whole\"><figcaption>")
    page.element("h3", chart.title)
    legend(chart.lines.map(\.name), &page)
    page.raw("</figcaption><svg height=\"272\" role=\"img\"")
    page.raw(" aria-label=\"\(ReportPage.escaped(chart.title))\">")
    for tick in up.ticks {
      let y = number(10 + 230 * (1 - up.share(tick)))
      page.raw("<line class=\"axis\" x1=\"0%\" x2=\"100%\" y1=\"\(y)\" y2=\"\(y)\"></line>")
      page.element("text", up.text(tick), " x=\"0\" y=\"\(number((Double(y) ?? 0) - 4))\"")
    }
    for tick in across.ticks where across.share(tick) >= 0 && across.share(tick) <= 1 {
      let share = across.share(tick)
      let anchor = share > 0.97 ? "end" : share < 0.03 ? "start" : "middle"
      page.element(
        "text", across.text(tick),
        " x=\"\(across.percent(tick))\" y=\"256\" text-anchor=\"\(anchor)\"")
    }
    // The lines alone are stretched, and their width is not.
    page.raw("<svg x=\"0\" y=\"10\" width=\"100%\" height=\"230\" viewBox=\"0 0 1000 1000\"")
    page.raw(" preserveAspectRatio=\"none\">")
    for (index, line) in lines.enumerated().reversed() {
      let path = line.points.filter { $0.x.isFinite && $0.y.isFinite }.map { point in
        "\(number(1000 * across.share(point.x))),\(number(1000 * (1 - up.share(point.y))))"
      }.joined(separator: " ")
      page.raw("<polyline class=\"curve c\(index % colours)\" points=\"\(path)\">")
      page.element("title", line.name)
      page.raw("</polyline>")
    }
    page.raw("</svg></svg>")
    page.element("p", chart.xLabel, " class=\"under\"")
    page.raw("</figure>\n")
  }

  private static func legend(_ names: [String], _ page: inout Markup) {
    guard names.count > 1 else { return }
    page.raw("<ul class=\"keys\">")
    for (index, name) in names.enumerated() {
      page.raw("<li><svg width=\"12\" height=\"12\" aria-hidden=\"true\">")
      page.raw("<rect class=\"ink c\(index % colours)\" width=\"12\" height=\"12\" rx=\"3\">")
      page.raw("</rect></svg>")
      page.element("span", name)
      page.raw("</li>")
    }
    page.raw("</ul>")
  }

  // MARK: Bars

  static func draw(_ chart: BarChart, _ page: inout Markup) {
    let values = chart.groups.flatMap(\.values).compactMap(\.self).filter(\.isFinite)
    guard !values.isEmpty else { return }
    let scale = Scale(covering: values + [0])
    page.raw("<figure class=\"panel\"><figcaption>")
    page.element("h3", chart.title)
    legend(chart.series, &page)
    page.raw("</figcaption><ul class=\"groups\">")
    for group in chart.groups {
      page.raw("<li><p>")
      page.element("span", group.name)
      if !group.note.isEmpty { page.element("small", group.note) }
      page.raw("</p>")
      for (index, value) in group.values.enumerated() {
        guard let value, value.isFinite else { continue }
        let (from, to) = (min(0, value), max(0, value))
        page.raw("<div class=\"bar-row\"><svg height=\"12\" role=\"img\" aria-label=\"")
        page.raw("\(ReportPage.escaped(chart.series[index])) \(short(value))\">")
        page.raw("<rect class=\"ink c\(index % colours)\" x=\"\(scale.percent(from))\" y=\"1\"")
        let width = number(100 * (scale.share(to) - scale.share(from)))
        page.raw(" width=\"\(width)%\" height=\"10\" rx=\"2\">")
        page.element("title", chart.series[index])
        page.raw("</rect></svg>")
        page.element("span", short(value), " class=\"value\"")
        page.raw("</div>")
      }
      page.raw("</li>")
    }
    page.raw("</ul></figure>\n")
  }

  // MARK: Numbers

  /// Four decimals for shares, fewer for what is large.
  static func short(_ value: Double) -> String {
    String(format: abs(value) < 10 ? "%.4f" : abs(value) < 1000 ? "%.1f" : "%.0f", value)
  }

  private static func number(_ value: Double) -> String { String(format: "%.2f", value) }

  /// A stretch of numbers with round ticks.
  struct Scale {
    let low: Double
    let high: Double
    let ticks: [Double]
    private let decimals: Int

    /// - Parameter isTight: whether the ends are those of the numbers, not round ones.
    init(covering values: [Double], isTight: Bool = false) {
      let (least, most) = (values.min() ?? 0, values.max() ?? 1)
      let extent = most > least ? most - least : max(abs(most), 1e-6)
      let rough = extent / 4
      let power = pow(10, floor(log10(rough)))
      let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
      low = isTight ? least : floor(least / step) * step
      high = isTight ? max(most, least + 1e-9) : max(ceil(most / step) * step, low + step)
      let first = (low / step).rounded(.up)
      let last = ((isTight ? most : high) / step + 1e-9).rounded(.down)
      ticks = stride(from: first, through: last, by: 1).map { $0 * step }
      // As many as the step itself needs.
      decimals =
        (0...6).first { digits in
          let scaled = step * pow(10, Double(digits))
          return abs(scaled - scaled.rounded()) < 1e-6
        } ?? 6
    }

    func share(_ value: Double) -> Double { (value - low) / (high - low) }
    func percent(_ value: Double) -> String { String(format: "%.2f%%", 100 * share(value)) }
    func text(_ value: Double) -> String {
      let text = String(format: "%.\(min(6, decimals))f", abs(value) < 1e-12 ? 0 : value)
      guard text.contains(".") else { return text }
      let short = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
      return String(short.reversed())
    }
  }
}
