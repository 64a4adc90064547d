import AkinSimilarity
import Foundation

// Writes to an index until it is killed: `akin-index-writer FOLDER FIRST`.
//
// Change number n puts item n % 97 with the number n, or deletes it where n is a multiple of 5.
// Every batch of changes from n on is answered with a line `n count` on standard output once it is
// acknowledged. Beside that one thread maintains and compacts, another one saves snapshots into
// FOLDER.snapshots and removes them again.

struct Usage: Error {}

func change(_ number: Int) -> IndexChange {
  let id = "item \(number % 97)"
  guard number % 5 > 0 else { return .delete(id) }
  return .put(
    IndexItem(
      id: id, vector: [Float(number), 1, -1, Float(number % 7)],
      attributes: ["number": .number(Double(number)), "text": .text("n \(number)")]))
}

/// Writes without a buffer: a line that is out is out.
func say(_ line: String) throws {
  try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
}

let arguments = CommandLine.arguments
guard arguments.count == 3, let first = Int(arguments[2]) else { throw Usage() }
let place = URL(filePath: arguments[1], directoryHint: .isDirectory)
let policy = MaintenancePolicy(tailLimit: 16, mergeWidth: 2)
let index =
  FileManager.default.fileExists(atPath: place.appending(path: "MANIFEST").path)
  ? try DurableIndex.open(place, policy: policy)
  : try DurableIndex.create(at: place, dimension: 4, measure: .innerProduct, policy: policy)
try say("open \(index.statistics.changes)")

let upkeep = Thread {
  do {
    for round in 1... {
      try index.maintain()
      if round % 7 == 0 { try index.compact() }
      usleep(500)
    }
  } catch {
    fatalError("upkeep: \(error)")
  }
}
let saving = Thread {
  do {
    let snapshots = place.deletingLastPathComponent().appending(path: "snapshots")
    try FileManager.default.createDirectory(at: snapshots, withIntermediateDirectories: true)
    for round in 0... {
      let target = snapshots.appending(
        path: "\(ProcessInfo.processInfo.processIdentifier)-\(round)", directoryHint: .isDirectory)
      try index.save(to: target)
      usleep(2_000)
      // The last one stays to be looked at. Without its manifest it is none any more.
      if round > 0 {
        let last = snapshots.appending(
          path: "\(ProcessInfo.processInfo.processIdentifier)-\(round - 1)")
        try FileManager.default.removeItem(at: last.appending(path: "MANIFEST"))
        try FileManager.default.removeItem(at: last)
      }
    }
  } catch {
    fatalError("saving: \(error)")
  }
}
upkeep.start()
saving.start()

var next = first
while true {
  let count = 1 + next % 13
  try index.apply((next..<next + count).map(change))
  try say("\(next) \(count)")
  next += count
}
