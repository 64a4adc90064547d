package import Foundation

/// Catalogues and behaviour logs as files: opened, looked at, and read with one contract.
package enum Feed {
  /// Opens a feed and finds out how it is laid out; see ``FeedReader/feed`` for what was found.
  ///
  /// Reads the beginning of the file only. The reader's memory is bounded by
  /// ``FeedOptions/chunkBytes`` and ``FeedOptions/maximumRowBytes``, whatever the file's size.
  package static func open(_ url: URL, options: FeedOptions = FeedOptions()) throws(FeedError)
    -> any FeedReader
  {
    try open(path: url.path(percentEncoded: false), options: options)
  }

  /// Opens the feed under a path.
  package static func open(path: String, options: FeedOptions = FeedOptions()) throws(FeedError)
    -> any FeedReader
  {
    try FeedOpener(path: path, options: options).open()
  }
}

/// The steps of opening a feed: unpack, decode, recognise.
private struct FeedOpener {
  /// How much is looked at.
  static let sampleBytes = 256 << 10

  let path: String
  let options: FeedOptions

  func open() throws(FeedError) -> any FeedReader {
    let file = try FileStream(path)
    let magic = try file.sample(8, chunk: options.chunkBytes)
    if options.format == .parquet || magic.starts(with: Array("PAR1".utf8)) {
      return try ParquetReader(file: file, options: options)
    }
    try refuseForeign(magic)
    var bytes: any ByteStream = PrefixedStream(magic, rest: file)
    let compression = Self.compression(magic)
    if compression != .none {
      bytes = try DecompressingStream(bytes, compression, path: path, chunk: options.chunkBytes)
    }
    let sample = try bytes.sample(Self.sampleBytes, chunk: options.chunkBytes)
    try refuseEmpty(sample)
    if compression != .none {
      if sample.starts(with: Array("PAR1".utf8)) {
        throw notAFeed("a Parquet file inside \(compression.rawValue)", "decompress it first")
      }
      try refuseForeign(Array(sample.prefix(8)))
    }
    var description = FeedDescription(
      format: .delimited, compression: compression, fileBytes: file.size)
    if compression == .none, path.hasSuffix(".gz") || path.hasSuffix(".zst") {
      try refuseUnpacked(sample)
    }
    if options.format == .xml || options.format == nil && options.encoding == nil && isXML(sample) {
      description.format = .xml
      return try XMLFeedReader(
        PrefixedStream(sample, rest: bytes), file: file, encoding: options.encoding,
        description: description, options: options)
    }
    return try openText(sample, rest: bytes, file: file, description: &description)
  }

  private func openText(
    _ sample: [UInt8], rest: any ByteStream, file: FileStream, description: inout FeedDescription
  ) throws(FeedError) -> any FeedReader {
    let found = try encoding(sample)
    var text: any ByteStream = PrefixedStream(sample, skipping: found.markLength, rest: rest)
    if found.encoding != .utf8 {
      text = try DecodingStream(text, found.encoding, path: path, chunk: options.chunkBytes)
    }
    description.encoding = found.encoding
    description.hasByteOrderMark = found.markLength > 0
    let window = TextWindow(text, chunk: options.chunkBytes)
    try window.peek(Self.sampleBytes)
    guard let first = window.bytes.first(where: { $0 > 0x20 }) else { throw empty() }
    description.format = options.format ?? Self.textFormat(window.bytes, first: first)
    switch description.format {
    case .jsonLines, .jsonArray:
      return try JSONReader(window, file: file, description: description, options: options)
    case .xml:
      // An encoding was forced: libxml2 sees UTF-8 whatever the declaration says.
      return try XMLFeedReader(
        WindowStream(window), file: file, encoding: .utf8, description: description,
        options: options)
    case .delimited, .parquet:
      let dialect = DelimitedDialect.detect(
        window.bytes, isWhole: window.isFinal, forced: options.delimiter,
        maximumColumns: max(options.maximumColumns, 1))
      description.delimiter = String(UnicodeScalar(dialect.delimiter))
      description.isQuoted = dialect.isQuoted
      description.lineEnd = dialect.lineEnd
      return try DelimitedReader(
        window, file: file, dialect: dialect, description: description, options: options)
    }
  }

  private func encoding(_ sample: [UInt8]) throws(FeedError) -> EncodingDetector {
    let isWhole = sample.count < Self.sampleBytes
    do throws(EncodingDetector.Failure) {
      guard let forced = options.encoding else {
        return try EncodingDetector.detect(sample, isWhole: isWhole)
      }
      let mark: [UInt8] =
        switch forced {
        case .utf8: [0xEF, 0xBB, 0xBF]
        case .utf16LittleEndian: [0xFF, 0xFE]
        case .utf16BigEndian: [0xFE, 0xFF]
        case .gb18030: [0x84, 0x31, 0x95, 0x33]
        case .windows1252: []
        }
      let length = !mark.isEmpty && sample.starts(with: mark) ? mark.count : 0
      return EncodingDetector(encoding: forced, markLength: length)
    } catch {
      switch error {
      case .binary:
        throw notAFeed("binary data", "give a CSV, TSV, JSON lines, Parquet or XML file")
      case .foreign(let name):
        throw FeedError(
          .unsupportedEncoding, path: path, message: "the text looks like \(name)",
          advice: "convert it to UTF-8, or name the encoding if it is another one")
      }
    }
  }

  // MARK: Recognising

  private static func compression(_ magic: [UInt8]) -> FeedCompression {
    if magic.starts(with: [0x1F, 0x8B]) { return .gzip }
    return magic.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) ? .zstd : .none
  }

  private func isXML(_ sample: [UInt8]) -> Bool {
    var text = sample[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    // UTF-16 in either order: `<`, then `?` or a letter, with zeros between.
    let wide = text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF])
    if wide { text = text.dropFirst(2) }
    return text.first { $0 > 0x20 } == UInt8(ascii: "<")
  }

  /// JSON is told by its first two characters, anything else that is text is delimited.
  private static func textFormat(_ text: UnsafeRawBufferPointer, first: UInt8) -> FeedFormat {
    let marks = Array(text.lazy.filter { $0 > 0x20 }.prefix(2))
    let second = marks.count > 1 ? marks[1] : 0
    if first == UInt8(ascii: "{"), second == UInt8(ascii: "\"") || second == UInt8(ascii: "}") {
      return .jsonLines
    }
    if first == UInt8(ascii: "["), second == UInt8(ascii: "{") || second == UInt8(ascii: "]") {
      return .jsonArray
    }
    return first == UInt8(ascii: "<") ? .xml : .delimited
  }

  /// Formats that people mistake for a feed.
  private func refuseForeign(_ magic: [UInt8]) throws(FeedError) {
    let known: [(start: [UInt8], name: String, advice: String)] = [
      ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive or an Excel workbook", "export it as CSV"),
      ([0xD0, 0xCF, 0x11, 0xE0], "an old Excel workbook", "export it as CSV"),
      ([0x42, 0x5A, 0x68], "compressed with bzip2", "decompress it, or use gzip or zstd"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed with xz", "decompress it, or use gzip or zstd"),
      ([0x25, 0x50, 0x44, 0x46], "a PDF document", "export the catalogue as CSV"),
      ([0x41, 0x52, 0x52, 0x4F, 0x57, 0x31], "an Arrow file", "write it as Parquet"),
    ]
    for format in known where magic.starts(with: format.start) {
      throw notAFeed(format.name, format.advice)
    }
  }

  private func refuseEmpty(_ sample: [UInt8]) throws(FeedError) {
    if sample.allSatisfy({ $0 <= 0x20 && $0 != 0 }) { throw empty() }
  }

  /// A name that promises compressed data, and binary data that is none.
  private func refuseUnpacked(_ sample: [UInt8]) throws(FeedError) {
    guard options.encoding == nil else { return }
    do throws(EncodingDetector.Failure) {
      _ = try EncodingDetector.detect(sample, isWhole: sample.count < Self.sampleBytes)
    } catch {
      let kind = path.hasSuffix(".gz") ? "gzip" : "zstd"
      throw FeedError(
        .corrupt, path: path,
        message: "the name says \(kind), but the file does not begin as \(kind) does",
        advice: "fetch or compress the file again")
    }
  }

  private func empty() -> FeedError {
    FeedError(.empty, path: path, message: "the file is empty", advice: "export it again")
  }

  private func notAFeed(_ what: String, _ advice: String) -> FeedError {
    FeedError(.notAFeed, path: path, message: "this is \(what), not a feed", advice: advice)
  }
}

/// What a window holds and what follows, as a stream.
private final class WindowStream: ByteStream {
  private let window: TextWindow

  init(_ window: TextWindow) { self.window = window }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FeedError) -> Int {
    if window.count == 0 { try window.refill() }
    let count = min(buffer.count, window.count)
    buffer.copyMemory(from: .init(rebasing: window.bytes[0..<count]))
    window.consume(count)
    return count
  }
}
