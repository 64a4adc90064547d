internal import AkinCatalogue
internal import AkinSimilarity
internal import CKernels

extension DenseRows {
  /// Histories times these rows, one for each item: `[rows, dimension]`.
  func fold(
    _ histories: Interactions, rows: Range<Int>, into target: UnsafeMutablePointer<Float>
  ) {
    let kernel = akin_kernel_best()
    values.withUnsafeBufferPointer { values in
      histories.withRows { matrix in
        akin_sparse_dense(
          kernel, matrix, rows.lowerBound, rows.upperBound, values.baseAddress, dimension, target)
      }
    }
  }

  /// Histories times these rows, one for each item, which are as long as there are items.
  /// O(Σ history · items).
  func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) {
    let kernel = akin_kernel_best()
    let histories = shoppers.histories
    withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { line in
      guard let target = line.baseAddress, let out = scores.baseAddress else { return }
      values.withUnsafeBufferPointer { values in
        histories.withRows { rows in
          for (place, shopper) in shoppers.rows.enumerated() {
            akin_sparse_dense(
              kernel, rows, shopper, shopper + 1, values.baseAddress, dimension, target)
            (out + place * count).update(from: target, count: count)
          }
        }
      }
    }
  }
}

/// Who took each item, and where the interaction stands.
struct TransposedEntries {
  var offsets: [Int]
  var users: [Int32]
  var entries: [Int]
}

extension Interactions {
  /// The takers of each item, with the place of each in ``items``. O(n).
  func transposedEntries() -> TransposedEntries {
    var starts = [Int](repeating: 0, count: itemCount + 1)
    for item in items { starts[Int(item) + 1] += 1 }
    for item in 0..<itemCount { starts[item + 1] += starts[item] }
    var result = TransposedEntries(
      offsets: starts, users: [Int32](repeating: 0, count: count),
      entries: [Int](repeating: 0, count: count))
    for user in 0..<userCount {
      for entry in range(of: user) {
        let item = Int(items[entry])
        result.users[starts[item]] = Int32(user)
        result.entries[starts[item]] = entry
        starts[item] += 1
      }
    }
    return result
  }
}
