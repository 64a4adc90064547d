/// Where the writer finds the live items of the tail, and how it changes a snapshot.
struct TailDirectory {
  struct Place {
    /// Chunks are counted from the first one ever.
    var chunk: Int
    var row: Int
  }
  /// Chunks that have left the tail.
  private var departed = 0
  private var places: [String: Place] = [:]
  /// The last chunk while items are appended to it: a copy that nobody else holds.
  private var growing: TailRows?

  /// O(1), and O(segments) for an item that is not in the tail.
  mutating func delete(_ id: String, from snapshot: inout IndexSnapshot) {
    if let place = places.removeValue(forKey: id) {
      snapshot.tail[place.chunk - departed].deleted[place.row] = true
      return
    }
    for index in snapshot.parts.indices {
      if let row = snapshot.parts[index].segment.row(of: id), !snapshot.parts[index].deleted[row] {
        snapshot.parts[index].deleted[row] = true
        return
      }
    }
  }

  /// O(dimension), and O(a chunk) for the first item after ``complete(_:)``, which must follow
  /// before the snapshot is shown to anybody. `more`: how many are to come until then, this included.
  mutating func append(
    _ item: IndexItem, vector: [Float], to snapshot: inout IndexSnapshot, of more: Int
  ) {
    if growing == nil {
      var rows = TailRows()
      if let last = snapshot.tail.last?.chunk, last.isOpen {
        rows = last.rows
      } else {
        snapshot.tail.append(IndexSnapshot.Recent(chunk: TailChunk(), deleted: RowSet(count: 0)))
      }
      rows.reserve(min(more, TailChunk.capacity - rows.ids.count), dimension: vector.count)
      growing = rows
      places.reserveCapacity(places.count + more)
    }
    let place = snapshot.tail.count - 1
    let row = snapshot.tail[place].deleted.count
    growing?.append(item, vector: vector)
    snapshot.tail[place].deleted.grow(to: row + 1)
    places[item.id] = Place(chunk: departed + place, row: row)
    if row + 1 == TailChunk.capacity { complete(&snapshot) }
  }

  /// Puts what was appended into the snapshot's last chunk.
  mutating func complete(_ snapshot: inout IndexSnapshot) {
    guard let growing else { return }
    snapshot.tail[snapshot.tail.count - 1].chunk = TailChunk(growing)
    self.growing = nil
  }

  /// Lets the last chunk take no more items: it is being frozen.
  func seal(_ snapshot: inout IndexSnapshot) {
    guard let last = snapshot.tail.last, last.chunk.isOpen else { return }
    snapshot.tail[snapshot.tail.count - 1].chunk = TailChunk(last.chunk.rows, sealed: true)
  }

  /// Removes the first `count` chunks, whose items are in a segment now.
  mutating func depart(_ count: Int, from snapshot: inout IndexSnapshot) {
    guard count > 0 else { return }
    for (index, recent) in snapshot.tail.prefix(count).enumerated() {
      for id in recent.chunk.ids where places[id]?.chunk == departed + index {
        places[id] = nil
      }
    }
    snapshot.tail.removeFirst(count)
    departed += count
  }
}
