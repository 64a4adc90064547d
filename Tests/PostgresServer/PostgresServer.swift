public import Foundation

/// A real PostgreSQL server for tests, in a folder of its own and on a Unix socket alone. The first
/// test that asks starts it; it ends with the test's process, however that ends.
public final class PostgresServer: Sendable {
  /// The server; the reason why there is none where PostgreSQL is not installed.
  public static let shared: Result<PostgresServer, any Error> = Result { try PostgresServer() }

  /// Why there is no server.
  public struct Unavailable: Error, CustomStringConvertible {
    /// What is missing, or what went wrong.
    public var description: String
  }

  private let folder: URL
  /// Where PostgreSQL's programs are.
  private let programs: URL
  /// The shell that ends the server when the pipe to it closes: it must live as long as this.
  private let keeper: Process

  private init() throws {
    programs = try Self.programs()
    folder = FileManager.default.temporaryDirectory.appending(path: "akin-pg-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let data = folder.appending(path: "data").path
    if getuid() == 0 { try Self.run("/bin/chown", ["postgres", folder.path]) }
    try Self.run(
      "/bin/sh",
      ["-c", "\(Self.asOwner) \(programs.path)/initdb -D \(data) -U akin -A trust --no-sync"])
    keeper = Process()
    keeper.executableURL = URL(filePath: "/bin/sh")
    keeper.arguments = [
      "-c",
      """
      \(Self.asOwner) \(programs.path)/postgres -D \(data) -k \(folder.path) -h '' \
        -c fsync=off -c max_connections=300 </dev/null >\(folder.path)/log 2>&1 &
      cat >/dev/null
      kill -QUIT $(head -1 \(data)/postmaster.pid)
      sleep 1
      rm -rf \(folder.path)
      """,
    ]
    let pipe = Pipe()
    keeper.standardInput = pipe
    try keeper.run()
    // The end that the tests hold stays open until they end.
    Self.held.append(pipe)
    for _ in 0..<300 {
      if (try? query("SELECT 1")) != nil { return }
      usleep(100_000)
    }
    throw Unavailable(description: "PostgreSQL did not start; its log is \(folder.path)/log")
  }

  nonisolated(unsafe) private static var held: [Pipe] = []

  /// The server refuses to run as root.
  private static var asOwner: String { getuid() == 0 ? "exec runuser -u postgres --" : "exec" }

  private static func programs() throws -> URL {
    let root = URL(filePath: "/usr/lib/postgresql")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    for version in versions.sorted(by: { (Int($0) ?? 0) > (Int($1) ?? 0) }) {
      let programs = root.appending(path: "\(version)/bin")
      if FileManager.default.isExecutableFile(atPath: programs.path + "/initdb") {
        return programs
      }
    }
    throw Unavailable(
      description: "there is no PostgreSQL server on this machine (apt-get install postgresql)")
  }

  /// The address of a new, empty schema.
  public func newAddress() throws -> String {
    let schema = "shop_" + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
    try query("CREATE SCHEMA \(schema)")
    return address(options: "-csearch_path=\(schema)")
  }

  private func address(options: String) -> String {
    let options = options.replacingOccurrences(of: "=", with: "%3D")
    return "postgresql://akin@/postgres?host=\(folder.path)&options=\(options)"
  }

  /// What `psql` answers to a statement, with `|` between columns.
  @discardableResult
  public func query(_ sql: String, at address: String? = nil) throws -> String {
    try Self.run(
      programs.appending(path: "psql").path,
      ["-X", "-A", "-t", "-q", "-c", sql, address ?? self.address(options: "-cjit=off")])
  }

  @discardableResult
  private static func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Unavailable(description: "\(program): \(text.prefix(500))")
    }
    return text.trimmingCharacters(in: .newlines)
  }
}

/// The databases that a shop can live in: what the contract tests of the store run over.
public enum StoreKind: String, Sendable, CaseIterable {
  case sqlite, postgres

  /// Those that this machine has.
  public static let all: [StoreKind] = {
    switch PostgresServer.shared {
    case .success: return allCases
    case .failure(let error):
      print("Only SQLite is tested: \(error)")
      return [.sqlite]
    }
  }()

  /// Makes the folder one whose shop lives in a new database of this kind.
  public func prepare(_ directory: URL) throws {
    guard self == .postgres else { return }
    try Self.point(directory, to: PostgresServer.shared.get().newAddress())
  }

  /// Makes the folder name a database, as a second server's folder does.
  public static func point(_ directory: URL, to address: String) throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try Data(address.utf8).write(to: directory.appending(path: "database.url"))
  }
}
