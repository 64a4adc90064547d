extension Vectors {
  /// Each row without the mean of its group, so that what tells the groups apart no longer tells
  /// rows apart.
  ///
  /// A row of no group, or of one smaller than `smallest`, goes with the nearest of the means.
  /// O(rows · dimension · groups).
  ///
  /// - Parameter groups: The name of each row's group.
  /// - Returns: `nil` where fewer than two groups are large enough: there is nothing to remove.
  /// - Precondition: one entry of `groups` a row.
  public func subtractingGroupMeans(_ groups: [String?], smallest: Int = 20) -> Vectors? {
    precondition(groups.count == count, "one group a row")
    var members: [String: [Int]] = [:]
    for (row, group) in groups.enumerated() {
      if let group { members[group, default: []].append(row) }
    }
    let means = members.filter { $0.value.count >= smallest }.mapValues(mean)
    guard means.count > 1 else { return nil }
    let ordered = means.sorted { $0.key < $1.key }.map(\.value)
    var result = Vectors(dimension: dimension, reserving: count)
    for (row, group) in groups.enumerated() {
      let vector = self[row]
      let nearest =
        group.flatMap { means[$0] }
        ?? ordered.min { Self.squaredDistance($0, vector) < Self.squaredDistance($1, vector) } ?? []
      result.values.append(contentsOf: zip(vector, nearest).lazy.map { $0 - $1 })
    }
    return result
  }

  private func mean(of rows: [Int]) -> [Float] {
    var sum = [Double](repeating: 0, count: dimension)
    for row in rows {
      for (index, value) in self[row].enumerated() { sum[index] += Double(value) }
    }
    return sum.map { Float($0 / Double(rows.count)) }
  }

  private static func squaredDistance(_ first: [Float], _ second: ArraySlice<Float>) -> Float {
    zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
