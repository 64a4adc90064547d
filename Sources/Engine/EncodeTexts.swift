public import AkinEncoders
public import Foundation

/// The use case "vectors of these texts": one text a line in, one row of a `.npy` file out.
public struct EncodeTexts {
  private let encoder: any TextEncoder
  private let progress: any ProgressReporter
  /// Texts encoded between two writes: what is held in memory.
  private static let chunk = 8_192

  /// Encodes with `encoder`.
  public init(encoder: any TextEncoder, progress: any ProgressReporter) {
    self.encoder = encoder
    self.progress = progress
  }

  /// Encodes the lines of `input` into `output`, float32 `(n, d)`, in their order; an empty line
  /// is an empty text. The file appears whole or not at all.
  ///
  /// - Returns: the number of texts.
  /// - Throws: ``EngineError`` `unreadableInput` with the line; `EncoderError`.
  @discardableResult
  public func run(input: URL, output: URL, as role: TextRole) throws -> Int {
    guard input.resolvingSymlinksInPath() != output.resolvingSymlinksInPath() else {
      throw EngineError(.badArgument, "the output is the input; name another file to write")
    }
    let lines = try TextLines(input)
    let writer = try NumPyWriter(destination: output, columns: encoder.dimension)
    progress.begin("Encoding", total: lines.count, unit: "texts")
    var done = 0
    var held: [String] = []
    func encodeHeld() throws {
      let rows = try encoder.encode(held, as: role) { [done] inChunk, _ in
        progress.advance(to: done + inChunk)
      }
      try rows.values.withUnsafeBufferPointer { try writer.append($0) }
      done += held.count
      held.removeAll(keepingCapacity: true)
    }
    try lines.forEach { text in
      held.append(text)
      if held.count == Self.chunk { try encodeHeld() }
    }
    if !held.isEmpty { try encodeHeld() }
    try writer.finish()
    progress.end("\(done.formatted()) texts, \(encoder.dimension) dimensions")
    return done
  }
}

/// A UTF-8 text file, line by line, by memory map.
struct TextLines {
  private let path: String
  private let bytes: Data

  init(_ url: URL) throws(EngineError) {
    path = url.path(percentEncoded: false)
    do {
      bytes = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw EngineError(.unreadableInput, "\(path): cannot be read; check the name and the owner")
    }
  }

  /// The number of lines; a last line needs no line end. O(n).
  var count: Int {
    let ends = bytes.withUnsafeBytes { $0.count { $0 == UInt8(ascii: "\n") } }
    return ends + (bytes.isEmpty || bytes.last == UInt8(ascii: "\n") ? 0 : 1)
  }

  /// Lends each line without its end (LF or CR LF).
  ///
  /// - Throws: ``EngineError`` `unreadableInput` for the first line that is no UTF-8.
  func forEach(_ body: (String) throws -> Void) throws {
    try bytes.withUnsafeBytes { bytes in
      var start = 0
      var line = 1
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        var text = bytes[start..<end]
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        guard let text = String(validating: text, as: UTF8.self) else {
          throw EngineError(
            .unreadableInput, "\(path):\(line): the line is no valid UTF-8; convert the file first")
        }
        try body(text)
        start = end + 1
        line += 1
      }
    }
  }
}
