package import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The few file operations of this module, with its errors.
package enum FileAccess {
  /// The file's bytes, mapped where the system can.
  package static func map(_ url: URL) throws(EncoderError) -> Data {
    guard isFile(url) else {
      throw EncoderError(.missingFile, "There is no such file.", path: url.path)
    }
    do {
      // `mappedIfSafe` reads the whole file into memory on Linux.
      return try Data(contentsOf: url, options: .alwaysMapped)
    } catch {
      throw EncoderError(
        .unreadableFile, "The file cannot be read: check its permissions.", path: url.path)
    }
  }

  /// Whether a regular file is there.
  package static func isFile(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }

  /// Whether a folder is there.
  package static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// Moves a file or folder in one step, replacing a file that is there.
  static func rename(_ source: URL, to destination: URL) throws {
    guard
      source.withUnsafeFileSystemRepresentation({ old in
        destination.withUnsafeFileSystemRepresentation { new in
          guard let old, let new else { return false }
          return systemRename(old, new) == 0
        }
      })
    else { throw CocoaError(.fileWriteUnknown) }
  }

  /// Size in bytes, or nil where there is no such file.
  static func size(of url: URL) -> Int? {
    let values = try? url.resolvingSymlinksInPath().resourceValues(forKeys: [.fileSizeKey])
    return values?.fileSize
  }
}

private func systemRename(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> CInt {
  rename(old, new)
}
