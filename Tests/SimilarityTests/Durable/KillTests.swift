import Foundation
import Testing

@testable import AkinSimilarity

/// A process that writes, maintains, compacts and saves is killed at random moments.
@Suite struct KillTests {
  /// `AKIN_KILLS=200` for the full test.
  static let kills = ProcessInfo.processInfo.environment["AKIN_KILLS"].flatMap { Int($0) } ?? 20

  /// The program that was built together with these tests: both lie in one folder.
  static let writer: URL = {
    let tests = Bundle.main.executableURL ?? Bundle.main.bundleURL
    return tests.deletingLastPathComponent().appending(path: "akin-index-writer")
  }()

  /// What changes `0 ..< count` leave, by the item's number.
  static func state(after count: Int) -> [Int: Int] {
    var state: [Int: Int] = [:]
    for number in 0..<count { state[number % 97] = number % 5 > 0 ? number : nil }
    return state
  }

  static func state(of snapshot: IndexSnapshot) throws -> [Int: Int] {
    var state: [Int: Int] = [:]
    for number in 0..<97 {
      guard let item = snapshot.item("item \(number)") else { continue }
      guard case .number(let value)? = item.attributes["number"] else {
        Issue.record("an item without its number")
        continue
      }
      #expect(item.vector == [Float(value), 1, -1, Float(Int(value) % 7)])
      state[number] = Int(value)
    }
    #expect(state.count == snapshot.count)
    return state
  }

  /// Lets it write for a while, kills it, and returns how many changes it acknowledged.
  static func run(_ place: URL, from first: Int, for duration: useconds_t) throws -> Int {
    let process = Process()
    process.executableURL = writer
    process.arguments = [place.path, "\(first)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    // The pipe holds less than a busy writer says.
    let killer = Thread {
      usleep(duration)
      kill(process.processIdentifier, SIGKILL)
    }
    killer.start()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL)
    var acknowledged = first
    // A line that is cut off was not said.
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let words = line.split(separator: " ")
      if words.first == "open" {
        #expect(words.last == "\(first)", "it began with another number of changes")
      } else if words.count == 2, let start = Int(words[0]), let count = Int(words[1]) {
        #expect(start == acknowledged)
        acknowledged = start + count
      }
    }
    return acknowledged
  }

  @Test func nothingAcknowledgedIsLost() throws {
    let home = try IndexTestFolder()
    let place = home.place("index")
    let snapshots = home.place("snapshots")
    var random = SplitMix64(seed: UInt64.random(in: 0 ... .max))
    var (changes, acknowledgedInAll, saved) = (0, 0, 0)
    for _ in 0..<Self.kills {
      let duration = useconds_t.random(in: 5_000...400_000, using: &random)
      let acknowledged = try Self.run(place, from: changes, for: duration)
      acknowledgedInAll += acknowledged - changes
      guard FileManager.default.fileExists(atPath: place.appending(path: "MANIFEST").path) else {
        #expect(acknowledged == 0)
        continue
      }
      #expect(try DurableIndex.verify(place) == [])
      let index = try DurableIndex.open(place, for: .reading)
      changes = Int(index.statistics.changes)
      // The batch that was on its way may be there as a whole.
      #expect(changes >= acknowledged && changes <= acknowledged + 13)
      #expect(try Self.state(of: index.snapshot) == Self.state(after: changes))
      for name in (try? FileManager.default.contentsOfDirectory(atPath: snapshots.path)) ?? [] {
        let snapshot = snapshots.appending(path: name, directoryHint: .isDirectory)
        if FileManager.default.fileExists(atPath: snapshot.appending(path: "MANIFEST").path) {
          saved += 1
          let opened = try DurableIndex.open(snapshot, for: .reading)
          #expect(
            try Self.state(of: opened.snapshot)
              == Self.state(after: Int(opened.statistics.changes)))
        }
        try FileManager.default.removeItem(at: snapshot)
      }
    }
    print(
      "\(Self.kills) kills, \(acknowledgedInAll) acknowledged changes, none lost;"
        + " \(saved) snapshots")
    #expect(acknowledgedInAll > 0)
  }
}
