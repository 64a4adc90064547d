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

  /// O(a chunk).
  mutating func append(_ item: IndexItem, vector: [Float], to snapshot: inout IndexSnapshot) {
    if let last = snapshot.tail.last, last.chunk.isOpen {
      var deleted = RowSet(count: last.chunk.count + 1)
      last.deleted.forEach { deleted[$0] = true }
      snapshot.tail[snapshot.tail.count - 1] = IndexSnapshot.Recent(
        chunk: last.chunk.appending(item, vector: vector), deleted: deleted)
    } else {
      let chunk = TailChunk(ids: [item.id], attributes: [item.attributes], vectors: vector)
      snapshot.tail.append(IndexSnapshot.Recent(chunk: chunk, deleted: RowSet(count: 1)))
    }
    let place = snapshot.tail.count - 1
    places[item.id] = Place(
      chunk: departed + place, row: snapshot.tail[place].chunk.count - 1)
  }

  /// Lets the last chunk take no more items: it is being frozen.
  func seal(_ snapshot: inout IndexSnapshot) {
    guard let last = snapshot.tail.last, last.chunk.isOpen else { return }
    snapshot.tail[snapshot.tail.count - 1].chunk = last.chunk.closed()
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

extension TailChunk {
  func closed() -> TailChunk {
    TailChunk(ids: ids, attributes: attributes, vectors: vectors, sealed: true)
  }
}
