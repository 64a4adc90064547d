public import Foundation

/// Row-major float32 vectors that stay where they are while a graph is built: in memory, or in a
/// mapped file larger than memory.
public protocol VectorSource: AnyObject, Sendable {
  /// Components of one vector.
  var dimension: Int { get }
  /// `count * dimension` values, row after row; valid while the source lives.
  var values: UnsafeBufferPointer<Float> { get }
  /// Gives back memory that holds pages of ``values``, which stay readable. May do nothing.
  func forget()
}

/// The vectors of a file, mapped into memory and read as they are needed.
///
/// `@unchecked Sendable`: the mapping is read only and immutable from `init` to `deinit`.
public final class MappedVectors: VectorSource, @unchecked Sendable {
  /// Components of one vector.
  public let dimension: Int
  /// The mapped rows.
  public let values: UnsafeBufferPointer<Float>
  private let mapping: UnsafeMutableRawPointer
  private let length: Int

  /// Maps `count` rows of `dimension` float32 values that begin at byte `offset` of `file`, which
  /// must not be shortened while it is mapped. O(1).
  ///
  /// - Throws: ``GraphError/unreadable(path:reason:)`` where the file cannot be opened, is shorter
  ///   than that or `offset` is no multiple of 4.
  public init(file: URL, offset: Int, count: Int, dimension: Int) throws(GraphError) {
    func unreadable(_ reason: String) -> GraphError { .unreadable(path: file.path, reason: reason) }
    precondition(dimension > 0 && count >= 0 && offset >= 0, "a shape of whole numbers")
    let (elements, tooMany) = count.multipliedReportingOverflow(by: dimension)
    let (bytes, tooLong) = elements.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
    guard !tooMany, !tooLong, offset % 4 == 0 else { throw unreadable("its layout is not aligned") }
    let descriptor = open(file.path, O_RDONLY)
    guard descriptor >= 0 else { throw unreadable(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) - offset >= bytes else {
      throw unreadable("it is shorter than its header says")
    }
    length = max(1, Int(status.st_size))
    guard let address = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw unreadable(String(cString: strerror(errno))) }
    mapping = address
    self.dimension = dimension
    values = UnsafeBufferPointer(
      start: (address + offset).assumingMemoryBound(to: Float.self), count: elements)
  }

  deinit { munmap(mapping, length) }

  /// Unmaps what is resident; it is read again from the file when it is needed.
  public func forget() { madvise(mapping, length, Int32(MADV_DONTNEED)) }
}
