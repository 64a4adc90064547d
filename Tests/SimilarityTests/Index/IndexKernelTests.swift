import CKernels
import Testing

@testable import AkinSimilarity

/// Every instruction set's loops of the live index beside sums in plain Swift.
@Suite struct IndexKernelTests {
  /// Coded rows and one probe, filled by `value`.
  final class Case {
    let rows: Int
    let stride: Int
    let padded: Int
    let plain: [Int8]
    let packed: UnsafeMutablePointer<Int8>
    let scales: UnsafeMutablePointer<Float>
    let query: UnsafeMutablePointer<Int8>

    init(rows: Int, dimension: Int, value: () -> Int8) {
      let (stride, padded) = ((dimension + 63) / 64 * 64, (rows + 15) / 16 * 16)
      var plain = [Int8](repeating: 0, count: padded * stride)
      for row in 0..<rows {
        for k in 0..<dimension { plain[row * stride + k] = value() }
      }
      (self.rows, self.stride, self.padded, self.plain) = (rows, stride, padded, plain)
      packed = .allocate(capacity: padded * stride)
      akin_pack_codes(0, plain, padded, stride, packed)
      akin_index_flip(packed, padded * stride)
      scales = .allocate(capacity: padded)
      for row in 0..<padded { scales[row] = row < rows ? Float(1 + row % 7) / 4 : 0 }
      query = .allocate(capacity: stride)
      for k in 0..<stride { query[k] = k < dimension ? value() : 0 }
    }

    deinit {
      packed.deallocate()
      scales.deallocate()
      query.deallocate()
    }

    func score(_ row: Int) -> Float {
      var dot = 0
      for k in 0..<stride { dot += Int(plain[row * stride + k]) * Int(query[k]) }
      return Float(dot) * scales[row]
    }
  }

  static let shapes: [(rows: Int, dimension: Int)] = [
    (1, 1), (16, 64), (17, 65), (70, 384), (200, 100), (129, 1_000),
  ]

  static func cases() -> [Case] {
    var random = SplitMix64(seed: 3)
    return shapes.flatMap { shape in
      [
        Case(rows: shape.rows, dimension: shape.dimension) {
          Int8.random(in: -127...127, using: &random)
        },
        Case(rows: shape.rows, dimension: shape.dimension) { 127 },
        Case(rows: shape.rows, dimension: shape.dimension) {
          Bool.random(using: &random) ? 127 : -127
        },
      ]
    }
  }

  static func withProbe<Result>(
    _ test: Case, keep: Int, _ body: (UnsafeMutablePointer<akin_probe>) -> Result
  ) -> Result {
    let capacity = 4 * keep + 64
    let scores = UnsafeMutablePointer<Float>.allocate(capacity: capacity)
    let rows = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
    defer {
      scores.deallocate()
      rows.deallocate()
    }
    var probe = akin_probe(
      query: akin_query(), sketch: akin_query(), margin: 0, threshold: -.infinity, keep: keep,
      filled: 0, capacity: capacity, scores: scores, rows: rows)
    akin_query_set(&probe.query, test.query, test.stride, 127)
    return body(&probe)
  }

  @Test(arguments: Kernel.available) func allScoresAreTheSums(kernel: Kernel) {
    for test in Self.cases() {
      for together in [1, 2, 3, 5, 8, 11] {
        Self.withProbe(test, keep: 1) { probe in
          let pointers = [UnsafeMutablePointer<akin_probe>?](repeating: probe, count: together)
          var codes = akin_codes(
            stride: test.stride,
            codes: UnsafeRawPointer(test.packed).assumingMemoryBound(to: UInt8.self),
            scale: test.scales)
          var scores = [Float](repeating: 0, count: together * test.padded)
          akin_index_scores(
            kernel.identifier, &codes, test.rows, pointers, together, &scores, test.padded)
          for probe in 0..<together {
            for row in 0..<test.rows {
              #expect(scores[probe * test.padded + row] == test.score(row))
            }
          }
        }
      }
    }
  }

  /// Of scores of all kinds the best stay, of equal ones the first.
  @Test(arguments: Kernel.available) func shrinkingKeepsTheBest(kernel: Kernel) {
    var random = SplitMix64(seed: 9)
    let kinds: [(Int) -> Float] = [
      { _ in Float.random(in: -1...1, using: &random) }, { _ in 0.5 }, { Float($0) },
      { Float(-$0) }, { Float($0 % 3) }, { $0 % 2 == 0 ? 0 : -0.0 },
      { $0 % 50 == 0 ? .infinity : Float($0) }, { $0 % 3 == 0 ? -.greatestFiniteMagnitude : 3e38 },
      { Float($0 % 9) * .leastNonzeroMagnitude },
      { Float(sign: .plus, exponent: $0 % 200 - 100, significand: 1) },
    ]
    for kind in kinds {
      for (count, keep) in [(1, 1), (10, 10), (11, 10), (104, 10), (500, 1), (500, 499)] {
        let values = (0..<count).map(kind)
        var scores = values
        var rows = (0..<Int32(count)).map { $0 }
        scores.withUnsafeMutableBufferPointer { scores in
          rows.withUnsafeMutableBufferPointer { rows in
            var probe = akin_probe(
              query: akin_query(), sketch: akin_query(), margin: 0, threshold: -.infinity,
              keep: keep, filled: count, capacity: count + 16, scores: scores.baseAddress,
              rows: rows.baseAddress)
            akin_probe_shrink(kernel.identifier, &probe)
            let best = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(keep)
            #expect(rows[..<probe.filled].map(Int.init) == best.sorted())
            #expect(zip(rows, scores).prefix(keep).allSatisfy { values[Int($0)] == $1 })
            #expect(count == keep || probe.threshold == best.last.map { values[$0] })
          }
        }
      }
    }
  }

  /// Checks that a probe has kept the best of the allowed rows, each with its score.
  static func expect(
    _ probe: UnsafeMutablePointer<akin_probe>, of test: Case, _ rows: Range<Int>,
    _ allowed: [UInt16], keep: Int, _ kernel: Kernel
  ) {
    akin_probe_shrink(kernel.identifier, probe)
    let wanted = rows.filter { allowed[$0 / 16] >> UInt16($0 % 16) & 1 == 1 }
      .map { test.score($0) }.sorted(by: >).prefix(keep)
    let kept = (0..<probe.pointee.filled).map { probe.pointee.scores[$0] }
    #expect(kept.sorted(by: >) == Array(wanted))
    for place in 0..<probe.pointee.filled {
      #expect(test.score(Int(probe.pointee.rows[place])) == probe.pointee.scores[place])
    }
  }

  @Test(arguments: Kernel.available) func theBestAllowedRowsAreKept(kernel: Kernel) {
    var random = SplitMix64(seed: 5)
    for test in Self.cases() {
      for keep in [1, 10, 100] {
        let first = test.rows / 5
        let last = test.rows - test.rows / 7
        let allowed = (0..<test.padded / 16).map { _ in
          UInt16.random(in: 0...UInt16.max, using: &random)
        }
        Self.withProbe(test, keep: keep) { probe in
          let pointers: [UnsafeMutablePointer<akin_probe>?] = [probe]
          var codes = akin_codes(
            stride: test.stride,
            codes: UnsafeRawPointer(test.packed).assumingMemoryBound(to: UInt8.self),
            scale: test.scales)
          akin_probe_rows(kernel.identifier, &codes, nil, first, last, allowed, pointers, 1)
          Self.expect(probe, of: test, first..<last, allowed, keep: keep, kernel)
        }
      }
    }
  }

  /// Sketches that hold all there is of a row, and codes row after row: the same rows as without.
  @Test(arguments: Kernel.available) func sketchesRuleOutNoRowThatCounts(kernel: Kernel) {
    var random = SplitMix64(seed: 6)
    for (rows, margin) in [(200, Float(0)), (129, .infinity), (33, 0)] {
      let test = Case(rows: rows, dimension: 64) { Int8.random(in: -127...127, using: &random) }
      // Lines of 128 bytes, whose second half is zero.
      let stride = 128
      var lines = [UInt8](repeating: 128, count: test.padded * stride)
      for row in 0..<rows {
        for k in 0..<64 { lines[row * stride + k] = UInt8(Int(test.plain[row * 64 + k]) + 128) }
      }
      let query = (0..<stride).map { $0 < 64 ? test.query[$0] : 0 }
      let allowed = (0..<test.padded / 16).map { _ in
        UInt16.random(in: 0...UInt16.max, using: &random)
      }
      let (first, last) = (rows / 5, rows - rows / 7)
      for keep in [1, 10, 100] {
        Self.withProbe(test, keep: keep) { probe in
          query.withUnsafeBufferPointer { query in
            akin_query_set(&probe.pointee.query, query.baseAddress, stride, 127)
            akin_query_set(&probe.pointee.sketch, test.query, 64, 127)
            probe.pointee.margin = margin
            var sketches = akin_codes(
              stride: 64,
              codes: UnsafeRawPointer(test.packed).assumingMemoryBound(to: UInt8.self),
              scale: test.scales)
            lines.withUnsafeBufferPointer { lines in
              var codes = akin_codes(stride: stride, codes: lines.baseAddress, scale: test.scales)
              akin_probe_rows(
                kernel.identifier, &codes, &sketches, first, last, allowed, [probe], 1)
            }
          }
          Self.expect(probe, of: test, first..<last, allowed, keep: keep, kernel)
        }
      }
    }
  }

  @Test(arguments: Kernel.available) func everyRowGoesToItsNearestColumn(kernel: Kernel) {
    var random = SplitMix64(seed: 9)
    for (columns, dimension) in [(1, 8), (31, 70), (32, 384), (100, 384)] {
      let (rows, stride) = (64, (dimension + 63) / 64 * 64)
      let padded = (columns + 31) / 32 * 32
      func codes(_ count: Int, _ padded: Int) -> [Int8] {
        (0..<padded).flatMap { row in
          (0..<stride).map { k in
            row < count && k < dimension ? Int8.random(in: -127...127, using: &random) : 0
          }
        }
      }
      let (rowCodes, columnCodes) = (codes(rows, rows), codes(columns, padded))
      let scales = (0..<padded).map { $0 < columns ? Float(1 + $0 % 3) : 0 }
      var packed = [Int8](repeating: 0, count: padded * stride)
      akin_pack_codes(kernel.identifier, columnCodes, padded, stride, &packed)
      var nearest = [Int32](repeating: -1, count: rows)
      akin_index_assign(
        kernel.identifier, rowCodes, rows, stride, packed, scales, columns, &nearest)
      for row in 0..<rows {
        let scores = (0..<columns).map { column in
          Float(
            (0..<stride).reduce(0) {
              $0 + Int(rowCodes[row * stride + $1]) * Int(columnCodes[column * stride + $1])
            }) * scales[column]
        }
        #expect(scores[Int(nearest[row])] == scores.max())
      }
    }
  }

  @Test func theBestListsFillTheBudget() {
    let scores: [Float] = [0.1, 0.9, 0.5, 0.8, -0.3, 0.2]
    let weights: [Int32] = [10, 10, 10, 0, 10, 10]
    var chosen = [Int32](repeating: -1, count: 6)
    func choose(_ budget: Int64) -> [Int32] {
      let count = akin_choose_lists(scores, weights, 6, budget, &chosen)
      return Array(chosen.prefix(count))
    }
    #expect(choose(1) == [1])
    #expect(choose(11) == [1, 2])
    #expect(choose(30) == [1, 2, 5])
    #expect(choose(1_000) == [1, 0, 2, 4, 5])
    #expect(choose(0) == [])
  }
}
