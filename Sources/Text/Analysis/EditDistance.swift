/// The number of changes that turn one word into another: Damerau and Levenshtein's insertion,
/// deletion, replacement, and swap of neighbours (restricted: no letter is changed twice).
///
/// F. Damerau, "A technique for computer detection and correction of spelling errors", 1964.
package enum EditDistance {
  /// The distance of `left` and `right`, `nil` where it is over `limit`. O(lengths' product).
  package static func between(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>, limit: Int
  ) -> Int? {
    guard abs(left.count - right.count) <= limit, right.count <= 64 else { return nil }
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    return withUnsafeTemporaryAllocation(of: Int.self, capacity: 3 * (right.count + 1)) { room in
      var (before, previous, current) = (0, 1, 2)
      let width = right.count + 1
      for column in 0..<width { room[previous * width + column] = column }
      for row in 1...left.count {
        room[current * width] = row
        var best = row
        for column in 1..<width {
          let cost = left[row - 1] == right[column - 1] ? 0 : 1
          var value = min(
            room[previous * width + column] + 1, room[current * width + column - 1] + 1,
            room[previous * width + column - 1] + cost)
          if row > 1, column > 1, left[row - 1] == right[column - 2],
            left[row - 2] == right[column - 1]
          {
            value = min(value, room[before * width + column - 2] + 1)
          }
          room[current * width + column] = value
          best = min(best, value)
        }
        if best > limit { return nil }
        (before, previous, current) = (previous, current, before)
      }
      let distance = room[previous * width + right.count]
      return distance <= limit ? distance : nil
    }
  }

  /// Changes forgiven in a word of `length` letters: none up to 3, one up to 6, two beyond.
  package static func tolerance(length: Int) -> Int { length <= 3 ? 0 : length <= 6 ? 1 : 2 }
}
