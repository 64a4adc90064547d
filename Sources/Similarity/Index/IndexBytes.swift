/// Immutable bytes and whoever keeps them alive: a part of a mapped file, or memory of our own.
///
/// `@unchecked Sendable`: the bytes are not written after `init`, and stay where they are while
/// `owner`, which is only retained, lives.
public struct IndexBytes: @unchecked Sendable {
  /// The bytes, valid while this value or a copy of it lives.
  public let bytes: UnsafeRawBufferPointer
  private let owner: AnyObject

  /// Lends `bytes`, which `owner` keeps alive and nobody changes.
  public init(_ bytes: UnsafeRawBufferPointer, owner: AnyObject) {
    self.bytes = bytes
    self.owner = owner
  }

  /// The bytes of `values`, copied. O(values).
  init<Element: BitwiseCopyable>(_ values: [Element]) {
    let memory = Memory<Element>(values.count)
    values.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      memory.start.update(from: base, count: values.count)
    }
    self.init(memory, count: values.count)
  }

  /// The first `count` elements of `memory`, which must not be written any more.
  init<Element>(_ memory: Memory<Element>, count: Int) {
    self.init(
      UnsafeRawBufferPointer(start: memory.start, count: count * MemoryLayout<Element>.stride),
      owner: memory)
  }
}

/// A named part of a segment as it is stored, little-endian. Every section begins at an address
/// that is a multiple of 64, in memory and in files.
public struct IndexSection: Sendable {
  /// The name, unique in its segment.
  public let name: String
  /// What it holds.
  public let contents: IndexBytes

  /// Creates a section.
  public init(name: String, contents: IndexBytes) {
    self.name = name
    self.contents = contents
  }
}

/// A section read as elements of one type.
struct Column<Element: BitwiseCopyable>: Sendable {
  let contents: IndexBytes
  let name: String

  /// - Throws: ``IndexError/damaged(section:offset:reason:)`` where the bytes are no whole elements
  ///   or not `count` of them.
  init(_ section: IndexSection, count: Int? = nil) throws(IndexError) {
    let bytes = section.contents.bytes
    let size = MemoryLayout<Element>.stride
    guard bytes.count % size == 0, count.map({ $0 == bytes.count / size }) ?? true else {
      throw .damaged(
        section: section.name, offset: bytes.count,
        reason: "\(bytes.count) bytes are not the expected number of elements")
    }
    guard bytes.isEmpty || Int(bitPattern: bytes.baseAddress) % 64 == 0 else {
      throw .damaged(section: section.name, offset: 0, reason: "it is not aligned to 64 bytes")
    }
    contents = section.contents
    name = section.name
  }

  var values: UnsafeBufferPointer<Element> { contents.bytes.assumingMemoryBound(to: Element.self) }
  var count: Int { values.count }
  subscript(index: Int) -> Element { values[index] }

  func damaged(at index: Int, _ reason: String) -> IndexError {
    .damaged(section: name, offset: index * MemoryLayout<Element>.stride, reason: reason)
  }
}

extension Column where Element: FixedWidthInteger {
  /// Checks that the values never fall, begin with 0 and end with `end`: offsets into another
  /// section. O(count).
  func checkOffsets(end: Int) throws(IndexError) {
    guard let first = values.first, first == 0 else { throw damaged(at: 0, "it begins not at 0") }
    for index in 1..<count where values[index] < values[index - 1] {
      throw damaged(at: index, "offsets fall")
    }
    guard values[count - 1] == end else { throw damaged(at: count - 1, "it ends elsewhere") }
  }

  /// Checks that all values are below `limit`. O(count).
  func check(below limit: Int) throws(IndexError) {
    if let index = values.firstIndex(where: { $0 < 0 || $0 >= limit }) {
      throw damaged(at: index, "a number is out of range")
    }
  }
}
