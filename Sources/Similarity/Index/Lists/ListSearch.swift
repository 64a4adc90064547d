internal import CKernels

/// Which rows of a segment's lists a search looks at.
struct ListBudget {
  /// Rows that pass, to look at.
  var rows: Int
  /// Rows that pass and are not deleted.
  var passing: Int
  /// The rows that may be returned; all for `nil`.
  var allowed: RowSet?
  /// How many of them each list has.
  var weights: [Int32]

  /// All that passes.
  var unlimited: ListBudget {
    var result = self
    result.rows = .max
    return result
  }
}

extension InvertedLists {
  /// Offers the rows of the best lists to the probes: of the highest centroids, as many lists as
  /// hold `budget.rows` rows that pass.
  ///
  /// Queries that are searched together share what they read: a list's codes come from memory once
  /// for all of them.
  func search(_ block: ProbeBlock, _ budget: ListBudget, kernel: Kernel) {
    let total = budget.weights.reduce(0) { $0 + Int($1) }
    if count == 1 || budget.rows >= total {
      probe(0..<Int(starts[count]), block.pointers, block.count, budget.allowed, kernel)
      return
    }
    let line = Coded.padded(count)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: block.count * line) { scores in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { chosen in
        guard let scores = scores.baseAddress, let chosen = chosen.baseAddress else { return }
        var centroids = centroids.view(stride: stride)
        akin_index_scores(
          kernel.identifier, &centroids, count, block.pointers, block.count, scores, line)
        if block.count == 1 {
          let found = akin_choose_lists(
            scores, budget.weights, count, Int64(budget.rows), chosen)
          probeRuns(UnsafeBufferPointer(start: chosen, count: found), block, budget.allowed, kernel)
        } else {
          probeTogether(block, budget, scores, line, chosen, kernel)
        }
      }
    }
  }

  private func probe(
    _ rows: Range<Int>, _ probes: UnsafePointer<UnsafeMutablePointer<akin_probe>?>, _ count: Int,
    _ allowed: RowSet?, _ kernel: Kernel
  ) {
    guard !rows.isEmpty else { return }
    var coded = self.rows.view(stride: stride)
    func offer(_ sketches: UnsafePointer<akin_codes>?) {
      guard let allowed else {
        akin_probe_rows(
          kernel.identifier, &coded, sketches, rows.lowerBound, rows.upperBound, nil, probes, count)
        return
      }
      // Little-endian words of 64 bits are four of 16 in the order of rows.
      allowed.words.withUnsafeBytes { bits in
        akin_probe_rows(
          kernel.identifier, &coded, sketches, rows.lowerBound, rows.upperBound,
          bits.baseAddress?.assumingMemoryBound(to: UInt16.self), probes, count)
      }
    }
    guard let sketches else { return offer(nil) }
    var coarse = sketches.coarse.view(stride: sketches.space.width)
    offer(&coarse)
  }

  private func rows(_ list: Int32) -> Range<Int> {
    Int(starts[Int(list)])..<Int(starts[Int(list) + 1])
  }

  /// One query: the best list, then the others in the order they lie, neighbours in one go.
  private func probeRuns(
    _ chosen: UnsafeBufferPointer<Int32>, _ block: ProbeBlock, _ allowed: RowSet?, _ kernel: Kernel
  ) {
    guard let best = chosen.first else { return }
    probe(rows(best), block.pointers, 1, allowed, kernel)
    var run = 0..<0
    for list in chosen.dropFirst() {
      let next = rows(list)
      if next.lowerBound == run.upperBound {
        run = run.lowerBound..<next.upperBound
      } else {
        probe(run, block.pointers, 1, allowed, kernel)
        run = next
      }
    }
    probe(run, block.pointers, 1, allowed, kernel)
  }

  /// Many queries: each its best list alone, so that thresholds are high; then list by list, with
  /// all queries that chose it.
  private func probeTogether(
    _ block: ProbeBlock, _ budget: ListBudget, _ scores: UnsafePointer<Float>, _ line: Int,
    _ chosen: UnsafeMutablePointer<Int32>, _ kernel: Kernel
  ) {
    var members: [(list: Int32, query: Int32)] = []
    var sizes = [Int32](repeating: 0, count: count + 1)
    for query in 0..<block.count {
      let found = akin_choose_lists(
        scores + query * line, budget.weights, count, Int64(budget.rows), chosen)
      guard found > 0 else { continue }
      probe(rows(chosen[0]), block.pointers + query, 1, budget.allowed, kernel)
      for place in 1..<max(1, found) {
        members.append((chosen[place], Int32(query)))
        sizes[Int(chosen[place]) + 1] += 1
      }
    }
    for list in 0..<count { sizes[list + 1] += sizes[list] }
    withUnsafeTemporaryAllocation(
      of: UnsafeMutablePointer<akin_probe>?.self, capacity: max(1, members.count)
    ) { sorted in
      var next = sizes
      for member in members {
        let place = Int(next[Int(member.list)])
        sorted[place] = block.pointers[Int(member.query)]
        next[Int(member.list)] += 1
      }
      guard let sorted = sorted.baseAddress else { return }
      for list in 0..<count where sizes[list] < sizes[list + 1] {
        probe(
          rows(Int32(list)), sorted + Int(sizes[list]),
          Int(sizes[list + 1] - sizes[list]), budget.allowed, kernel)
      }
    }
  }
}
