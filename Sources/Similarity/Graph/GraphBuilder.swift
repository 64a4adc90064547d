internal import CKernels
internal import Foundation

/// Builds the lists of one block of rows after the other; ``SimilarityGraph`` says how.
struct GraphBuilder {
  let layout: GraphLayout
  let kernel: Kernel
  let vectors: UnsafePointer<Float>
  let forget: () -> Void
  /// Called with the pairs scored so far; throws to stop.
  let progress: (Int) throws -> Void

  private let workers: Workers
  private let coded: CodedRows
  private let sample: Sample
  private let codedSample: CodedSample
  private let memory: CandidateLists
  private let scratch: Memory<Int8>

  init(
    vectors: UnsafePointer<Float>, layout: GraphLayout, kernel: Kernel, sketches: SketchPolicy,
    forget: @escaping () -> Void, progress: @escaping (Int) throws -> Void
  ) throws(GraphError) {
    self.layout = layout
    self.kernel = kernel
    self.vectors = vectors
    self.forget = forget
    self.progress = progress
    workers = Workers(count: layout.threads)
    var coded = try CodedRows(
      vectors, layout: layout, kernel: kernel, workers: workers, forget: forget)
    sample = Sample(layout)
    let choice = SketchChoice(
      sketches, sample, of: coded, vectors: vectors, layout: layout, kernel: kernel)
    if layout.isBounded { forget() }
    if let space = choice?.space() {
      coded.add(
        space, of: vectors, layout: layout, kernel: kernel, workers: workers, forget: forget)
    }
    codedSample = CodedSample(sample, of: coded, kernel: kernel)
    self.coded = coded
    memory = CandidateLists(layout)
    scratch = Memory(layout.threads * Int(AKIN_PANEL_COLUMNS) * layout.stride)
  }

  /// Pairs scored for the block `rows`, by which progress counts.
  static func pairs(in rows: Range<Int>, of count: Int) -> Int {
    rows.count * (rows.count + 1) / 2 + rows.count * (count - rows.count)
  }

  /// The finished lists of `rows`, valid until the next call.
  func lists(of rows: Range<Int>, after done: Int) throws -> FinishedLists {
    let lists = memory.begin(rows, of: coded, vectors: vectors)
    try progress(done)
    seed(lists)
    try progress(done)
    var counter = PairCounter(done: done, report: progress)
    try scanWithin(lists, &counter)
    try scanOutside(lists, rows, &counter)
    try finish(lists, &counter)
    return FinishedLists(lists: lists, layout: layout)
  }

  /// Thresholds and the order of re-ranking, from the sample.
  private func seed(_ lists: akin_lists) {
    guard sample.count > 0 else { return }
    withUnsafePointer(to: lists) { lists in
      withUnsafePointer(to: codedSample.view) { view in
        workers.run(0..<lists.pointee.view.count, by: 512) { rows, _ in
          akin_seed(
            kernel.identifier, lists, rows.lowerBound, rows.upperBound, view,
            codedSample.packed.start,
            max(1, sample.rank), memory.nearest.start)
        }
      }
    }
    if sample.rank == 0 {
      lists.threshold.update(repeating: -.infinity, count: lists.view.count)
    }
  }

  /// Every pair within the block, once, offered to both rows.
  ///
  /// The rows form teams that meet in a round-robin tournament (the circle method): in a round
  /// every team meets one other, so no two threads touch the same lists and none waits for a lock.
  private func scanWithin(_ lists: akin_lists, _ counter: inout PairCounter) throws {
    let tournament = Tournament(
      players: lists.view.count, teamRows: GraphLayout.teamRows, threads: layout.threads)
    try withUnsafePointer(to: lists) { lists in
      for round in 0..<tournament.rounds {
        let matches = tournament.matches(round)
        workers.run(matches.count) { match, worker in
          let (rows, columns) = matches[match]
          akin_offer_pairs(
            kernel.identifier, lists, akin_span(rows), akin_span(columns), scratch(worker))
        }
        if layout.isBounded { forget() }
        try counter.add(matches.reduce(0) { $0 + Tournament.pairs($1.rows, $1.columns) })
      }
    }
  }

  /// The block's rows against all others, offered to the block's lists alone.
  private func scanOutside(
    _ lists: akin_lists, _ rows: Range<Int>, _ counter: inout PairCounter
  ) throws {
    let chunk = 16 * Int(AKIN_PANEL_COLUMNS)
    // Two turns for every thread, also where a block is small.
    let turns = 2 * layout.threads
    let teamRows = min(
      GraphLayout.teamRows, GraphLayout.padded((rows.count + turns - 1) / turns))
    try withUnsafePointer(to: lists) { lists in
      try withUnsafePointer(to: coded.view(0..<layout.count)) { all in
        for outside in [0..<rows.lowerBound, rows.upperBound..<layout.count] {
          for first in stride(from: outside.lowerBound, to: outside.upperBound, by: chunk) {
            let columns = akin_span(first..<min(first + chunk, outside.upperBound))
            workers.run(0..<rows.count, by: teamRows) { team, worker in
              akin_offer_columns(
                kernel.identifier, lists, akin_span(team), all, columns, scratch(worker))
            }
            if layout.isBounded { forget() }
            try counter.add(rows.count * (columns.last - columns.first))
          }
        }
      }
    }
  }

  /// The survivors' exact scores, window by window where vectors do not fit memory, and the sorted
  /// lists; rows in doubt are compared with everything.
  private func finish(_ lists: akin_lists, _ counter: inout PairCounter) throws {
    let count = lists.view.count
    let buckets = memory.buckets(sample, first: lists.view.first, count: count)
    try withUnsafePointer(to: lists) { lists in
      for first in stride(from: 0, to: count, by: max(1, layout.windowRows)) {
        let window = first..<min(first + layout.windowRows, count)
        memory.arrange(window, buckets: buckets)
        workers.run(window, by: 256) { piece, _ in
          akin_prune(
            kernel.identifier, lists, memory.order.start + piece.lowerBound, piece.count)
        }
        for column in stride(from: 0, to: layout.count, by: layout.windowRows) {
          let columns = akin_span(column..<min(column + layout.windowRows, layout.count))
          workers.run(window, by: 256) { piece, _ in
            akin_rescore(
              kernel.identifier, lists, memory.order.start + piece.lowerBound, piece.count, columns)
          }
          if layout.isBounded { forget() }
          try counter.add(0)
        }
        workers.run(window, by: 256) { piece, _ in
          _ = akin_finish(
            kernel.identifier, lists, memory.order.start + piece.lowerBound, piece.count)
        }
      }
    }
    let doubtful = (0..<count).filter {
      lists.state[$0] == UInt8(AKIN_LIST_DOUBTFUL.rawValue)
    }
    let scan = Float32Scan(
      layout: layout, kernel: kernel, vectors: vectors, forget: forget, unit: lists.unit)
    try scan.fill(doubtful, of: lists) { try counter.add(0) }
  }

  private func scratch(_ worker: Int) -> UnsafeMutablePointer<Int8> {
    scratch.start + worker * Int(AKIN_PANEL_COLUMNS) * layout.stride
  }
}

/// Adds up pairs and passes the sum on.
struct PairCounter {
  private(set) var done: Int
  let report: (Int) throws -> Void

  init(done: Int, report: @escaping (Int) throws -> Void) {
    self.done = done
    self.report = report
  }

  mutating func add(_ pairs: Int) throws {
    done += pairs
    try report(done)
  }
}

extension akin_span {
  init(_ range: Range<Int>) { self.init(first: range.lowerBound, last: range.upperBound) }
}
