/// The best segmentation of one word under a unigram model, found by dynamic programming over the
/// byte positions (Viterbi; Kudo 2018, "Subword Regularization", section 3.1).
package final class Lattice {
  private struct Node {
    /// The best score of a path that ends here.
    var score: Double
    var piece: Int32
    /// Where the last piece of that path starts; -1 while no path has come here.
    var start: Int32
  }

  private var nodes: UnsafeMutablePointer<Node>
  private var capacity = 256

  init() { nodes = .allocate(capacity: capacity) }

  deinit { nodes.deallocate() }

  /// Finds the best path through `word` and appends its pieces to `ids`, neighbouring unknowns
  /// as one.
  ///
  /// - Complexity: O(*n* · *l*) for *n* bytes and a longest piece of *l* bytes.
  func appendBestPath(
    through word: UnsafeBufferPointer<UInt8>, _ model: borrowing UnigramModel,
    to ids: inout [Int32]
  ) {
    // Positions are 32 bits wide: a word of 2 GB is one unknown.
    guard word.count < Int32.max else { return ids.append(model.unknown) }
    fill(word, model)
    let mark = ids.count
    var end = word.count
    var unknownEnd = -1
    while end > 0 {
      let node = nodes[end]
      let start = Int(node.start)
      if node.piece == model.unknown {
        if unknownEnd < 0 { unknownEnd = end }
      } else {
        if unknownEnd >= 0 { model.appendUnknown(word, end..<unknownEnd, to: &ids) }
        unknownEnd = -1
        ids.append(node.piece)
      }
      end = start
    }
    if unknownEnd >= 0 { model.appendUnknown(word, 0..<unknownEnd, to: &ids) }
    ids[mark...].reverse()
  }

  @inline(__always)
  private func fill(_ word: UnsafeBufferPointer<UInt8>, _ model: borrowing UnigramModel) {
    let count = word.count
    if count >= capacity { grow(to: count + 1) }
    for position in 0...count { nodes[position] = Node(score: 0, piece: 0, start: -1) }
    var position = 0
    while position < count {
      let score = nodes[position].score
      let single = min(
        position &+ UTF8Decoding.length(startingWith: word[position]), count)
      var hasSingle = false
      var state = ByteTrie.root
      var end = position
      while end < count, let next = model.trie.step(from: state, byte: word[end]) {
        state = next.state
        end &+= 1
        guard next.value >= 0 else { continue }
        improve(end, score + model.scores[Int(next.value)], next.value, position)
        if end == single { hasSingle = true }
      }
      if !hasSingle { improve(single, score + model.unknownScore, model.unknown, position) }
      position = single
    }
  }

  /// The first of equally good paths stays.
  @inline(__always)
  private func improve(_ end: Int, _ score: Double, _ piece: Int32, _ start: Int) {
    guard nodes[end].start < 0 || score > nodes[end].score else { return }
    nodes[end] = Node(score: score, piece: piece, start: Int32(truncatingIfNeeded: start))
  }

  private func grow(to needed: Int) {
    nodes.deallocate()
    capacity = max(needed, capacity * 2)
    nodes = .allocate(capacity: capacity)
  }
}

/// Pieces with their log probabilities.
struct UnigramModel: Sendable {
  let trie: ByteTrie
  let scores: [Double]
  let unknown: Int32
  /// Ten less than the least probable piece, as in sentencepiece.
  let unknownScore: Double
  /// The pieces of single bytes, where the model spells unknowns with them.
  let byteFallback: [Int32]?

  init(trie: ByteTrie, scores: [Double], unknown: Int32, hasByteFallback: Bool) {
    self.trie = trie
    self.scores = scores
    self.unknown = unknown
    unknownScore = (scores.min() ?? 0) - 10
    guard hasByteFallback else {
      byteFallback = nil
      return
    }
    let digits = Array("0123456789ABCDEF".utf8)
    byteFallback = (0..<256).map {
      trie.number(of: Array("<0x".utf8) + [digits[$0 >> 4], digits[$0 & 15], 0x3E]) ?? -1
    }
  }

  /// Appends what stands for a stretch of unknown characters, last token first.
  func appendUnknown(
    _ word: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, to ids: inout [Int32]
  ) {
    if let byteFallback, trie.number(of: word[range]) == nil,
      range.allSatisfy({ byteFallback[Int(word[$0])] >= 0 })
    {
      for position in range.reversed() { ids.append(byteFallback[Int(word[position])]) }
    } else {
      ids.append(unknown)
    }
  }
}
