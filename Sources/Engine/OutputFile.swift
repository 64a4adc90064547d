internal import Foundation

/// A result file that appears whole or not at all.
enum OutputFile {
  /// Replaces `url`, following links; what is no regular file, such as a device or a pipe, is
  /// written to instead.
  ///
  /// - Throws: ``EngineError`` `cannotWrite`.
  static func write(_ data: Data, to url: URL) throws(EngineError) {
    let target = url.resolvingSymlinksInPath()
    let path = target.path(percentEncoded: false)
    // A file that is not there yet has no attributes.
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let type = attributes?[.type] as? FileAttributeType
    do {
      if let type, type != .typeRegular, type != .typeDirectory {
        let handle = try FileHandle(forWritingTo: target)
        try handle.write(contentsOf: data)
        try handle.close()
      } else {
        try data.write(to: target, options: .atomic)
      }
    } catch {
      throw EngineError(
        .cannotWrite,
        "\(path): cannot be written; check that the folder exists, its owner and the room on its disk"
      )
    }
  }
}

/// The folder that something learned goes to.
enum OutputFolder {
  /// Makes the folder that the result of `body` goes to: one that cannot be made must not cost
  /// minutes first. Where `body` fails, an empty folder is not left behind.
  ///
  /// - Throws: ``EngineError`` `cannotWrite`; what `body` throws.
  static func make<Result>(_ folder: URL, _ body: () throws -> Result) throws -> Result {
    let path = folder.path(percentEncoded: false)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw EngineError(.cannotWrite, "\(path): the folder cannot be made")
    }
    do {
      return try body()
    } catch {
      // Removed only where it is empty.
      rmdir(path)
      throw error
    }
  }
}
