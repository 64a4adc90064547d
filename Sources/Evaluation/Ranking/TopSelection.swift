internal import AkinCatalogue
internal import AkinSimilarity
internal import CKernels

/// The best `k` of a row of scores.
///
/// Order is total: by score, then by ordinal. Scores of -∞ and NaN stand for items that must not
/// be listed. Only scores above the worst of the list so far are looked at one by one, so that a
/// row of n costs little more than reading it.
public struct TopSelection {
  /// Scores that are compared with one threshold.
  private static let chunk = 512

  private let k: Int
  private let kernel = akin_kernel_best()
  private var offsets = [Int32](repeating: 0, count: chunk)

  /// Selects `k` of each row.
  public init(k: Int) { self.k = k }

  /// The best `k` of `scores`, best first. O(n + hits · log k).
  public mutating func best(of scores: UnsafeBufferPointer<Float>) -> [(item: Int32, score: Float)]
  {
    guard let base = scores.baseAddress, k > 0 else { return [] }
    var best = BestList(capacity: k)
    for start in stride(from: 0, to: scores.count, by: Self.chunk) {
      let found = offsets.withUnsafeMutableBufferPointer { offsets in
        akin_select_above(
          kernel, base + start, min(Self.chunk, scores.count - start), best.threshold,
          offsets.baseAddress)
      }
      for index in 0..<found {
        let item = start + Int(offsets[index])
        best.offer(Neighbour(item: item, score: base[item]))
      }
    }
    return best.sorted().map { (Int32($0.item), $0.score) }
  }
}
