import Foundation

/// `akin serve` as a process of its own, and the requests of a client.
final class ServerProcess {
  let process: Process
  let port: UInt16
  private let messages: URL

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Starts a server and waits until it takes connections.
  init(shop: String, _ arguments: String...) throws {
    process = AkinProcess.process(["serve", "--shop", shop, "--port", "0"] + arguments)
    messages = FileManager.default.temporaryDirectory.appending(path: "akin-\(UUID().uuidString)")
    try Data().write(to: messages)
    process.standardError = try FileHandle(forWritingTo: messages)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    for _ in 0..<6_000 {
      let text = String(decoding: try Data(contentsOf: messages), as: UTF8.self)
      if let match = text.firstMatch(of: /Serving on http:\/\/[^:]+:(\d+)/),
        let port = UInt16(match.output.1)
      {
        self.port = port
        return
      }
      guard process.isRunning else { throw Failure(description: text) }
      usleep(10_000)
    }
    process.terminate()
    throw Failure(description: "the server did not start")
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: messages)
  }

  /// The log.
  var log: String {
    String(decoding: (try? Data(contentsOf: messages)) ?? Data(), as: UTF8.self)
  }

  /// Sends a request on a connection of its own.
  ///
  /// - Returns: status and body; `nil` where the server has gone away before the whole answer.
  static func ask(_ port: UInt16, _ method: String, _ path: String, _ body: String = "")
    -> (status: Int, body: String)?
  {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return nil }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) == 0 }
    }
    guard isConnected else { return nil }
    let head =
      "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      + "Content-Type: application/x-ndjson\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    var bytes = Array((head + body).utf8)
    while !bytes.isEmpty {
      let count = send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      guard count > 0 else { return nil }
      bytes.removeFirst(count)
    }
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(socket, &chunk, chunk.count, 0)
      guard count >= 0 else { return nil }
      if count == 0 { break }
      answer += chunk[..<count]
    }
    return parse(String(decoding: answer, as: UTF8.self))
  }

  private static func parse(_ answer: String) -> (status: Int, body: String)? {
    guard let end = answer.range(of: "\r\n\r\n"),
      let status = answer.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    let body = String(answer[end.upperBound...])
    let length = answer[..<end.lowerBound].firstMatch(of: /(?i)content-length: (\d+)/)
    guard length.flatMap({ Int($0.output.1) }) ?? body.utf8.count == body.utf8.count else {
      return nil
    }
    return (status, body)
  }
}
