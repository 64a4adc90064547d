import AkinEngine
import Foundation
import Synchronization

/// A bar on a terminal, a line a stage (and one every ten seconds) in a log. Writes to stderr.
final class TerminalProgress: ProgressReporter {
  private struct Stage {
    var name = ""
    var total: Int?
    var unit = ""
    var done = 0
    var started = ContinuousClock.now
    var shown = ContinuousClock.now
  }

  private let stage = Mutex(Stage())
  private let live = isatty(STDERR_FILENO) == 1

  func begin(_ name: String, total: Int?, unit: String) {
    stage.withLock { $0 = Stage(name: name, total: total, unit: unit) }
    if live { draw(stage.withLock { $0 }) } else { write("\(name) …\n") }
  }

  func advance(to done: Int) {
    let due: Stage? = stage.withLock { stage in
      stage.done = done
      let pause: Duration = live ? .milliseconds(100) : .seconds(10)
      guard stage.shown.duration(to: .now) >= pause else { return nil }
      stage.shown = .now
      return stage
    }
    guard let due else { return }
    if live { draw(due) } else { write("  \(status(due))\n") }
  }

  func end(_ note: String) {
    let stage = stage.withLock { $0 }
    let seconds = Double(milliseconds(stage.started.duration(to: .now))) / 1000
    let line = "\(stage.name): \(note) (\(Self.short(seconds)))\n"
    write(live ? "\r\u{1B}[K✓ \(line)" : line)
  }

  private func draw(_ stage: Stage) {
    var line = stage.name
    if let total = stage.total, total > 0 {
      let share = min(1, Double(stage.done) / Double(total))
      let cells = 24
      let filled = Int(share * Double(cells))
      line += " ["
      line += String(repeating: "█", count: filled)
      line += String(repeating: "·", count: cells - filled)
      line += "] \(Int(share * 100)) %"
    }
    write("\r\u{1B}[K\(line) \(status(stage))")
  }

  private func status(_ stage: Stage) -> String {
    guard stage.done > 0 else { return "" }
    let seconds = Double(milliseconds(stage.started.duration(to: .now))) / 1000
    let rate = Double(stage.done) / max(seconds, 0.001)
    var text = "\(stage.done.formatted()) \(stage.unit), \(Int(rate).formatted())/s"
    if let total = stage.total, total > stage.done {
      text += ", \(Self.short(Double(total - stage.done) / max(rate, 0.001))) left"
    }
    return text
  }

  private func write(_ text: String) { Terminal.write(text) }

  private func milliseconds(_ duration: Duration) -> Int64 {
    duration.components.seconds * 1000
      + duration.components.attoseconds / 1_000_000_000_000_000
  }

  static func short(_ seconds: Double) -> String {
    switch seconds {
    case ..<10: String(format: "%.1f s", seconds)
    case ..<120: "\(Int(seconds.rounded())) s"
    default: "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }
  }
}
