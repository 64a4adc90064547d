/// The part of a text that is in memory: rows are lent from it, in place.
///
/// Behind ``end`` there are always ``padding`` readable bytes, as vector code wants.
final class TextWindow {
  static let padding = 64

  private let stream: any ByteStream
  private let chunk: Int
  private var storage: UnsafeMutableRawPointer
  private var capacity: Int
  /// Offsets of the unread part in the storage.
  private(set) var start = 0
  private(set) var end = 0
  /// Whether nothing follows ``end``.
  private(set) var isFinal = false

  init(_ stream: any ByteStream, chunk: Int) {
    self.stream = stream
    self.chunk = max(chunk, 1)
    // Twice the chunk, so that a row begun in one is seldom moved more than once.
    capacity = max(2 * chunk, 64)
    storage = .allocate(byteCount: capacity + Self.padding, alignment: 64)
    storage.initializeMemory(as: UInt8.self, repeating: 0, count: capacity + Self.padding)
  }

  deinit { storage.deallocate() }

  /// The unread bytes.
  var bytes: UnsafeRawBufferPointer { .init(start: storage + start, count: end - start) }
  var base: UnsafePointer<UInt8> {
    UnsafePointer((storage + start).assumingMemoryBound(to: UInt8.self))
  }
  var count: Int { end - start }

  func consume(_ count: Int) { start += count }

  /// Reads one more chunk behind the unread bytes; what was lent before is gone.
  /// Returns whether there was any.
  @discardableResult
  func refill() throws(FeedError) -> Bool {
    if isFinal { return false }
    if capacity - end < chunk {
      let unread = end - start
      if unread + chunk > capacity {
        let grown = max(2 * capacity, unread + chunk)
        let fresh = UnsafeMutableRawPointer.allocate(
          byteCount: grown + Self.padding, alignment: 64)
        fresh.copyMemory(from: storage + start, byteCount: unread)
        (fresh + unread).initializeMemory(
          as: UInt8.self, repeating: 0, count: grown + Self.padding - unread)
        storage.deallocate()
        storage = fresh
        capacity = grown
      } else {
        storage.copyMemory(from: storage + start, byteCount: unread)
      }
      start = 0
      end = unread
    }
    let read = try stream.read(into: .init(start: storage + end, count: chunk))
    end += read
    isFinal = read == 0
    return read > 0
  }

  /// Reads until `count` bytes are unread or the text ends.
  func fill(_ count: Int) throws(FeedError) {
    while self.count < count, try refill() {}
  }

  /// The same to look at the beginning of a text: a failure behind some bytes waits for the
  /// ``refill()`` that meets it again, so that what stands before it can be read.
  func peek(_ count: Int) throws(FeedError) {
    do throws(FeedError) {
      try fill(count)
    } catch {
      if self.count == 0 { throw error }
    }
  }
}
