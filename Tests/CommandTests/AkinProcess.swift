import Foundation

/// Runs the command line as its users do: as a process of its own.
struct AkinProcess {
  var status: Int32
  var output: Data
  var messages: String

  var text: String { String(decoding: output, as: UTF8.self) }

  func json() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: output) as? [String: Any] ?? [:]
  }

  /// The executable that was built together with these tests: both lie in one folder.
  static let executable: URL = {
    let tests = Bundle.main.executableURL ?? Bundle.main.bundleURL
    return tests.deletingLastPathComponent().appending(path: "akin")
  }()

  /// The package's root.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let sampleProducts = ["products.csv", "products-en.tsv"].map {
    root.appending(path: "Samples/bilingual/\($0)").path(percentEncoded: false)
  }
  static let sampleEvents =
    root.appending(path: "Samples/bilingual/events.jsonl").path(percentEncoded: false)

  static func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    return process
  }

  @discardableResult
  static func run(_ arguments: String...) throws -> AkinProcess { try run(arguments) }

  @discardableResult
  static func run(_ arguments: [String]) throws -> AkinProcess {
    let process = process(arguments)
    let folder = FileManager.default.temporaryDirectory
    let (output, messages) = (
      folder.appending(path: "akin-out-\(UUID().uuidString)"),
      folder.appending(path: "akin-err-\(UUID().uuidString)")
    )
    for file in [output, messages] { try Data().write(to: file) }
    defer { for file in [output, messages] { try? FileManager.default.removeItem(at: file) } }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: messages)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return AkinProcess(
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: try Data(contentsOf: output),
      messages: String(decoding: try Data(contentsOf: messages), as: UTF8.self))
  }
}

/// A folder that is gone when the test is.
final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appending(path: "akin-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: url.appending(path: name))
    return path(name)
  }
}
