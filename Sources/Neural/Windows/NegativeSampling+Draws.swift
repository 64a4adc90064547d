internal import Foundation

extension NegativeSampling {
  /// How likely items are kept, and drawn as negatives.
  struct Draws {
    /// The number of items.
    let count: Int
    /// How likely an item stays when frequent ones are thinned out.
    let keep: [Float]
    /// Walker's alias table, as Vose builds it (1991): a draw costs two numbers.
    private(set) var stay: [Float]
    private(set) var other: [Int32]

    init(items: [Int32], count: Int, _ settings: NegativeSampling) {
      self.count = count
      var counts = [Int](repeating: 0, count: count)
      for item in items { counts[Int(item)] += 1 }
      let threshold = settings.subsampling * Double(items.count)
      keep = counts.map { count in
        guard threshold > 0, count > 0 else { return 1 }
        let share = threshold / Double(count)
        return Float(min(1, share.squareRoot() + share))
      }
      // What never occurs is no negative either.
      let weights = counts.map { $0 > 0 ? pow(Double($0), settings.negativeExponent) : 0 }
      (stay, other) = Self.aliases(weights)
    }

    static func aliases(_ weights: [Double]) -> ([Float], [Int32]) {
      let mean = weights.reduce(0, +) / Double(weights.count)
      var shares = weights.map { $0 / mean }
      var stay = [Float](repeating: 1, count: weights.count)
      var other = weights.indices.map { Int32($0) }
      var small = shares.indices.filter { shares[$0] < 1 }
      var large = shares.indices.filter { shares[$0] >= 1 }
      while let poor = small.popLast(), let rich = large.last {
        stay[poor] = Float(shares[poor])
        other[poor] = Int32(rich)
        shares[rich] -= 1 - shares[poor]
        if shares[rich] < 1 { small.append(large.removeLast()) }
      }
      return (stay, other)
    }

    func withUnsafe(
      _ body: (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Int32>?) -> Void
    ) {
      keep.withUnsafeBufferPointer { keep in
        stay.withUnsafeBufferPointer { stay in
          other.withUnsafeBufferPointer { other in
            body(keep.baseAddress, stay.baseAddress, other.baseAddress)
          }
        }
      }
    }
  }

  /// The sequences in the order of a pass: catalogues are often sorted, and the pace falls.
  struct Pass {
    private let source: [Int32]
    private let sourceOffsets: [Int]
    private let seed: UInt64
    private(set) var items: [Int32]
    private(set) var offsets: [Int64]
    /// Places of the longest sequence, at least 1.
    let longest: Int

    init(items: [Int32], offsets: [Int], seed: UInt64) {
      (source, sourceOffsets, self.seed) = (items, offsets, seed)
      self.items = items
      self.offsets = offsets.map(Int64.init)
      longest = max(1, zip(offsets.dropFirst(), offsets).map { $0 - $1 }.max() ?? 1)
    }

    mutating func shuffle(epoch: Int, insides: Bool) {
      var generator = SplitMix(Seeds.combined(seed, UInt64(epoch) &+ 16))
      let order = (0..<sourceOffsets.count - 1).shuffled(using: &generator)
      var filled = 0
      for (place, sequence) in order.enumerated() {
        let begin = filled
        for entry in sourceOffsets[sequence]..<sourceOffsets[sequence + 1] {
          items[filled] = source[entry]
          filled += 1
        }
        if insides { items[begin..<filled].shuffle(using: &generator) }
        offsets[place + 1] = Int64(filled)
      }
    }

    /// Runs of sequences of about `places` places each.
    func parts(of places: Int) -> [Range<Int>] {
      var parts: [Range<Int>] = []
      var start = 0
      for end in 1..<offsets.count where offsets[end] - offsets[start] >= Int64(places) {
        parts.append(start..<end)
        start = end
      }
      if start < offsets.count - 1 { parts.append(start..<offsets.count - 1) }
      return parts
    }
  }
}
