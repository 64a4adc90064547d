import Foundation

@testable import AkinSimilarity

/// Batches of changes, the same for one seed, and what an index holds after each.
struct IndexWorkload {
  static let dimension = 4
  /// Few, so that most batches replace and delete.
  static let universe = 60

  let batches: [[IndexChange]]
  /// After n batches.
  let states: [[String: IndexItem]]

  init(batches count: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var batches: [[IndexChange]] = []
    var states: [[String: IndexItem]] = [[:]]
    for _ in 0..<count {
      var state = states[states.count - 1]
      let batch = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        let id = "item \(Int.random(in: 0..<Self.universe, using: &random))"
        guard Int.random(in: 0..<4, using: &random) > 0 else {
          state[id] = nil
          return IndexChange.delete(id)
        }
        let item = Self.item(id, &random)
        state[id] = item
        return .put(item)
      }
      batches.append(batch)
      states.append(state)
    }
    (self.batches, self.states) = (batches, states)
  }

  static func item(_ id: String, _ random: inout SplitMix64) -> IndexItem {
    let vector = (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
    let number = Double.random(in: 1...100, using: &random)
    return IndexItem(
      id: id, vector: vector,
      attributes: [
        "brand": .text(number < 50 ? "Ä" : "苹果"), "price": .number(number),
        "path": .texts(["Home", "Kettles"]), "inStock": .flag(number < 70),
      ])
  }

  /// All items that `snapshot` holds.
  static func contents(_ snapshot: IndexSnapshot) -> [String: IndexItem] {
    var found: [String: IndexItem] = [:]
    for number in 0..<universe {
      let id = "item \(number)"
      found[id] = snapshot.item(id)
    }
    return found
  }

  /// After how many batches the index was as `snapshot` is; `nil` where it never was.
  func state(of snapshot: IndexSnapshot, in range: ClosedRange<Int>) -> Int? {
    let contents = Self.contents(snapshot)
    guard contents.count == snapshot.count else { return nil }
    return range.reversed().first { states[$0] == contents }
  }
}

/// A folder that is gone when the test is.
final class IndexTestFolder: Sendable {
  let url: URL

  /// In memory where the system has such a place: these tests write many small files.
  init() throws {
    let memory = URL(filePath: "/dev/shm", directoryHint: .isDirectory)
    let place =
      FileManager.default.isWritableFile(atPath: memory.path)
      ? memory : FileManager.default.temporaryDirectory
    url = place.appending(path: "akin-index-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func place(_ name: String) -> URL { url.appending(path: name, directoryHint: .isDirectory) }
}

extension MaintenancePolicy {
  /// So small that a few batches make segments and merges.
  static let tiny = MaintenancePolicy(tailLimit: 8, mergeWidth: 2)
}

/// The files of a folder.
func files(in folder: URL) throws -> [String: [UInt8]] {
  var files: [String: [UInt8]] = [:]
  for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
    files[name] = [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }
  return files
}

func write(_ files: [String: [UInt8]], to folder: URL) throws {
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
}

extension IndexFolder {
  /// A folder that nobody pulls the plug of: syncs are left out, they take milliseconds each.
  static func unsynced(_ url: URL) -> IndexFolder {
    IndexFolder(url) { step in
      switch step {
      case .sync, .syncFolder: -1
      default: 0
      }
    }
  }
}
