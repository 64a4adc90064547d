internal import CKernels

/// Makes ``InvertedLists`` of a segment's vectors: spherical k-means on int8 codes.
///
/// O(rows · lists · dimension) a round, in int8 on all cores.
struct ListBuilder {
  let kernel: Kernel
  let dimension: Int
  let measure: IndexMeasure
  let workers: Workers
  /// Rows that a search for the ten nearest must look at for sketches to be made.
  var sketchedFrom = ListedSketches.leastRows
  private let stride: Int
  /// Rounds of training, each with so many rows a list: where centroids lie is soon known roughly,
  /// for which few rows do.
  private static let rounds = [8, 8, 8, 32, 32]
  /// How often a row meets all centroids: in training, where it was drawn, and at the end.
  static let passes = 1 + Double(rounds.reduce(0, +)) / Double(InvertedLists.rowsPerList)
  fileprivate static let tile = Int(AKIN_TILE)

  init(kernel: Kernel, dimension: Int, measure: IndexMeasure, threads: Int = Workers.processors) {
    (self.kernel, self.dimension, self.measure) = (kernel, dimension, measure)
    workers = Workers(count: threads)
    stride = InvertedLists.stride(dimension)
  }

  /// Codes of rows, row after row, with the largest component of each.
  private struct Plain {
    let codes: Memory<Int8>
    let largest: Memory<Float>
    /// Norms and slacks in units of the largest component.
    let bounds: Memory<akin_bound>
    let count: Int
    let stride: Int

    init(count: Int, stride: Int) {
      let padded = (count + ListBuilder.tile - 1) / ListBuilder.tile * ListBuilder.tile
      codes = Memory(padded * stride)
      largest = Memory(padded)
      bounds = Memory(padded)
      (self.count, self.stride) = (count, stride)
    }

    func bound(_ row: Int) -> akin_bound {
      akin_bound(
        norm: largest.start[row] * bounds.start[row].norm,
        slack: largest.start[row] * bounds.start[row].slack)
    }

    /// The largest norm and slack. O(count).
    var largestBound: akin_bound {
      (0..<count).reduce(into: akin_bound()) { most, row in
        let own = bound(row)
        most.norm = max(most.norm, own.norm)
        most.slack = max(most.slack, own.slack)
      }
    }
  }

  /// The order in which rows must be stored, and the sections.
  ///
  /// - Parameter vectors: `[count, dimension]`.
  func build(
    _ vectors: UnsafePointer<Float>, count: Int
  ) throws -> (order: [Int32], sections: [IndexSection]) {
    let plain = quantise(vectors, count)
    guard count >= InvertedLists.leastRows else {
      let order = (0..<Int32(count)).map { $0 }
      let centre = centroids([0, Int32(count)], order, vectors, scaled: false)
      return (order, sections([0, Int32(count)], centre, order, plain) + [Self.recall([])])
    }
    let lists = max(2, count / InvertedLists.rowsPerList)
    let kept = RecallMeasurement.sample(of: count)
    let centres = try train(lists, vectors, plain, without: kept)
    let (starts, order) = group(nearest(plain, centres, lists), lists, count: count)
    let final = measure == .cosine ? centres : centroids(starts, order, vectors, scaled: false)
    let sections = sections(starts, final, order, plain)
    let unmeasured = try SectionReader(sections + [Self.recall([])])
    let measured = try RecallMeasurement(
      lists: InvertedLists(unmeasured, count: count, dimension: dimension),
      kernel: kernel, workers: workers, dimension: dimension, order: order)
    let recall = Self.recall(measured.table(vectors, sample: kept))
    let looked = try RecallCurve(SectionReader([recall])).budget(recall: 0.98, k: 10, rows: count)
    guard looked >= sketchedFrom,
      let sketches = sketches(vectors, plain, order)
    else { return (order, sections + [recall]) }
    return (order, sections.filter { !$0.name.hasPrefix("rows.") } + [recall] + sketches)
  }

  /// The sections of ``ListedSketches`` and the codes they go with; `nil` where they would rule out
  /// little.
  private func sketches(
    _ vectors: UnsafePointer<Float>, _ plain: Plain, _ order: [Int32]
  ) -> [IndexSection]? {
    let width = SketchSpace.widest(stride)
    // Vectors so long or short that sums of squares are no numbers have none.
    guard width > 0,
      akin_unit(plain.largest.start, plain.bounds.start, plain.count) == 1
    else { return nil }
    let drawn = min(SketchSpace.sampleRows, plain.count)
    let sample = DenseRows(
      vectors, dimension: dimension, rows: (0..<drawn).map { $0 * plain.count / drawn })
    let space = SketchSpace(
      PrincipalDirections(of: sample, count: width - 1), dimension: dimension, width: width)
    let coarse = Plain(count: plain.count, stride: width)
    let piece = 512
    // The squared lengths outside of the directions, and all of them.
    let squares = Slots<(rest: Double, whole: Double)>(count: (plain.count + piece - 1) / piece)
    workers.run(0..<plain.count, by: piece) { rows, _ in
      let first = rows.lowerBound
      let values = Memory<Float>(rows.count * width)
      let norms = rows.map(plain.bound)
      _ = space.code(
        vectors + first * dimension, count: rows.count, norms: norms, into: values.start,
        codes: coarse.codes.start + first * width, largest: coarse.largest.start + first,
        bounds: coarse.bounds.start + first, kernel: kernel)
      squares[first / piece] = norms.enumerated().reduce(into: (0, 0)) { sums, row in
        let rest = Double(values.start[(row.offset + 1) * width - 1])
        sums.rest += rest * rest
        sums.whole += Double(row.element.norm) * Double(row.element.norm)
      }
    }
    let all = squares.values.compactMap(\.self)
    let (rest, whole) = (all.reduce(0) { $0 + $1.rest }, all.reduce(0) { $0 + $1.whole })
    guard rest <= ListedSketches.largestRest * whole else { return nil }
    return ListedSketches.sections(
      space, pack("sketches", coarse, order), sketch: coarse.largestBound,
      code: plain.largestBound) + pack("lines", plain, order, inGroups: false)
  }

  private func quantise(_ vectors: UnsafePointer<Float>, _ count: Int) -> Plain {
    let plain = Plain(count: count, stride: stride)
    workers.run(0..<count, by: 1_024) { rows, _ in
      _ = akin_quantise(
        kernel.identifier, vectors + rows.lowerBound * dimension, rows.count, dimension, stride,
        plain.codes.start + rows.lowerBound * stride, plain.largest.start + rows.lowerBound,
        plain.bounds.start + rows.lowerBound)
    }
    return plain
  }

  /// `[lists, dimension]` centroids of length 1, trained on rows drawn from all but `excluded`.
  private func train(
    _ lists: Int, _ vectors: UnsafePointer<Float>, _ plain: Plain, without excluded: [Int32]
  ) throws -> Memory<Float> {
    var random = SplitMix64(seed: 0x6C69_7374)
    let held = Set(excluded)
    let wanted = min(plain.count, lists * (Self.rounds.max() ?? 0))
    var first: [Int32] = []
    for index in 0..<wanted {
      let lower = index * plain.count / wanted
      let upper = (index + 1) * plain.count / wanted
      let row = Int32(Int.random(in: lower..<upper, using: &random))
      if !held.contains(row) { first.append(row) }
    }
    first.shuffle(using: &random)
    let centres = Memory<Float>(lists * dimension)
    for list in 0..<lists {
      (centres.start + list * dimension).update(
        from: vectors + Int(first[list % first.count]) * dimension, count: dimension)
    }
    var sample: [Int32] = []
    var codes = gather(plain, sample)
    for rowsPerList in Self.rounds {
      try Task.checkCancellation()
      let drawn = first.prefix(lists * rowsPerList)
      if drawn.count != sample.count {
        sample = drawn.sorted()
        codes = gather(plain, sample)
      }
      let nearest = nearest(codes, centres, lists)
      let (starts, order) = group(nearest, lists, count: sample.count)
      let rows = order.map { sample[Int($0)] }
      let means = centroids(starts, rows, vectors, scaled: true)
      for list in 0..<lists {
        // A list that lost all its rows begins anew at one of the sample.
        let source =
          starts[list] < starts[list + 1]
          ? UnsafePointer(means.start + list * dimension)
          : vectors + Int(sample.randomElement(using: &random) ?? 0) * dimension
        (centres.start + list * dimension).update(from: source, count: dimension)
      }
    }
    return centres
  }

  private func gather(_ plain: Plain, _ rows: [Int32]) -> Plain {
    let result = Plain(count: rows.count, stride: stride)
    for (place, row) in rows.enumerated() {
      (result.codes.start + place * stride).update(
        from: plain.codes.start + Int(row) * stride, count: stride)
      result.largest.start[place] = plain.largest.start[Int(row)]
    }
    return result
  }

  /// The list of each row of `plain`.
  private func nearest(_ plain: Plain, _ centres: Memory<Float>, _ lists: Int) -> Memory<Int32> {
    let columns = (lists + Self.tile - 1) / Self.tile * Self.tile
    let coded = Memory<Int8>(columns * stride)
    let packed = Memory<Int8>(columns * stride)
    let largest = Memory<Float>(columns)
    let bounds = Memory<akin_bound>(columns)
    _ = akin_quantise(
      kernel.identifier, centres.start, lists, dimension, stride, coded.start, largest.start,
      bounds.start)
    akin_pack_codes(kernel.identifier, coded.start, columns, stride, packed.start)
    let padded = (plain.count + Self.tile - 1) / Self.tile * Self.tile
    let result = Memory<Int32>(padded)
    workers.run(0..<padded, by: 32 * Self.tile) { rows, _ in
      akin_index_assign(
        kernel.identifier, plain.codes.start + rows.lowerBound * stride, rows.count, stride,
        packed.start, largest.start, lists, result.start + rows.lowerBound)
    }
    return result
  }

  /// Sorts rows by list, in their order within each.
  private func group(
    _ nearest: Memory<Int32>, _ lists: Int, count: Int
  ) -> (starts: [Int32], order: [Int32]) {
    var starts = [Int32](repeating: 0, count: lists + 1)
    for row in 0..<count { starts[Int(nearest.start[row]) + 1] += 1 }
    for list in 0..<lists { starts[list + 1] += starts[list] }
    var next = starts
    var order = [Int32](repeating: 0, count: count)
    for row in 0..<count {
      let list = Int(nearest.start[row])
      order[Int(next[list])] = Int32(row)
      next[list] += 1
    }
    return (starts, order)
  }

  /// The mean of each list's vectors, scaled to length 1 where asked for.
  private func centroids(
    _ starts: [Int32], _ order: [Int32], _ vectors: UnsafePointer<Float>, scaled: Bool
  ) -> Memory<Float> {
    let lists = starts.count - 1
    let means = Memory<Float>(lists * dimension)
    workers.run(0..<lists, by: 16) { range, _ in
      for list in range {
        let mean = means.start + list * dimension
        for place in Int(starts[list])..<Int(starts[list + 1]) {
          let row = vectors + Int(order[place]) * dimension
          for k in 0..<dimension { mean[k] += row[k] }
        }
        var squares: Float = 0
        for k in 0..<dimension { squares += mean[k] * mean[k] }
        let count = Float(max(1, starts[list + 1] - starts[list]))
        let factor = scaled ? (squares > 0 ? 1 / squares.squareRoot() : 0) : 1 / count
        for k in 0..<dimension { mean[k] *= factor }
      }
    }
    return means
  }

  private func sections(
    _ starts: [Int32], _ centres: Memory<Float>, _ order: [Int32], _ plain: Plain
  ) -> [IndexSection] {
    let lists = starts.count - 1
    let coded = quantise(centres.start, lists)
    let centreOrder = (0..<Int32(lists)).map { $0 }
    return [IndexSection(name: "lists.starts", contents: IndexBytes(starts))]
      + pack("lists", coded, centreOrder)
      + pack("rows", plain, order)
  }

  private static func recall(_ table: [Float]) -> IndexSection {
    IndexSection(name: "lists.recall", contents: IndexBytes(table))
  }

  /// Codes and scales in the order of the lists, in groups of 16 or row after row.
  private func pack(
    _ name: String, _ plain: Plain, _ order: [Int32], inGroups: Bool = true
  ) -> [IndexSection] {
    let padded = InvertedLists.Coded.padded(order.count)
    let stride = plain.stride
    let codes = Memory<Int8>(padded * stride)
    let scales = Memory<Float>(padded)
    let size = 64 * Int(AKIN_GROUP)
    let scratch = inGroups ? Memory<Int8>(workers.count * size * stride) : nil
    workers.run(0..<padded, by: size) { rows, worker in
      let block = codes.start + rows.lowerBound * stride
      let target = scratch.map { $0.start + worker * size * stride } ?? block
      for row in rows {
        let place = target + (row - rows.lowerBound) * stride
        guard row < order.count else {
          place.update(repeating: 0, count: stride)
          continue
        }
        let source = Int(order[row])
        place.update(from: plain.codes.start + source * stride, count: stride)
        scales.start[row] = plain.largest.start[source] / 127
      }
      if inGroups { akin_pack_codes(kernel.identifier, target, rows.count, stride, block) }
      akin_index_flip(block, rows.count * stride)
    }
    return [
      IndexSection(name: name + ".codes", contents: IndexBytes(codes, count: padded * stride)),
      IndexSection(name: name + ".scales", contents: IndexBytes(scales, count: padded)),
    ]
  }
}
