import AkinCatalogue
import AkinEngine
import Foundation

extension OutcomeReport {
  /// The networks, then each head beside simple ways.
  func rendered() -> String {
    var lines = ["\(chosen)  \(settings)", ""]
    if candidates.count > 1 {
      lines.append(
        "  " + Self.row("network", ["loss", "AUC", "MAE", "seconds"]) + "  (validation)")
      for one in candidates {
        lines.append(
          "  "
            + Self.row(
              one.recommender,
              [
                String(format: "%.4f", one.loss), String(format: "%.4f", one.auc),
                Self.duration(one.maeSeconds), String(format: "%.0f", one.fitSeconds),
              ]))
      }
      lines.append("")
    }
    lines.append(
      "Purchase within \(Self.duration(horizonSeconds)): AUC"
        + String(format: " (%.1f %% of the test steps)", purchase.rate * 100))
    lines += Self.table(purchase.lines) { String(format: "%.4f", $0) }
    lines.append(
      String(
        format: "  log loss %.4f; naming the train rate for every step: %.4f", purchase.logLoss,
        purchase.rateLogLoss))
    lines += ["", "Time until the next step: mean absolute error"]
    lines += Self.table(dwell.lines) { Self.duration($0) }
    let (bought, timed) = (
      sizes["purchase_test_steps"] ?? 0, sizes["dwell_test_steps"] ?? 0
    )
    lines += [
      "",
      "Judged on \(bought.formatted()) and \(timed.formatted()) steps from"
        + " \(Date(timeIntervalSince1970: testFrom).formatted(.iso8601.year().month().day())) on.",
    ]
    return lines.joined(separator: "\n")
  }

  private static func table(_ lines: [Line], _ number: (Double) -> String) -> [String] {
    ["  " + row("", ["validation", "test"])]
      + lines.map { "  " + row($0.name, [number($0.validation), number($0.test)]) }
  }

  private static func row(_ name: String, _ cells: [String]) -> String {
    DisplayWidth.pad(name, to: 12)
      + cells.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
  }

  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<120: String(format: "%.1f s", seconds)
    case ..<7_200: String(format: "%.1f min", seconds / 60)
    case ..<172_800: String(format: "%.2f h", seconds / 3_600)
    default: String(format: "%.2f d", seconds / 86_400)
    }
  }
}
