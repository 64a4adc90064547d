import CKernels
import Testing
import TileRefusal

@testable import AkinSimilarity

/// Every instruction set's loops against the plain ones.
@Suite struct GraphKernelTests {
  static let tile = Int(AKIN_TILE)
  static let plain = Int32(AKIN_KERNEL_PLAIN.rawValue)

  /// Codes of 32 rows, by what they provoke.
  static func codes(_ kind: String, stride: Int, random: inout SplitMix64) -> [Int8] {
    (0..<tile * stride).map { index in
      switch kind {
      case "lowest": -128
      case "highest": 127
      case "opposed": index % 2 == 0 ? -128 : 127
      case "rows opposed": index / stride % 2 == 0 ? -128 : 127
      default: Int8.random(in: -128...127, using: &random)
      }
    }
  }

  /// A container's filter, or a kernel without room for 8 KiB more a thread, may refuse the tile
  /// registers: the next kernel takes over.
  @Test func refusedTilesAreDoneWithout() throws {
    let best = try #require(Kernel.available.last)
    let without = Int32(akin_kernel_best_without_tiles())
    #expect(without >= 0)
    let amx = Int32(AKIN_KERNEL_AMX.rawValue)
    let others = Kernel.available.map(\.identifier).filter { $0 != amx }
    #expect(without == others.max())
    if best.identifier != amx { print("refusedTilesAreDoneWithout: this processor has no AMX") }
  }

  @Test(
    arguments: Kernel.available,
    ["random", "lowest", "highest", "opposed", "rows opposed"])
  func productsEqualTheDefinition(kernel: Kernel, kind: String) {
    for stride in [64, 128, 384, 1_024] {
      var random = SplitMix64(seed: UInt64(stride))
      let rows = Self.codes(kind, stride: stride, random: &random)
      let columns = Self.codes(
        kind == "opposed" ? "lowest" : kind, stride: stride, random: &random)
      // One byte in front: codes need no alignment.
      let shifted = [Int8(0)] + rows
      var packed = [Int8](repeating: 0, count: columns.count)
      var dots = [Int32](repeating: 7, count: Self.tile * Self.tile)
      akin_pack_codes(kernel.identifier, columns, Self.tile, stride, &packed)
      shifted.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return }
        akin_dot_tile(kernel.identifier, base + 1, stride, packed, &dots)
      }
      for r in 0..<Self.tile {
        for c in 0..<Self.tile {
          var sum: Int32 = 0
          for k in 0..<stride {
            sum += Int32(rows[r * stride + k]) * Int32(columns[c * stride + k])
          }
          guard dots[r * Self.tile + c] == sum else {
            Issue.record("\(kernel) \(kind) \(stride): \(dots[r * Self.tile + c]), not \(sum)")
            return
          }
        }
      }
    }
  }

  @Test(arguments: Kernel.available)
  func packingIsTheSameForAll(kernel: Kernel) {
    var random = SplitMix64(seed: 5)
    for stride in [64, 192] {
      let codes = Self.codes("random", stride: stride, random: &random)
      var packed = [Int8](repeating: 1, count: codes.count)
      akin_pack_codes(kernel.identifier, codes, Self.tile, stride, &packed)
      let expected = (0..<codes.count).map { place in
        let (group, within) = (place / (16 * stride), place % (16 * stride))
        let (quad, row, byte) = (within / 64, within % 64 / 4, within % 4)
        return codes[(group * 16 + row) * stride + quad * 4 + byte]
      }
      #expect(packed == expected)
    }
  }

  @Test(arguments: Kernel.available, [1, 3, 15, 16, 17, 33, 384])
  func quantisesAsPlain(kernel: Kernel, dimension: Int) {
    let stride = (dimension + 63) / 64 * 64
    let count = 5
    var random = SplitMix64(seed: 11)
    var values = (0..<count * dimension).map { _ in Float.random(in: -3...3, using: &random) }
    for k in 0..<dimension { values[2 * dimension + k] = 0 }
    for k in 0..<dimension { values[3 * dimension + k] *= .leastNormalMagnitude * 1e-2 }
    for k in 0..<dimension { values[4 * dimension + k] *= 1e37 }
    var results: [(codes: [Int8], largest: [Float], bounds: [akin_bound])] = []
    for identifier in [kernel.identifier, Self.plain] {
      var codes = [Int8](repeating: 99, count: count * stride)
      var largest = [Float](repeating: -1, count: count)
      var bounds = [akin_bound](repeating: akin_bound(), count: count)
      #expect(
        akin_quantise(
          identifier, values, count, dimension, stride, &codes, &largest, &bounds) == -1)
      results.append((codes, largest, bounds))
    }
    #expect(results[0].codes == results[1].codes)
    #expect(results[0].largest == results[1].largest)
    for (one, other) in zip(results[0].bounds, results[1].bounds) {
      #expect(abs(one.norm - other.norm) <= 1e-5 * other.norm)
      #expect(abs(one.slack - other.slack) <= 1e-3 * other.slack + 1e-7 * other.norm)
    }
    for row in 0..<count {
      let code = results[0].codes[row * stride..<(row + 1) * stride]
      #expect(code.map { abs(Int($0)) }.max() == (row == 2 ? 0 : 127))
      #expect(code.dropFirst(dimension).allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: Kernel.available, [Float.nan, .infinity, -.infinity])
  func findsWhatIsNotFinite(kernel: Kernel, value: Float) {
    for place in [0, 15, 16, 18] {
      var values = [Float](repeating: 0.5, count: 3 * 19)
      values[19 + place] = value
      var codes = [Int8](repeating: 0, count: 3 * 64)
      var largest = [Float](repeating: 0, count: 3)
      var bounds = [akin_bound](repeating: akin_bound(), count: 3)
      #expect(
        akin_quantise(kernel.identifier, values, 3, 19, 64, &codes, &largest, &bounds) == 1)
    }
  }

  @Test func tournamentsPairEveryoneOnce() {
    for (players, teamRows, threads) in [
      (1, 32, 1), (31, 32, 2), (33, 32, 2), (1_000, 64, 2), (4_097, 100, 3), (320, 32, 64),
    ] {
      let tournament = Tournament(players: players, teamRows: teamRows, threads: threads)
      var pairs = 0
      var seen: Set<[Int]> = []
      for round in 0..<tournament.rounds {
        var busy: Set<Int> = []
        for (rows, columns) in tournament.matches(round) {
          pairs += Tournament.pairs(rows, columns)
          #expect(seen.insert([rows.lowerBound, columns.lowerBound]).inserted)
          let teams: Set = [rows.lowerBound, columns.lowerBound]
          #expect(busy.isDisjoint(with: teams))
          busy.formUnion(teams)
        }
      }
      #expect(pairs == players * (players + 1) / 2)
    }
  }
}
