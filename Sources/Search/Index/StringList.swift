internal import Foundation

/// Strings one after the other, in memory that its owner keeps alive: an offset each, and bytes.
struct StringList {
  private let offsets: UnsafeBufferPointer<UInt32>
  private let bytes: UnsafeRawBufferPointer

  /// - Returns: `nil` where the offsets do not fit the bytes.
  init?(offsets: UnsafeRawBufferPointer, bytes: UnsafeRawBufferPointer) {
    self.offsets = offsets.bindMemory(to: UInt32.self)
    self.bytes = bytes
    guard let last = self.offsets.last, Int(last) == bytes.count, self.offsets.first == 0 else {
      return nil
    }
    for index in 1..<max(1, self.offsets.count)
    where self.offsets[index] < self.offsets[index - 1] { return nil }
  }

  var count: Int { offsets.count - 1 }

  subscript(index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[Int(offsets[index])..<Int(offsets[index + 1])])
  }

  func string(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

  /// The first string that is not before `key`. O(log n). The list must be sorted.
  func lowerBound(_ key: UnsafeRawBufferPointer) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if Self.compare(self[middle], key) < 0 { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Where `key` stands in the sorted list.
  func index(of key: UnsafeRawBufferPointer) -> Int? {
    let place = lowerBound(key)
    return place < count && Self.compare(self[place], key) == 0 ? place : nil
  }

  /// The strings of the sorted list that begin with `prefix`.
  func range(prefix: UnsafeRawBufferPointer) -> Range<Int> {
    let start = lowerBound(prefix)
    var (low, high) = (start, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].starts(with: prefix) { low = middle + 1 } else { high = middle }
    }
    return start..<low
  }

  /// Negative, zero or positive as `left` stands before, at or after `right` by its bytes.
  @inline(__always)
  static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let shared = min(left.count, right.count)
    if shared > 0, let first = left.baseAddress, let second = right.baseAddress {
      let order = memcmp(first, second, shared)
      if order != 0 { return Int(order) }
    }
    return left.count - right.count
  }
}

/// Collects strings for a ``StringList``.
struct StringListBuilder {
  private(set) var offsets: [UInt32] = [0]
  private(set) var bytes: [UInt8] = []

  var count: Int { offsets.count - 1 }

  mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    offsets.append(UInt32(bytes.count))
  }

  mutating func append(_ text: some Collection<UInt8>) {
    bytes.append(contentsOf: text)
    offsets.append(UInt32(bytes.count))
  }
}
