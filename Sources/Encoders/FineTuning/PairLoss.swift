import AkinNeural

/// What a bi-encoder learns by that ``Loss`` has no name for, and the searches that go with it.
enum PairLoss {
  /// `log(1 + Σ exp((cosⱼ − cosᵢ) / τ))` over all i, j of which i is the more relevant (Su, *CoSENT*,
  /// 2022). O(pairs²).
  static func order(
    _ cosines: Tensor, _ relevance: [Float], temperature: Double
  ) throws(NeuralError) -> Tensor {
    let count = relevance.count
    let scores = try cosines / temperature
    let apart = try scores.reshape([1, count]) - scores.reshape([count, 1])
    let unordered = relevance.flatMap { better in relevance.map { better <= $0 } }
    let exponents = try apart.maskedFill(Tensor(unordered, shape: [count, count]), -1e9)
    let all = try Tensor.concatenated([Tensor([Float(0)]), exponents.reshape([count * count])])
    return try all.logSumExp(dimension: 0)
  }

  /// Of each row of `queries` the `count` rows of `keys` with the largest inner products, best first.
  static func nearest(
    _ queries: [Float], to keys: [Float], width: Int, count: Int
  ) throws(NeuralError) -> [[Int]] {
    let table = try Tensor(keys, shape: [keys.count / width, width]).transpose(0, 1)
    let rows = queries.count / width
    let wanted = min(count, keys.count / width)
    var found: [[Int]] = []
    for start in stride(from: 0, to: rows, by: 512) {
      let end = min(rows, start + 512)
      let part = try Tensor(
        Array(queries[start * width..<end * width]), shape: [end - start, width])
      let best = try part.matmul(table).topK(wanted).indices.elements(as: Int64.self)
      for row in 0..<(end - start) {
        found.append(best[row * wanted..<(row + 1) * wanted].map(Int.init))
      }
    }
    return found
  }

  /// The mean of 1 / rank of each pair's right text among all right texts by the inner product with
  /// its left one; 0 beyond rank 10.
  static func reciprocalRank(
    _ vectors: [Float], _ width: Int, _ left: [Int], _ right: [Int]
  ) throws(NeuralError) -> Double {
    let (lefts, rights) = (Set(left).sorted(), Set(right).sorted())
    func rows(_ places: [Int]) -> [Float] {
      places.flatMap { vectors[$0 * width..<($0 + 1) * width] }
    }
    let found = try nearest(rows(lefts), to: rows(rights), width: width, count: 10)
    let lists = Dictionary(uniqueKeysWithValues: zip(lefts, found))
    var sum = 0.0
    for (one, other) in zip(left, right) {
      let rank = lists[one]?.firstIndex { rights[$0] == other }
      sum += rank.map { 1 / Double($0 + 1) } ?? 0
    }
    return sum / Double(max(1, left.count))
  }
}
