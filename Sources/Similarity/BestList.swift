package import AkinCatalogue

/// The best `capacity` neighbours seen so far, as a binary heap with the worst on top.
///
/// Insertion is O(log capacity), and O(1) for a candidate that does not make it.
package struct BestList {
  private var heap: [Neighbour] = []
  private let capacity: Int

  package init(capacity: Int) {
    self.capacity = capacity
    heap.reserveCapacity(capacity)
  }

  /// A score at or below this cannot enter any more (ties are settled by ordinal, and callers
  /// that offer in ascending order may skip an equal score).
  package var threshold: Float {
    heap.count < capacity ? -.infinity : heap.first?.score ?? .infinity
  }

  package mutating func offer(_ candidate: Neighbour) {
    if heap.count < capacity {
      heap.append(candidate)
      siftUp()
    } else if let worst = heap.first, candidate.precedes(worst) {
      heap[0] = candidate
      siftDown()
    }
  }

  /// The entries, best first. O(capacity · log capacity).
  package func sorted() -> [Neighbour] { heap.sorted { $0.precedes($1) } }

  private mutating func siftUp() {
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[parent].precedes(heap[child]) else { return }
      heap.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var worst = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[worst].precedes(heap[child]) { worst = child }
      if worst == parent { return }
      heap.swapAt(parent, worst)
      parent = worst
    }
  }
}
