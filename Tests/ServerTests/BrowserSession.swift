import Foundation
import Glibc
import Testing

/// A headless Chromium that is told what to do over the DevTools protocol, through two pipes.
final class BrowserSession {
  static let path: String? = {
    let folders = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
    let candidates = folders.flatMap { ["\($0)/chromium", "\($0)/google-chrome"] }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private let folder: URL
  private let process = Process()
  private let input: Int32
  private let output: Int32
  private var received: [UInt8] = []
  private var last = 0
  private var session: String?
  /// What the page complained of since the last ``open(_:width:height:)``: exceptions, errors of the
  /// console, refusals of its policy, files that were not there.
  private(set) var complaints: [String] = []

  init() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "akin-browser-\(UUID().uuidString)")
    self.folder = folder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let pipes = ["in", "out"].map { folder.appending(path: $0).path }
    for pipe in pipes where mkfifo(pipe, 0o600) != 0 { throw Failure(description: "no pipe") }
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c",
      """
      exec "$0" --headless=new --no-sandbox --disable-gpu --lang=en --no-first-run \
      --remote-debugging-pipe --user-data-dir="$3" 3<"$1" 4>"$2"
      """, try #require(Self.path), pipes[0], pipes[1], folder.appending(path: "profile").path,
    ]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    // The shell opens its ends in the same order.
    input = Glibc.open(pipes[0], O_WRONLY)
    output = Glibc.open(pipes[1], O_RDONLY)
    let target = try ask("Target.createTarget", ["url": "about:blank"])
    let attached = try ask(
      "Target.attachToTarget", ["targetId": target["targetId"] ?? "", "flatten": true])
    session = attached["sessionId"] as? String
    for domain in ["Page", "Runtime", "Log"] { _ = try ask("\(domain).enable") }
    // Dialogues would stop everything: they are agreed to.
    try run("window.confirm = () => true")
  }

  deinit {
    close(input)
    close(output)
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  /// Opens an address at the size of a desk or of a phone.
  func open(_ address: String, width: Int = 1_280, height: Int = 900) throws {
    _ = try ask(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600])
    _ = try ask("Page.navigate", ["url": "about:blank"])
    complaints = []
    _ = try ask("Page.navigate", ["url": address])
  }

  /// The value of an expression of JavaScript.
  @discardableResult
  func run(_ expression: String) throws -> Any? {
    let answer = try ask(
      "Runtime.evaluate",
      ["expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true])
    if answer["exceptionDetails"] != nil { throw Failure(description: "\(expression): \(answer)") }
    return (answer["result"] as? [String: Any])?["value"]
  }

  /// Waits until an expression holds.
  func wait(for condition: String) throws {
    let expression = """
      new Promise((resolve) => { const start = Date.now(); const look = () => {
        try { if (\(condition)) return resolve(true); } catch {}
        if (Date.now() - start > 60000) return resolve(false);
        setTimeout(look, 20); }; look(); })
      """
    guard try run(expression) as? Bool == true else {
      let text = try run("document.body.innerText.slice(0, 600)") ?? ""
      throw Failure(description: "never came true: \(condition)\n\(text)")
    }
  }

  /// Presses a key.
  func press(_ key: String) throws {
    let codes = [
      "Tab": 9, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, " ": 32,
      "+": 107, "-": 109,
    ]
    for type in ["keyDown", "keyUp"] {
      _ = try ask(
        "Input.dispatchKeyEvent",
        ["type": type, "key": key, "code": key, "windowsVirtualKeyCode": codes[key] ?? 13])
    }
  }

  /// Does something with the mouse: `mousePressed`, `mouseMoved`, `mouseReleased`, `mouseWheel`.
  func mouse(_ type: String, x: Double, y: Double, wheel: Double = 0) throws {
    var parameters: [String: Any] = ["type": type, "x": x, "y": y]
    if type == "mouseWheel" {
      (parameters["deltaX"], parameters["deltaY"]) = (0, wheel)
    } else {
      (parameters["button"], parameters["clickCount"]) =
        (type == "mouseMoved" ? "none" : "left", 1)
    }
    _ = try ask("Input.dispatchMouseEvent", parameters)
  }

  /// Prefers `light` or `dark` colours.
  func prefer(_ scheme: String) throws {
    _ = try ask(
      "Emulation.setEmulatedMedia",
      ["features": [["name": "prefers-color-scheme", "value": scheme]]])
  }

  private func ask(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    last += 1
    var message: [String: Any] = ["id": last, "method": method, "params": parameters]
    message["sessionId"] = session
    var bytes = [UInt8](try JSONSerialization.data(withJSONObject: message)) + [0]
    while !bytes.isEmpty {
      let count = write(input, bytes, bytes.count)
      guard count > 0 else { throw Failure(description: "the browser has ended") }
      bytes.removeFirst(count)
    }
    while true {
      let answer = try next()
      if let method = answer["method"] as? String { note(method, answer["params"]) }
      guard answer["id"] as? Int == last else { continue }
      if let error = answer["error"] { throw Failure(description: "\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  private func note(_ method: String, _ parameters: Any?) {
    let parameters = parameters as? [String: Any] ?? [:]
    let entry = parameters["entry"] as? [String: Any]
    let isError =
      method == "Runtime.exceptionThrown"
      || (method == "Runtime.consoleAPICalled" && parameters["type"] as? String == "error")
      || (method == "Log.entryAdded" && entry?["level"] as? String == "error")
    if isError { complaints.append("\(entry?["text"] ?? "") \(entry?["url"] ?? parameters)") }
  }

  private func next() throws -> [String: Any] {
    while true {
      if let end = received.firstIndex(of: 0) {
        let data = Data(received[..<end])
        received.removeFirst(end + 1)
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
      }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = read(output, &chunk, chunk.count)
      guard count > 0 else { throw Failure(description: "the browser has ended") }
      received += chunk[..<count]
    }
  }
}
