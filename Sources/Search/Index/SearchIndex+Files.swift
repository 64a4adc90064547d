public import Foundation

/// What a folder's manifest says.
private struct Manifest: Codable {
  struct Part: Codable {
    var file: String
    /// 64-bit words as hexadecimal, where products of the segment are hidden.
    var live: [String]?
  }

  struct Group: Codable {
    var kind: Lexicon.Kind
    var words: [String]
  }

  var format = 1
  /// What the index was made of, in its maker's words.
  var origin: String
  var generation: Int
  var weighting: FieldWeighting
  var parts: [Part]
  var lexicon: [Group]
}

extension SearchIndex {
  private static let manifestName = "manifest"

  /// Opens the index in `directory`: its files are mapped and every checksum is compared.
  ///
  /// - Returns: the index and the `origin` that it was saved with.
  /// - Throws: ``SearchError`` `noIndex`, `damaged`, `tooNew`, `unreadable`.
  public static func open(_ directory: URL) throws(SearchError) -> (
    index: SearchIndex, origin: String
  ) {
    let manifest = try readManifest(directory)
    var snapshot = Snapshot(generation: manifest.generation)
    for part in manifest.parts {
      let path = directory.appending(path: part.file).path(percentEncoded: false)
      let segment = try Segment(try MappedStorage(path: path), name: part.file)
      var made = Snapshot.Part(segment)
      if let live = part.live {
        let words = live.compactMap { UInt64($0, radix: 16) }
        guard words.count == made.live.count else { throw damaged("\(part.file) is another") }
        made.live = zip(words, made.live).map { $0 & $1 }
        made.liveCount = made.live.reduce(0) { $0 + $1.nonzeroBitCount }
      }
      snapshot.parts.append(made)
    }
    snapshot.lexicon = Lexicon(
      groups: manifest.lexicon.map { Lexicon.Group(kind: $0.kind, words: $0.words) })
    guard manifest.weighting.isUsable else { throw damaged("its weights are not usable") }
    return (SearchIndex(snapshot: snapshot, weighting: manifest.weighting), manifest.origin)
  }

  /// Writes the index to `directory`, which is made where it is missing, and replaces what was
  /// there at once: after `kill -9` at any moment the folder holds the index before or this one.
  ///
  /// - Parameter origin: what the index was made of; ``open(_:)`` returns it.
  /// - Throws: ``SearchError`` `notWritable`.
  public func save(to directory: URL, origin: String = "") throws(SearchError) {
    let folder = try IndexFolder(directory)
    let snapshot = self.snapshot
    let stamp = String(UInt64.random(in: .min ... .max), radix: 36)
    var parts: [Manifest.Part] = []
    for (number, part) in snapshot.parts.enumerated() {
      let name = "segment-\(stamp)-\(number)"
      try folder.write(part.segment.bytes, to: name)
      let hidden = part.liveCount < part.segment.count
      parts.append(
        Manifest.Part(file: name, live: hidden ? part.live.map { String($0, radix: 16) } : nil))
    }
    let manifest = Manifest(
      origin: origin, generation: snapshot.generation, weighting: weighting, parts: parts,
      lexicon: snapshot.lexicon.groups.map { Manifest.Group(kind: $0.kind, words: $0.words) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let body: [UInt8]
    do { body = Array(try encoder.encode(manifest)) } catch {
      throw SearchError(.notWritable, "the manifest cannot be encoded: \(error)")
    }
    let checked = Array((String(SegmentFile.checksum(body), radix: 16) + "\n").utf8) + body
    try checked.withUnsafeBytes { bytes in
      Result { () throws(SearchError) in try folder.write(bytes, to: Self.manifestName) }
    }.get()
    folder.removeAll(except: Set(parts.map(\.file) + [Self.manifestName, IndexFolder.lockName]))
  }

  /// The `origin` of the index in `directory`, `nil` where there is none that can be read.
  public static func origin(of directory: URL) -> String? {
    // Whatever is wrong with it, it is no index of that origin.
    do { return try readManifest(directory).origin } catch { return nil }
  }

  private static func readManifest(_ directory: URL) throws(SearchError) -> Manifest {
    let url = directory.appending(path: manifestName)
    guard let data = FileManager.default.contents(atPath: url.path(percentEncoded: false)) else {
      throw SearchError(
        .noIndex, "\(directory.path(percentEncoded: false)) holds no search index; build the shop")
    }
    guard let end = data.firstIndex(of: 0x0A),
      let checksum = UInt32(String(decoding: data[..<end], as: UTF8.self), radix: 16),
      SegmentFile.checksum(Array(data[data.index(after: end)...])) == checksum
    else { throw damaged("its manifest's checksum is wrong") }
    let manifest: Manifest
    do {
      manifest = try JSONDecoder().decode(
        Manifest.self, from: Data(data[data.index(after: end)...]))
    } catch { throw damaged("its manifest cannot be read") }
    guard manifest.format == 1 else {
      throw SearchError(.tooNew, "the search index was written by a newer Akin; update this one")
    }
    return manifest
  }

  private static func damaged(_ reason: String) -> SearchError {
    SearchError(
      .damaged,
      "the search index is damaged, \(reason); remove the search folder, it is made again")
  }
}

extension FieldWeighting {
  var isUsable: Bool {
    boosts.count == SearchFields.count && lengthNormalisation.count == SearchFields.count
      && (boosts + lengthNormalisation + [k1]).allSatisfy { $0.isFinite && $0 >= 0 } && k1 > 0
  }
}
