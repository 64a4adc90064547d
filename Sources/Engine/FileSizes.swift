internal import Foundation

/// Progress over several files, in bytes.
enum FileSizes {
  /// The files' sizes together; a file that is not there counts as empty, opening it will say why.
  static func total(of files: [URL]) -> Int { files.reduce(0) { $0 + size(of: $1) } }

  /// Calls `body` for each file, with a closure that takes the bytes read of that file.
  static func followed(
    _ files: [URL], _ progress: any ProgressReporter,
    _ body: (URL, @escaping (Int) -> Void) throws -> Void
  ) throws {
    var finished = 0
    for file in files {
      try body(file) { [finished] bytes in progress.advance(to: finished + bytes) }
      finished += size(of: file)
    }
  }

  private static func size(of file: URL) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: file.path(percentEncoded: false))
    return attributes?[.size] as? Int ?? 0
  }
}
