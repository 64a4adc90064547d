internal import Foundation

/// Turns a training's reports into stages of a progress bar.
final class StageReporter {
  private let progress: any ProgressReporter
  private var stage: String?
  private var total = 0

  init(_ progress: any ProgressReporter) { self.progress = progress }

  func report(_ name: String, _ done: Int, _ total: Int) throws {
    try Task.checkCancellation()
    if name != stage {
      end()
      progress.begin(name, total: total, unit: "steps")
      (stage, self.total) = (name, total)
    }
    progress.advance(to: done)
  }

  func end() {
    if stage != nil { progress.end("\(total.formatted()) steps") }
    stage = nil
  }
}
