import AkinEngine
import ArgumentParser
import Foundation

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show versions, processor features, models, and what will be used.",
    discussion: "Example: akin doctor --json")

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let report = Doctor.examine()
    if json { return try Terminal.printJSON(report) }
    let width = report.lines.map(\.name.count).max() ?? 0
    for line in report.lines {
      let name = line.name.padding(toLength: width, withPad: " ", startingAt: 0)
      Terminal.print("\(line.isFine ? "✓" : "✗") \(name)  \(line.value)")
    }
    if !report.isFine { throw ExitCode(ExitStatus.unavailable) }
  }
}
