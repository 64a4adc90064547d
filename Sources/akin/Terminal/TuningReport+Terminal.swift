import AkinEngine
import Foundation

extension TuningReport {
  /// The best trials as a table, under what was searched.
  func rendered() -> String {
    var lines = ["\(recommender)  \(metric), \(validation)"]
    lines.append(
      "\(trials) trials by \(method.rawValue)"
        + (resumed > 0 ? ", \(resumed) of them from the log" : "")
        + (failed > 0 ? ", \(failed) could not be fitted" : "")
        + (stopped.map { "; \($0)" } ?? "") + ". No test was opened.")
    lines.append("")
    lines.append("  trial    score     took  settings")
    for found in best { lines.append(Self.line(found)) }
    if let beginning, !best.contains(where: { $0.trial == beginning.trial }) {
      lines.append("  …")
      lines.append(Self.line(beginning))
    }
    lines.append("")
    lines.append("  " + summary)
    return lines.joined(separator: "\n")
  }

  private static func line(_ found: Found) -> String {
    let values = found.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return String(format: "  %5d  %7.4f  %5.1f s  ", found.trial, found.score, found.seconds)
      + (values.isEmpty ? "as it began" : values.joined(separator: " "))
  }
}
