/// Recent items, a row each: what a writer appends to.
struct TailRows: Sendable {
  private(set) var ids: [String] = []
  private(set) var attributes: [[String: IndexAttribute]] = []
  /// `[count, dimension]`.
  private(set) var vectors: [Float] = []

  /// Makes room for `rows` more.
  mutating func reserve(_ rows: Int, dimension: Int) {
    let count = ids.count + rows
    ids.reserveCapacity(count)
    attributes.reserveCapacity(count)
    vectors.reserveCapacity(count * dimension)
  }

  mutating func append(_ item: IndexItem, vector: [Float]) {
    ids.append(item.id)
    attributes.append(item.attributes)
    vectors += vector
  }
}

/// A few recent items, immutable; the tail of a snapshot is a list of them, searched exactly.
///
/// A writer copies the rows of the last chunk once for all that it adds in one go, so that chunks
/// are small and a reader's chunk never changes.
final class TailChunk: Sendable {
  static let capacity = 64

  let rows: TailRows
  /// A chunk that is being frozen takes no more items.
  let sealed: Bool

  var ids: [String] { rows.ids }
  var attributes: [[String: IndexAttribute]] { rows.attributes }
  var vectors: [Float] { rows.vectors }
  var count: Int { ids.count }
  var isOpen: Bool { !sealed && count < Self.capacity }

  init(_ rows: TailRows = TailRows(), sealed: Bool = false) {
    (self.rows, self.sealed) = (rows, sealed)
  }

  func rows(passing filter: IndexFilter) -> RowSet {
    var rows = RowSet(count: count)
    for row in 0..<count where filter.passes(id: ids[row], attributes: attributes[row]) {
      rows[row] = true
    }
    return rows
  }
}
