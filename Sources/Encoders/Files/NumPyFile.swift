public import Foundation

/// Reads NumPy `.npy` files of float32 or int32 with one or two dimensions.
///
/// ```swift
/// let (values, header) = try NumPyFile.floats(at: URL(fileURLWithPath: "vectors.npy"))
/// ```
///
/// A file whose length is not exactly header plus elements is refused, so a half-written one is
/// never mistaken for a shorter catalogue.
public enum NumPyFile {
  /// The header alone, without reading the elements.
  public static func header(at url: URL) throws(EncoderError) -> NumPyHeader {
    try open(url).header
  }

  /// All elements of a float32 file, row after row. O(elements).
  public static func floats(
    at url: URL
  ) throws(EncoderError) -> (values: [Float], header: NumPyHeader) {
    let (data, header) = try open(url, expecting: .float32)
    return (elements(of: data, after: header, as: Float.self), header)
  }

  /// All elements of an int32 file, row after row. O(elements).
  public static func integers(
    at url: URL
  ) throws(EncoderError) -> (values: [Int32], header: NumPyHeader) {
    let (data, header) = try open(url, expecting: .int32)
    return (elements(of: data, after: header, as: Int32.self), header)
  }

  private static func open(
    _ url: URL, expecting element: NumPyElement? = nil
  ) throws(EncoderError) -> (data: Data, header: NumPyHeader) {
    let data = try FileAccess.map(url)
    let header = data.withUnsafeBytes { bytes in
      Result { () throws(EncoderError) in try NumPyHeader(parsing: bytes, path: url.path) }
    }
    let found = try header.get()
    if let element, found.element != element {
      throw EncoderError(
        .malformedFile, "Elements are \(found.element), \(element) expected.", path: url.path,
        field: "descr")
    }
    let size = found.shape.reduce(found.element.size, *)
    guard data.count - found.dataOffset == size else {
      throw EncoderError(
        .malformedFile,
        "The shape needs \(size) bytes of elements, the file holds "
          + "\(data.count - found.dataOffset).", path: url.path, field: "shape")
    }
    return (data, found)
  }

  private static func elements<Element>(
    of data: Data, after header: NumPyHeader, as type: Element.Type
  ) -> [Element] {
    let count = header.shape.reduce(1, *)
    return data.withUnsafeBytes { bytes in
      [Element](unsafeUninitializedCapacity: count) { target, filled in
        UnsafeMutableRawBufferPointer(target).copyMemory(
          from: .init(rebasing: bytes[header.dataOffset...]))
        filled = count
      }
    }
  }
}

/// Writes a two-dimensional `.npy` file row by row, for more rows than memory holds.
///
/// The rows go to a hidden file beside the destination, which appears complete or not at all:
/// ``finish()`` writes the number of rows into the header, syncs and renames. An abandoned writer
/// removes its file.
public final class NumPyWriter {
  private let destination: URL
  private let partial: URL
  private let handle: FileHandle
  private let columns: Int
  private let element: NumPyElement
  private var rows = 0
  private var isFinished = false
  private static let headerLength = 128

  /// Starts a file of `columns` elements a row.
  ///
  /// - Throws: ``EncoderError`` with ``EncoderError/Code/writeFailed``.
  public init(
    destination: URL, columns: Int, element: NumPyElement = .float32
  ) throws(EncoderError) {
    precondition(columns > 0, "a row has at least one column")
    let destination = destination.resolvingSymlinksInPath()
    try Self.refuseOtherThanFile(destination)
    self.destination = destination
    self.columns = columns
    self.element = element
    let folder = destination.deletingLastPathComponent()
    let name = ".\(destination.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)"
    partial = folder.appendingPathComponent(name + ".partial")
    do {
      try Data(count: Self.headerLength).write(to: partial)
      handle = try FileHandle(forWritingTo: partial)
      try handle.seekToEnd()
    } catch {
      // The half file is hidden and never read; failing to remove it harms nothing.
      _ = try? FileManager.default.removeItem(at: partial)
      throw EncoderError(
        .writeFailed,
        "Cannot write here: check that the folder exists, its permissions and the room on its disk.",
        path: destination.path)
    }
  }

  /// A rename would replace a device or fail on a folder, after all the work.
  private static func refuseOtherThanFile(_ url: URL) throws(EncoderError) {
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
    guard let type = attributes?[.type] as? FileAttributeType, type != .typeRegular else { return }
    throw EncoderError(
      .writeFailed, "This is no regular file; name a .npy file to write.", path: url.path)
  }

  /// Appends whole rows: `values.count` must be a multiple of the number of columns.
  public func append(_ values: UnsafeBufferPointer<Float>) throws(EncoderError) {
    precondition(element == .float32, "this file holds \(element)")
    try append(UnsafeRawBufferPointer(values))
  }

  /// Appends whole rows: `values.count` must be a multiple of the number of columns.
  public func append(_ values: UnsafeBufferPointer<Int32>) throws(EncoderError) {
    precondition(element == .int32, "this file holds \(element)")
    try append(UnsafeRawBufferPointer(values))
  }

  private func append(_ bytes: UnsafeRawBufferPointer) throws(EncoderError) {
    precondition(!isFinished && bytes.count % (columns * element.size) == 0, "whole rows only")
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    do {
      try handle.write(
        contentsOf: Data(
          bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count,
          deallocator: .none))
    } catch {
      throw EncoderError(
        .writeFailed, "Writing stopped after \(rows) rows: is the disk full?",
        path: destination.path)
    }
    rows += bytes.count / (columns * element.size)
  }

  /// Completes the header and puts the file in place, replacing an older one.
  public func finish() throws(EncoderError) {
    precondition(!isFinished, "finish() is called once")
    let header = NumPyHeader(
      element: element, shape: [rows, columns], dataOffset: Self.headerLength)
    do {
      try handle.seek(toOffset: 0)
      try handle.write(contentsOf: Data(header.encoded(length: Self.headerLength)))
      try handle.synchronize()
      try handle.close()
      try FileAccess.rename(partial, to: destination)
    } catch {
      throw EncoderError(
        .writeFailed, "The file could not be completed: is the disk full?",
        path: destination.path)
    }
    isFinished = true
  }

  deinit {
    guard !isFinished else { return }
    // Nothing is lost if these fail: the partial file is hidden and never read.
    _ = try? handle.close()
    _ = try? FileManager.default.removeItem(at: partial)
  }
}
