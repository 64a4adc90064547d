import Foundation
import Testing

@testable import AkinSimilarity

/// Checksums, frames and segments by themselves.
@Suite struct IndexFilesTests {
  @Test func checksumsAreThoseOfTheStandard() {
    // RFC 3720, appendix B.4.
    #expect(Checksum.crc32c(Array("123456789".utf8)) == 0xE306_9283)
    #expect(Checksum.crc32c([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(Checksum.crc32c([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    let (first, second) = (Array("12345".utf8), Array("6789".utf8))
    #expect(Checksum.crc32c(second, after: Checksum.crc32c(first)) == 0xE306_9283)
  }

  @Test func aFlippedBitIsNamed() {
    var random = SplitMix64(seed: 1)
    for length in [1, 2, 64, 1_000, 70_000] {
      var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      let expected = Checksum.crc32c(bytes, after: 99)
      for _ in 0..<20 {
        let (byte, bit) = (Int.random(in: 0..<length, using: &random), Int.random(in: 0..<8))
        bytes[byte] ^= 1 << bit
        let flip = bytes.withUnsafeBytes { Checksum.flip(in: $0, after: 99, expected: expected) }
        #expect(flip == Checksum.Flip(byte: byte, bit: bit))
        let twice = bytes.withUnsafeBytes {
          Checksum.flip(in: $0, after: 99, expected: Checksum.crc32c($0, after: 99) ^ 8)
        }
        #expect(twice == Checksum.Flip(byte: nil, bit: 3))
        bytes[byte] ^= 1 << bit
      }
    }
  }

  @Test func changesAreReadAsTheyWereWritten() throws {
    var random = SplitMix64(seed: 2)
    var item = IndexWorkload.item("产品 1", &random)
    item.attributes["none"] = .texts([])
    item.attributes[""] = .text("")
    let changes: [IndexChange] = [
      .put(item), .delete("é"), .put(IndexItem(id: "x", vector: [.infinity, -0.0])),
    ]
    var writer = ByteWriter()
    ChangeCoding.put(changes, into: &writer)
    let bytes = writer.bytes
    let read = try bytes.withUnsafeBytes { try ChangeCoding.changes($0, count: 3) }
    #expect(read == changes)
    // Cut off or changed anywhere it is refused or read as something else, and never traps.
    for length in 0..<bytes.count {
      #expect(throws: ByteReader.Malformed.self) {
        try bytes[..<length].withUnsafeBytes { _ = try ChangeCoding.changes($0, count: 3) }
      }
    }
    for place in bytes.indices {
      var broken = bytes
      broken[place] ^= UInt8.random(in: 1...255, using: &random)
      _ = try? broken.withUnsafeBytes { try ChangeCoding.changes($0, count: 3) }
    }
  }

  @Test(arguments: IndexPrecision.allCases)
  func aManifestIsReadAsItWasWritten(_ precision: IndexPrecision) throws {
    let home = try IndexTestFolder()
    let folder = IndexFolder(home.url)
    var manifest = Manifest(identity: .random(), dimension: 384, measure: .cosine)
    manifest.generation = 7
    manifest.precision = precision
    for (number, deleted) in [[], [3], Array(0..<900)].enumerated() {
      var rows = RowSet(count: 1_000)
      for row in deleted { rows[row] = true }
      manifest.segments.append(
        Manifest.Segment(
          number: UInt64(number), length: 1 << 40, checksum: 9, rows: 1_000, deleted: rows))
    }
    manifest.logs = [
      Manifest.Log(number: 4, salt: 5, first: 6, sealed: 100),
      Manifest.Log(number: 7, salt: 8, first: 9),
    ]
    try folder.replace(IndexFormat.manifest, with: manifest.bytes)
    #expect(try Manifest.read(in: folder) == manifest)
    // Nonsense under a right checksum is refused and never traps.
    var random = SplitMix64(seed: 4)
    let written = manifest.bytes
    for _ in 0..<500 {
      var bytes = written
      for _ in 0..<3 {
        bytes[Int.random(in: 16..<bytes.count - 4, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      let sum = Checksum.crc32c(bytes.dropLast(4))
      withUnsafeBytes(of: sum.littleEndian) {
        bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: $0)
      }
      try Data(bytes).write(to: home.url.appending(path: IndexFormat.manifest))
      let error = DurableIndexTests.error { _ = try Manifest.read(in: folder) }
      #expect(error == nil || error?.code == .damaged)
    }
  }

  @Test func sectionsOfAllSizesComeBack() throws {
    let home = try IndexTestFolder()
    let folder = IndexFolder(home.url)
    var random = SplitMix64(seed: 5)
    let identity = IndexIdentity.random()
    let sections = [0, 1, 63, 64, 65, 65_536, 65_537, 300_000].map { length in
      (
        name: "part \(length)",
        bytes: (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      )
    }
    let owners = sections.map { MappedBytes(copying: $0.bytes) }
    let written = try withExtendedLifetime(owners) {
      try SegmentFile.write(
        "segment-00000003", number: 3, identity: identity,
        sections: zip(sections, owners).map { ($0.name, $1.bytes) }, in: folder)
    }
    let file = try SegmentFile("segment-00000003", number: 3, identity: identity, in: folder)
    #expect(file.checksum == written.checksum && file.mapped.bytes.count == written.length)
    #expect(file.damage() == [])
    for section in sections {
      let bytes = try #require(file.bytes(of: section.name))
      #expect(bytes.elementsEqual(section.bytes))
      #expect(Int(bitPattern: bytes.baseAddress) % 64 == 0 || bytes.isEmpty)
    }
  }
}
