internal import Foundation

/// A line of the log: what was tried, and what came of it.
public struct TuningTrial: Sendable, Equatable, Codable {
  /// Counted from 1; the first has the settings that were given.
  public var trial: Int
  /// The settings that were searched, as people type them.
  public var values: [String: String]
  /// The mean over the held-out parts; `nil` where fitting failed.
  public var score: Double?
  /// The score of each held-out part.
  public var parts: [Double]?
  /// Why there is no score.
  public var failure: String?
  /// Seconds of fitting and measuring.
  public var seconds = 0.0

  init(trial: Int, values: [String: String]) {
    self.trial = trial
    self.values = values
  }
}

/// The log of a search: JSON lines, the first about the search, then one a trial, each on the disk
/// before the next trial begins.
final class TuningLog {
  /// What must be the same for a search to go on.
  struct Header: Codable, Equatable {
    var recommender: String
    var method: String
    var metric: String
    var validation: String
    var seed: UInt64
    var space: [String]
    var levels: Int?
    var settings: String
    var users: Int, items: Int, interactions: Int
  }

  /// What has been tried.
  private(set) var trials: [TuningTrial] = []
  private var file: FileHandle?
  private let url: URL?

  /// Takes up the log at `url`, or begins it. Without a place nothing is written.
  ///
  /// - Throws: ``EngineError`` `unreadableInput` for a file that is no such log, `badArgument` for
  ///   that of another search, with the difference; `cannotWrite`.
  init(url: URL?, header: Header) throws {
    self.url = url
    guard let url else { return }
    let path = url.path(percentEncoded: false)
    var whole = 0
    if FileManager.default.fileExists(atPath: path) {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw EngineError(.unreadableInput, "\(path): cannot be read")
      }
      whole = try read(data, header, path)
    }
    if whole == 0 {
      guard FileManager.default.createFile(atPath: path, contents: nil) else {
        throw cannotWrite
      }
    }
    guard let handle = FileHandle(forWritingAtPath: path) else { throw cannotWrite }
    file = handle
    do {
      // A line that a crash cut short is written again.
      try handle.truncate(atOffset: UInt64(whole))
      try handle.seekToEnd()
    } catch { throw cannotWrite }
    if whole == 0 { try write(header) }
  }

  /// - Returns: the bytes that are whole lines.
  private func read(_ data: Data, _ header: Header, _ path: String) throws -> Int {
    guard let last = data.lastIndex(of: UInt8(ascii: "\n")) else {
      guard data.isEmpty || data.first == UInt8(ascii: "{") else { throw noLog(path) }
      return 0
    }
    let lines = data[...last].split(separator: UInt8(ascii: "\n"))
    let decoder = JSONDecoder()
    for (number, line) in lines.enumerated() {
      do {
        if number == 0 {
          try compare(decoder.decode(Header.self, from: line), header, path)
        } else {
          let trial = try decoder.decode(TuningTrial.self, from: line)
          guard trial.trial == number else { throw noLog(path) }
          trials.append(trial)
        }
      } catch let error as EngineError {
        throw error
      } catch { throw noLog("\(path), line \(number + 1)") }
    }
    return last + 1 - data.startIndex
  }

  private func compare(_ found: Header, _ wanted: Header, _ path: String) throws {
    guard found != wanted else { return }
    let pairs = zip(Mirror(reflecting: found).children, Mirror(reflecting: wanted).children)
    let difference = pairs.first { "\($0.value)" != "\($1.value)" }
    let what = difference.map { "\($0.label ?? ""): there \($0.value), here \($1.value)" } ?? ""
    throw EngineError(
      .badArgument,
      "\(path) is the log of another search (\(what)); name another log, or move this one away")
  }

  private func noLog(_ place: String) -> EngineError {
    EngineError(.unreadableInput, "\(place): is no log of a search; name another file")
  }

  private var cannotWrite: EngineError {
    EngineError(
      .cannotWrite,
      "\(url?.path(percentEncoded: false) ?? ""): cannot be written; check the folder, its owner"
        + " and the room on its disk")
  }

  /// Writes a trial, through to the disk.
  ///
  /// - Throws: ``EngineError`` `cannotWrite`.
  func append(_ trial: TuningTrial) throws {
    trials.append(trial)
    try write(trial)
  }

  private func write(_ line: some Encodable) throws {
    guard let file else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      var data = try encoder.encode(line)
      data.append(UInt8(ascii: "\n"))
      try file.write(contentsOf: data)
      try file.synchronize()
    } catch { throw cannotWrite }
  }

  func close() {
    // Every line is on the disk already: what fails here loses nothing.
    try? file?.close()
    file = nil
  }
}
