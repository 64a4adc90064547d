/// Which files an index is made of; replaced as a whole whenever that changes.
struct Manifest: Equatable, Sendable {
  struct Segment: Equatable, Sendable {
    var number: UInt64
    var length: Int
    /// Of the footer, which stands for the whole file.
    var checksum: UInt32
    var rows: Int
    /// Rows that were deleted or replaced when the manifest was written.
    var deleted: RowSet

    var name: String { IndexFormat.segmentName(number) }
  }

  struct Log: Hashable, Sendable {
    var number: UInt64
    var salt: UInt64
    /// The sequence number of its first change.
    var first: UInt64
    /// Its exact length once it takes no more frames.
    var sealed: Int?

    var name: String { IndexFormat.logName(number) }

    func header(_ identity: IndexIdentity) -> FileHeader {
      FileHeader(kind: .log, identity: identity, number: number, first: first, salt: salt)
    }
  }

  static let magic = "AKINMAN\0"
  /// The formats that are read: 1; 2 where vectors are not float32, which has one field more.
  static let readable: ClosedRange<UInt32> = 1...2
  var identity: IndexIdentity
  /// Grows by one with every manifest.
  var generation: UInt64 = 0
  var dimension: Int
  var measure: IndexMeasure
  /// What new segments keep vectors in.
  var precision = IndexPrecision.float32
  /// The number that the next file gets.
  var nextFile: UInt64 = 1
  /// The sequence number of the first change that is in no segment.
  var sequence: UInt64 = 1
  /// In the order of the index.
  var segments: [Segment] = []
  /// In the order of their changes; only the last one may be unsealed.
  var logs: [Log] = []

  /// The first format that says what it is.
  var format: UInt32 { precision == .float32 ? 1 : 2 }

  var fileNames: Set<String> { Set(segments.map(\.name) + logs.map(\.name)) }
}

// MARK: - Writing

extension Manifest {
  /// The file's bytes: magic, format, zero (u32), length (u64), the fields, a checksum of all.
  var bytes: [UInt8] {
    var fields = ByteWriter()
    fields.put(identity.high)
    fields.put(identity.low)
    fields.put(generation)
    fields.put(UInt32(dimension))
    fields.put(measure.rawValue)
    if format > 1 { fields.put(precision.rawValue) }
    fields.put(nextFile)
    fields.put(sequence)
    fields.put(UInt32(segments.count))
    for segment in segments { put(segment, into: &fields) }
    fields.put(UInt32(logs.count))
    for log in logs {
      fields.put(log.number)
      fields.put(log.salt)
      fields.put(log.first)
      fields.put(UInt64(log.sealed ?? 0))
    }
    var file = ByteWriter()
    file.put(raw: Self.magic.utf8)
    file.put(format)
    file.put(UInt32(0))
    file.put(UInt64(24 + fields.bytes.count + 4))
    file.put(raw: fields.bytes)
    file.put(Checksum.crc32c(file.bytes))
    return file.bytes
  }

  /// Deleted rows as a list of them or as bits, whichever is shorter.
  private func put(_ segment: Segment, into writer: inout ByteWriter) {
    writer.put(segment.number)
    writer.put(UInt64(segment.length))
    writer.put(segment.checksum)
    writer.put(UInt32(segment.rows))
    let count = segment.deleted.population
    writer.put(UInt32(count))
    if count * 4 <= segment.deleted.words.count * 8 {
      segment.deleted.forEach { writer.put(UInt32($0)) }
    } else {
      for word in segment.deleted.words { writer.put(word) }
    }
  }
}

// MARK: - Reading

extension Manifest {
  /// Reads the manifest of a folder.
  ///
  /// - Throws: ``IndexStoreError`` `noIndex`, `damaged`, `tooNew`, `unreadable`.
  static func read(in folder: IndexFolder) throws(IndexStoreError) -> Manifest {
    let name = IndexFormat.manifest
    guard let bytes = try folder.read(name) else {
      throw IndexStoreError(
        .noIndex, folder.path, "holds no index; create one: akin index create DIR --dimension D")
    }
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(IndexStoreError) in try parse(bytes, name: name, in: folder) }
    }
    return try result.get()
  }

  private static func parse(
    _ bytes: UnsafeRawBufferPointer, name: String, in folder: IndexFolder
  ) throws(IndexStoreError) -> Manifest {
    func damaged(_ section: String, _ offset: Int, _ reason: String) -> IndexStoreError {
      IndexStoreError(IndexDamage(name, section, at: offset, reason), in: folder.path)
    }
    guard bytes.count >= 28 else { throw damaged("file", bytes.count, "it is cut off") }
    let body = UnsafeRawBufferPointer(rebasing: bytes.dropLast(4))
    let expected = UInt32(
      littleEndian: bytes.loadUnaligned(fromByteOffset: body.count, as: UInt32.self))
    guard Checksum.crc32c(body) == expected else {
      let flip = Checksum.flip(in: body, expected: expected)
      if flip == nil, bytes.prefix(8).elementsEqual(magic.utf8) {
        let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        if length != bytes.count {
          throw damaged("file", bytes.count, "it is cut off, \(length) bytes were written")
        }
      }
      throw IndexStoreError(
        IndexDamage(name, "file", at: 0, length: body.count, checksum: body.count, flip: flip),
        in: folder.path)
    }
    guard body.prefix(8).elementsEqual(magic.utf8) else {
      throw damaged("file", 0, "it is no manifest")
    }
    let format = UInt32(littleEndian: body.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    guard readable.contains(format) else {
      throw .tooNew(folder.path(of: name), format: format, latest: readable.upperBound)
    }
    do throws(ByteReader.Malformed) {
      return try fields(body, format: format)
    } catch {
      throw damaged("fields", error.offset, error.reason)
    }
  }

  private static func fields(
    _ body: UnsafeRawBufferPointer, format: UInt32
  ) throws(ByteReader.Malformed) -> Manifest {
    var reader = ByteReader(body)
    _ = try reader.take(16)
    guard try reader.takeCount() == body.count + 4 else {
      throw reader.malformed("its length is another")
    }
    let identity = IndexIdentity(high: try reader.take(), low: try reader.take())
    let generation: UInt64 = try reader.take()
    let dimension = Int(try reader.take(UInt32.self))
    guard (1...IndexLimits.dimension).contains(dimension) else {
      throw reader.malformed("no dimension of a vector")
    }
    guard let measure = IndexMeasure(rawValue: try reader.take()) else {
      throw reader.malformed("no such measure")
    }
    var precision = IndexPrecision.float32
    if format > 1 {
      guard let known = IndexPrecision(rawValue: try reader.take()) else {
        throw reader.malformed("no such precision")
      }
      precision = known
    }
    var manifest = Manifest(
      identity: identity, generation: generation, dimension: dimension, measure: measure,
      precision: precision, nextFile: try reader.take(), sequence: try reader.take())
    for _ in 0..<(try reader.takeCount(ofSize: 28)) {
      manifest.segments.append(try segment(&reader))
    }
    for _ in 0..<(try reader.takeCount(ofSize: 32)) {
      var log = Log(number: try reader.take(), salt: try reader.take(), first: try reader.take())
      let sealed = try reader.takeCount()
      log.sealed = sealed == 0 ? nil : sealed
      manifest.logs.append(log)
    }
    guard reader.isAtEnd else { throw reader.malformed("it holds more than its fields") }
    guard manifest.logs.dropLast().allSatisfy({ $0.sealed != nil }) else {
      throw reader.malformed("a log goes on beside a later one")
    }
    return manifest
  }

  private static func segment(
    _ reader: inout ByteReader
  ) throws(ByteReader.Malformed) -> Segment {
    let (number, length) = (try reader.take(UInt64.self), try reader.takeCount())
    let (checksum, rows) = (try reader.take(UInt32.self), Int(try reader.take(UInt32.self)))
    let count = Int(try reader.take(UInt32.self))
    guard rows <= IndexLimits.segmentRows, count <= rows else {
      throw reader.malformed("more rows than there can be")
    }
    var deleted = RowSet(count: rows)
    if count * 4 <= deleted.words.count * 8 {
      for _ in 0..<count {
        let row = Int(try reader.take(UInt32.self))
        guard row < rows else { throw reader.malformed("no row of the segment") }
        deleted[row] = true
      }
    } else {
      var words: [UInt64] = []
      for _ in 0..<deleted.words.count { words.append(try reader.take()) }
      guard let set = RowSet(count: rows, words: words) else {
        throw reader.malformed("a row beyond the last one is deleted")
      }
      deleted = set
    }
    guard deleted.population == count else { throw reader.malformed("a row is deleted twice") }
    return Segment(
      number: number, length: length, checksum: checksum, rows: rows, deleted: deleted)
  }
}
