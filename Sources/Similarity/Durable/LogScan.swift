internal import Foundation

/// What a log holds: its whole frames, what is damaged, and how much of its end is torn.
///
/// A frame is synced before the next one is begun. So a broken frame that others follow was whole
/// once: that is damage. A broken frame at the very end was cut off by a crash and nobody was told
/// that it is stored, unless a single flipped bit explains it: then it was whole, too. A log that
/// the manifest calls sealed has no torn end at all.
struct LogScan {
  /// A log as the manifest names it.
  struct Source {
    var name: String
    var header: FileHeader
    /// Its exact length where it takes no more frames.
    var sealed: Int?
  }

  private(set) var frames: [LogFrame] = []
  private(set) var damage: [IndexDamage] = []
  /// Where the next frame begins.
  private(set) var end = IndexFormat.headerLength
  /// Bytes after ``end`` that a crash left.
  private(set) var torn = 0
  /// The sequence number of the next change.
  private(set) var sequence: UInt64
  /// What checksums of frames go on from.
  let seed: UInt32

  private let bytes: UnsafeRawBufferPointer
  private let source: Source
  private let limit: Int

  /// Reads all of a log and compares it with its checksums. O(bytes).
  ///
  /// - Throws: ``IndexStoreError`` `damaged` where the file's header is, `tooNew`.
  init(
    _ bytes: UnsafeRawBufferPointer, _ source: Source, in folder: IndexFolder
  ) throws(IndexStoreError) {
    try source.header.check(bytes, name: source.name, in: folder)
    self.bytes = bytes
    self.source = source
    seed = Checksum.crc32c(UnsafeRawBufferPointer(rebasing: bytes.prefix(IndexFormat.headerLength)))
    sequence = source.header.first
    limit = min(bytes.count, source.sealed ?? bytes.count)
    while end < limit, scanFrame() {}
    checkSeal()
  }

  /// The bytes of a frame's changes.
  func payload(of frame: LogFrame) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[frame.payloadStart..<frame.end])
  }

  func name(of frame: LogFrame) -> String { "frame of change \(frame.sequence)" }

  /// Reads the frame at ``end``; `false` where the scan ends.
  private mutating func scanFrame() -> Bool {
    let (offset, section) = (end, "frame of change \(sequence)")
    switch LogFrame.read(bytes, at: offset, end: limit, after: seed) {
    case .short: return stop(section)
    case .wrong(let flip):
      if let flip {
        damage.append(
          IndexDamage(
            source.name, section, at: offset, length: LogFrame.headerLength - 4,
            checksum: offset + LogFrame.headerLength - 4, flip: flip))
      } else if hasFrame(after: offset) || source.sealed != nil {
        damage.append(IndexDamage(source.name, section, at: offset, "it is no frame"))
      } else {
        torn = limit - offset
      }
      return false
    case .frame(let frame, let table):
      guard frame.sequence == sequence else {
        damage.append(
          IndexDamage(source.name, section, at: offset, "change \(frame.sequence) follows"))
        return false
      }
      guard frame.end <= limit else { return stop(section) }
      return check(frame, table: table, section)
    }
  }

  /// The file ends within a frame.
  private mutating func stop(_ section: String) -> Bool {
    if source.sealed != nil {
      damage.append(IndexDamage(source.name, section, at: limit, "it is cut off"))
    } else {
      torn = limit - end
    }
    return false
  }

  private mutating func check(_ frame: LogFrame, table: UInt32, _ section: String) -> Bool {
    let found = damage(of: frame, table: table, section)
    let isFollowed = source.sealed != nil || hasFrame(at: frame.end, sequence: frame.end(sequence))
    if found.isEmpty {
      frames.append(frame)
    } else if isFollowed || (found.count == 1 && found[0].bit != nil) {
      damage += found
    } else {
      torn = limit - end
      return false
    }
    end = frame.end
    sequence = frame.end(sequence)
    return true
  }

  private func damage(of frame: LogFrame, table: UInt32, _ section: String) -> [IndexDamage] {
    let start = frame.offset + LogFrame.headerLength
    let sums = UnsafeRawBufferPointer(rebasing: bytes[start..<frame.payloadStart])
    guard Checksum.crc32c(sums) == table else {
      // The header was found to be whole, and the table's checksum is in it.
      let flip = Checksum.flip(in: sums, expected: table)
      return [
        IndexDamage(
          source.name, section, at: start, length: sums.count, checksum: start,
          flip: flip?.byte == nil ? nil : flip)
      ]
    }
    let payload = payload(of: frame)
    return IndexFormat.checksums(of: payload).enumerated().compactMap { block, found in
      let expected = UInt32(
        littleEndian: sums.loadUnaligned(fromByteOffset: 4 * block, as: UInt32.self))
      guard found != expected else { return nil }
      let offset = block * IndexFormat.blockLength
      let part = UnsafeRawBufferPointer(
        rebasing: payload[offset..<min(offset + IndexFormat.blockLength, payload.count)])
      let flip = Checksum.flip(in: part, expected: expected)
      return IndexDamage(
        source.name, section, at: frame.payloadStart + offset, length: part.count, checksum: 0,
        flip: flip?.byte == nil ? nil : flip)
    }
  }

  private func hasFrame(at offset: Int, sequence: UInt64? = nil) -> Bool {
    guard case .frame(let frame, _) = LogFrame.read(bytes, at: offset, end: limit, after: seed)
    else { return false }
    return sequence.map { $0 == frame.sequence } ?? (frame.sequence > self.sequence)
  }

  private func hasFrame(after offset: Int) -> Bool {
    let first = UInt8(truncatingIfNeeded: LogFrame.magic)
    var place = offset + 1
    while place + LogFrame.headerLength <= limit {
      if bytes[place] == first,
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
          == LogFrame.magic, hasFrame(at: place)
      {
        return true
      }
      place += 1
    }
    return false
  }

  private mutating func checkSeal() {
    guard let sealed = source.sealed, damage.isEmpty else { return }
    if bytes.count < sealed {
      damage.append(
        IndexDamage(
          source.name, "file", at: bytes.count, "it is cut off, \(sealed) bytes were written"))
    } else if bytes.count > sealed {
      damage.append(IndexDamage(source.name, "file", at: sealed, "more follows than was written"))
    }
  }
}

extension LogFrame {
  /// The sequence number of the change after it.
  func end(_ sequence: UInt64) -> UInt64 { sequence &+ UInt64(count) }
}
