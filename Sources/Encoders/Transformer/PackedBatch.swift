/// Texts laid end to end for one pass through a model.
struct PackedBatch: Sendable {
  /// Token numbers of all texts, one after another.
  var ids: [Int32] = []
  /// Where each text starts in ``ids``, and last their number: `[texts + 1]`.
  var starts: [Int32] = [0]
  /// The row of the result for each text.
  var rows: [Int] = []

  /// Rows of the matrices of this batch: the tokens and filler up to the next size in use.
  ///
  /// Kernels are prepared once for each size, so sizes are few: 16 between a power of two and the
  /// next, and multiples of 8. Filler is thus a thirty-second in the mean.
  var capacity: Int {
    let highest = Int.bitWidth - 1 - max(1, ids.count).leadingZeroBitCount
    let step = max(8, (1 << highest) / 16)
    return (ids.count + step - 1) / step * step
  }

  mutating func append(_ text: some Collection<Int32>, row: Int) {
    ids.append(contentsOf: text)
    starts.append(Int32(ids.count))
    rows.append(row)
  }
}

/// Which texts go through the model together.
struct BatchPlan {
  /// Texts of each batch, by their numbers.
  var batches: [Range<Int>]
  /// Texts by falling length; ``batches`` are ranges of it.
  var order: [Int]

  /// Sorts texts by length, longest first, and cuts where a batch would exceed `budget` tokens.
  /// Texts of similar length share a batch, so that all workers finish together; the order among
  /// texts of one length is kept.
  ///
  /// - Parameters:
  ///   - lengths: tokens of each text.
  ///   - budget: tokens of a batch; a longer text is a batch by itself.
  ///   - workers: batches are made smaller where there would be fewer than workers.
  /// - Complexity: O(*n* log *n*).
  init(lengths: [Int], budget: Int, workers: Int) {
    let sorted = lengths.indices.sorted {
      (lengths[$1], $0) < (lengths[$0], $1)
    }
    let total = lengths.reduce(0, +)
    let share = (total + workers - 1) / max(1, workers)
    let limit = min(budget, max(share, 256))
    var batches: [Range<Int>] = []
    var start = 0
    var tokens = 0
    for (place, text) in sorted.enumerated() {
      if tokens > 0, tokens + lengths[text] > limit {
        batches.append(start..<place)
        start = place
        tokens = 0
      }
      tokens += lengths[text]
    }
    if start < sorted.count { batches.append(start..<sorted.count) }
    self.batches = batches
    order = sorted
  }
}
