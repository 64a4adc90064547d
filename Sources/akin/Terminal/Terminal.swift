import Foundation

/// Standard output and error.
enum Terminal {
  /// Writes a line of results; ends the process with status 73 where they cannot be written.
  static func print(_ text: String) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    } catch {
      warn("akin: the results cannot be written: is the disk full, or the output closed?")
      exit(ExitStatus.cannotWrite)
    }
  }

  /// Writes a line for the person, not for a pipe.
  static func warn(_ text: String) {
    write(text + "\n")
  }

  /// Writes to standard error, where nobody is left to tell that it failed.
  static func write(_ text: String) {
    _ = try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Whether bold text makes sense: standard output is a terminal, and nobody said `NO_COLOR`.
  static var isStyled: Bool {
    isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
  }

  /// Columns of the terminal that standard output is, 100 where it is none.
  static var width: Int {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1,
      ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 40
    else { return 100 }
    return Int(size.ws_col)
  }
}

extension Terminal {
  /// Writes `value` as readable JSON with a stable order of keys.
  static func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
