import Foundation
import Testing

@testable import AkinSimilarity

/// Files cut off and bits flipped, everywhere.
@Suite struct DamageTests {
  let home: IndexTestFolder
  let place: URL
  let workload = IndexWorkload(batches: 40, seed: 9)
  let whole: [String: [UInt8]]

  /// An index with segments, deleted rows, a sealed log and one that was never closed.
  init() throws {
    home = try IndexTestFolder()
    place = home.place("index")
    let index = try DurableIndex.create(
      in: .unsynced(place), dimension: IndexWorkload.dimension, measure: .innerProduct,
      policy: MaintenancePolicy(tailLimit: 8, mergeWidth: 4))
    for (number, batch) in workload.batches.enumerated() {
      try index.apply(batch)
      if number < 35 { try index.maintain() }
    }
    whole = try files(in: place)
    try FileManager.default.removeItem(at: place)
  }

  /// 100 places of a file, the first and last byte among them.
  static func places(_ length: Int) -> [Int] {
    Array(Set((0...100).map { min(length - 1, $0 * length / 100) })).sorted()
  }

  func change(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
    var files = whole
    change(&files[name, default: []])
    try write(files, to: place)
  }

  func restore() throws { try FileManager.default.removeItem(at: place) }

  @Test func anIndexToDamage() throws {
    #expect(whole.keys.filter { $0.hasPrefix("segment-") }.count > 1)
    #expect(whole.keys.filter { $0.hasPrefix("log-") }.count >= 1)
    try write(whole, to: place)
    #expect(try DurableIndex.verify(place) == [])
    let index = try DurableIndex.open(place)
    #expect(workload.state(of: index.snapshot, in: 40...40) == 40)
  }

  @Test func aFlippedBitIsFoundAndNamed() throws {
    var random = SplitMix64(seed: 1)
    for (name, bytes) in whole where name != IndexFormat.lock {
      for byte in Self.places(bytes.count) {
        let bit = Int.random(in: 0..<8, using: &random)
        try change(name) { $0[byte] ^= 1 << bit }
        let damage = try DurableIndex.verify(place)
        let comment = "\(name), byte \(byte), bit \(bit): \(damage)"
        #expect(
          damage.contains { $0.file == name && $0.offset == byte && $0.bit == bit }, "\(comment)")
        for access in [DurableIndex.Access.reading, .writing] {
          let error = DurableIndexTests.error { _ = try DurableIndex.open(place, for: access) }
          #expect(error?.code == .damaged && error?.damage?.file == name, "\(comment)")
        }
        try restore()
      }
    }
  }

  /// A file that is cut off is damaged; only the end of the log that was written to last may be
  /// missing, as after a crash, and then whole batches are.
  @Test func aFileThatIsCutOffIsFound() throws {
    let log = try #require(whole.keys.filter { $0.hasPrefix("log-") }.max())
    for (name, bytes) in whole where name != IndexFormat.lock {
      for length in Self.places(bytes.count) {
        try change(name) { $0.removeSubrange(length...) }
        let damage = try DurableIndex.verify(place)
        if name == log, length >= IndexFormat.headerLength {
          #expect(damage == [], "\(name), \(length) bytes: \(damage)")
          let index = try DurableIndex.open(place)
          #expect(workload.state(of: index.snapshot, in: 30...40) != nil)
          try index.close()
          #expect(try DurableIndex.verify(place) == [])
        } else {
          #expect(damage.allSatisfy { $0.file == name } && !damage.isEmpty, "\(name), \(length)")
          let error = DurableIndexTests.error { _ = try DurableIndex.open(place) }
          #expect(error?.code == .damaged, "\(name), \(length): \(String(describing: error))")
        }
        try restore()
      }
    }
  }

  /// Once it was closed in order, the log's length is known.
  @Test func aClosedLogThatIsCutOffIsFound() throws {
    try write(whole, to: place)
    try DurableIndex.open(place).close()
    let closed = try files(in: place)
    let log = try #require(closed.keys.filter { $0.hasPrefix("log-") }.max())
    let bytes = try #require(closed[log])
    for length in Self.places(bytes.count) {
      try Data(bytes[..<length]).write(to: place.appending(path: log))
      let damage = try DurableIndex.verify(place)
      #expect(damage.contains { $0.file == log }, "\(length)")
      #expect(DurableIndexTests.error { _ = try DurableIndex.open(place) }?.code == .damaged)
    }
  }

  @Test func severalDamagesAreAllListed() throws {
    var files = whole
    let segments = files.keys.filter { $0.hasPrefix("segment-") }.sorted()
    for name in segments {
      files[name]?[70] ^= 2
      files[name]?[3] ^= 1
    }
    try write(files, to: place)
    let damage = try DurableIndex.verify(place)
    for name in segments { #expect(damage.filter { $0.file == name }.count == 2) }
    for line in damage { #expect(line.description.contains(line.file)) }
  }

  @Test func aMissingFileIsNamed() throws {
    for name in whole.keys where name != IndexFormat.lock && name != IndexFormat.manifest {
      var files = whole
      files[name] = nil
      try write(files, to: place)
      let damage = try DurableIndex.verify(place)
      #expect(damage.map(\.file) == [name] && damage.first?.reason == "it is missing")
      try restore()
    }
  }

  @Test func aFileOfAnotherIndexIsNoneOfThisOne() throws {
    let other = try DamageTests()
    for (name, bytes) in other.whole where whole[name] != nil && name.contains("-0") {
      try change(name) { $0 = bytes }
      let damage = try DurableIndex.verify(place)
      #expect(damage.map(\.file).contains(name))
      try restore()
    }
  }

  @Test func aNewerFormatIsRefusedPolitely() throws {
    for (name, bytes) in whole where name != IndexFormat.lock {
      let latest =
        name == IndexFormat.manifest ? Manifest.readable.upperBound : IndexFormat.current
      try change(name) { file in
        file[8] = UInt8(latest + 1)
        let length = name == IndexFormat.manifest ? bytes.count : IndexFormat.headerLength
        let sum = Checksum.crc32c(file[..<(length - 4)])
        withUnsafeBytes(of: sum.littleEndian) {
          file.replaceSubrange(length - 4..<length, with: $0)
        }
      }
      for access in [DurableIndex.Access.reading, .writing] {
        let error = DurableIndexTests.error { _ = try DurableIndex.open(place, for: access) }
        #expect(error?.code == .tooNew, "\(name): \(String(describing: error))")
        #expect(error?.message.contains("format \(latest + 1), this") ?? false)
        #expect(error?.message.contains("reads up to \(latest);") ?? false)
      }
      #expect(DurableIndexTests.error { _ = try DurableIndex.verify(place) }?.code == .tooNew)
      #expect(try files(in: place).filter { $0.key != "LOCK" }.count == whole.count - 1)
      try restore()
    }
  }

  @Test func aDamagedSnapshotIsNotRestored() throws {
    try write(whole, to: place)
    let name = try #require(whole.keys.first { $0.hasPrefix("segment-") })
    try change(name) { $0[100] ^= 4 }
    let target = home.place("restored")
    let error = DurableIndexTests.error { try DurableIndex.restore(place, to: target) }
    #expect(error?.code == .damaged && error?.damage?.file == name)
    #expect(!FileManager.default.fileExists(atPath: target.path))
  }
}
