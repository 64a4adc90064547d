/// The best hits so far, the worst on top of a heap. Insertion is O(log capacity).
struct TopHits {
  struct Hit {
    var score: Float
    var part: Int
    var product: Int

    /// By score, then by place, so that the order is total.
    func precedes(_ other: Hit) -> Bool {
      if score != other.score { return score > other.score }
      return (part, product) < (other.part, other.product)
    }
  }

  private var heap: [Hit] = []
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  /// A lower score cannot enter any more.
  var threshold: Float { heap.count < capacity ? -.infinity : heap.first?.score ?? .infinity }

  mutating func offer(_ hit: Hit) {
    if heap.count < capacity {
      heap.append(hit)
      var child = heap.count - 1
      while child > 0, heap[(child - 1) / 2].precedes(heap[child]) {
        heap.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
    } else if let worst = heap.first, hit.precedes(worst) {
      heap[0] = hit
      var parent = 0
      while true {
        var worst = parent
        for child in [2 * parent + 1, 2 * parent + 2]
        where child < heap.count && heap[worst].precedes(heap[child]) { worst = child }
        if worst == parent { break }
        heap.swapAt(parent, worst)
        parent = worst
      }
    }
  }

  /// Best first.
  func sorted() -> [Hit] { heap.sorted { $0.precedes($1) } }
}
