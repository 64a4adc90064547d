import AkinEngine
import AkinEvaluation
import Foundation

extension EvaluationReport {
  /// The report as tables.
  func rendered() -> String {
    var lines = ["\(chosen)  (\(settings))"]
    if let reason { lines.append(reason) }
    if !candidates.isEmpty {
      lines.append("")
      lines.append("  On validation                                          score    fit")
      for candidate in candidates {
        let name = "\(candidate.recommender)  \(candidate.settings)"
        lines.append(
          "  " + Self.pad(name, 52)
            + String(format: "%8.4f %6.1f s", candidate.score, candidate.fitSeconds))
      }
    }
    lines.append("")
    lines += metricLines()
    if !strata.isEmpty {
      lines.append("")
      for stratum in strata {
        let values = stratum.means.sorted { $0.key < $1.key }
          .map { "\($0.key) \(Self.number($0.value))" }.joined(separator: "  ")
        lines.append("  " + Self.pad(stratum.name, 18) + values + "  (\(stratum.users) users)")
      }
    }
    if let lists {
      lines.append("")
      lines.append(
        "  coverage \(Self.number(lists.coverage))  Gini \(Self.number(lists.gini))"
          + "  novelty \(Self.number(lists.novelty)) bit"
          + "  diversity \(Self.number(lists.diversity))"
          + "  popularity lift \(Self.number(lists.popularityLift))")
    }
    for other in others { lines += ["", "  " + Self.line(other)] }
    lines.append("")
    lines.append(
      "  The test was opened " + (testOpened == 1 ? "once" : "\(testOpened) times")
        + (others.isEmpty ? "." : ": once for each recommender here. Nothing was chosen by it."))
    lines.append(
      "  fitted in " + TerminalProgress.short(fitSeconds) + ", measured in "
        + TerminalProgress.short(evaluateSeconds))
    return lines.joined(separator: "\n")
  }

  /// What the chosen one has more than another.
  private static func line(_ other: Other) -> String {
    let keys = other.chosenMinusThis.keys.sorted()
    let parts = keys.filter { $0.hasSuffix("@20") || keys.count < 4 }.map { key in
      let test = other.chosenMinusThis[key]
      return key + " " + number(other.means[key] ?? 0)
        + String(format: " (%+.4f, p %.4f)", test?.difference ?? 0, test?.pValue ?? 1)
    }
    return "beside \(other.recommender): " + parts.joined(separator: "  ")
  }

  /// A table with a row a metric and a column a cut, intervals beside where there are some.
  private func metricLines() -> [String] {
    var rows: [String: [Int: String]] = [:]
    for (name, value) in means {
      let parts = name.split(separator: "@")
      guard parts.count == 2, let cut = Int(parts[1]) else { continue }
      var cell = Self.number(value)
      if let interval = intervals[name] {
        cell += " ±" + Self.number((interval.upper - interval.lower) / 2)
      }
      rows[String(parts[0]), default: [:]][cut] = cell
    }
    let cuts = Set(rows.values.flatMap(\.keys)).sorted()
    var lines = ["  " + Self.pad("", 12) + cuts.map { Self.pad("@\($0)", 17) }.joined()]
    for name in rows.keys.sorted() {
      lines.append(
        "  " + Self.pad(name, 12)
          + cuts.map { Self.pad(rows[name]?[$0] ?? "", 17) }.joined())
    }
    if let area = means["auc"] { lines.append("  " + Self.pad("auc", 12) + Self.number(area)) }
    return lines.map { $0.replacing(/\ +$/, with: "") }
  }

  private static func number(_ value: Double) -> String { String(format: "%.4f", value) }

  private static func pad(_ text: String, _ width: Int) -> String {
    text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
  }
}
