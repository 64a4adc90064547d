internal import Foundation
public import Logging

/// Log lines as JSON objects on standard error: one a line, for machines and people alike.
public struct JSONLogHandler: LogHandler {
  /// Fields of every line.
  public var metadata: Logger.Metadata = [:]
  /// The least level that is written.
  public var logLevel: Logger.Level = .info
  private let label: String

  /// Creates a handler for the logger `label`.
  public init(label: String) { self.label = label }

  /// One of the fields of every line.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes one line.
  public func log(event: LogEvent) {
    var fields: [(String, String)] = [
      ("time", Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))),
      ("level", event.level.rawValue), ("message", event.message.description),
    ]
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) where key != "hb.request.id" {
      fields.append((key, "\(value)"))
    }
    let body = fields.map { "\(Self.quoted($0)):\(Self.quoted($1))" }.joined(separator: ",")
    FileHandle.standardError.write(Data("{\(body)}\n".utf8))
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 {
          result += String(format: "\\u%04x", scalar.value)
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
