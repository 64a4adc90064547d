/// A few recent items, immutable; the tail of a snapshot is a list of them, searched exactly.
///
/// Writing copies the last chunk and adds to it, so that chunks are small and a reader's chunk
/// never changes.
final class TailChunk: Sendable {
  static let capacity = 64

  let ids: [String]
  let attributes: [[String: IndexAttribute]]
  /// `[count, dimension]`.
  let vectors: [Float]
  /// A chunk that is being frozen takes no more items.
  let sealed: Bool

  var count: Int { ids.count }
  var isOpen: Bool { !sealed && count < Self.capacity }

  init(
    ids: [String], attributes: [[String: IndexAttribute]], vectors: [Float], sealed: Bool = false
  ) {
    (self.ids, self.attributes, self.vectors, self.sealed) = (ids, attributes, vectors, sealed)
  }

  /// O(capacity · dimension).
  func appending(_ item: IndexItem, vector: [Float]) -> TailChunk {
    TailChunk(
      ids: ids + [item.id], attributes: attributes + [item.attributes], vectors: vectors + vector)
  }

  func rows(passing filter: IndexFilter) -> RowSet {
    var rows = RowSet(count: count)
    for row in 0..<count where filter.passes(id: ids[row], attributes: attributes[row]) {
      rows[row] = true
    }
    return rows
  }
}
