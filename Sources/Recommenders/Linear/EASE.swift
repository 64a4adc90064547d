public import AkinCatalogue
internal import AkinSimilarity
internal import Foundation

/// A linear autoencoder in closed form: each item is predicted from all others.
///
///     P = (X̃ᵀX̃ + λI)⁻¹,   B(i, j) = −P(i, j) / P(j, j)^g · (n(j) / n(i))^c,   B(i, i) = 0
///
/// with X̃(u, i) = weight / n(u)^b / n(i)^a over the numbers of interactions of shopper and item.
/// g = 1 is EASE, whose loss forbids that an item predicts itself (Steck, *Embarrassingly shallow
/// autoencoders for sparse data*, WWW 2019, with a = b = c = 0); g = 0 is the ridge autoencoder,
/// which only leaves that out of its answer; between them lie relaxed constraints (Moon, Kim and
/// Lee, *It's enough: relaxing diagonal constraints in linear autoencoders for recommendation*,
/// SIGIR 2023). Normalising by popularity follows Shen et al. (CIKM 2021).
///
/// O(items³) time and 2 · items² bytes. B keeps what is largest where it would not fit. Where not even the
/// inverse fits, `local` solves each item within its own neighbourhood.
public struct EASE: RecommenderAlgorithm, Equatable, Codable {
  /// λ, in units of the mean of X̃ᵀX̃'s diagonal where `isRelative`.
  public var regularisation: Float
  /// Whether λ is relative, so that one value suits sets of any size.
  public var isRelative: Bool
  /// g, in 0 ... 1.
  public var diagonalExponent: Float
  /// b: how much active shoppers are held back, in 0 ... 1.
  public var userExponent: Float
  /// a: how much popular items are held back, in 0 ... 1.
  public var itemExponent: Float
  /// c: how much of that the scores give back, in 0 ... 1.
  public var outputExponent: Float
  /// Entries of B kept an item, the largest of all; `nil` for all of them.
  public var entriesPerItem: Int?
  /// Others that an item is predicted from, the nearest; `nil` for all of them.
  public var local: Int?
  /// Bytes that fitting may take; half of the machine's memory where `nil`.
  public var memory: Int?

  /// Creates the algorithm.
  public init(
    regularisation: Float = 10, isRelative: Bool = true, diagonalExponent: Float = 0.5,
    userExponent: Float = 0.3, itemExponent: Float = 0.4, outputExponent: Float = 0.2,
    entriesPerItem: Int? = nil, local: Int? = nil, memory: Int? = nil
  ) {
    self.regularisation = regularisation
    self.isRelative = isRelative
    self.diagonalExponent = diagonalExponent
    self.userExponent = userExponent
    self.itemExponent = itemExponent
    self.outputExponent = outputExponent
    self.entriesPerItem = entriesPerItem
    self.local = local
    self.memory = memory
  }

  /// EASE as its paper has it: λ as it is, nothing normalised.
  public static func plain(regularisation: Float) -> EASE {
    EASE(
      regularisation: regularisation, isRelative: false, diagonalExponent: 1, userExponent: 0,
      itemExponent: 0, outputExponent: 0)
  }

  /// Items up to which B is kept whole.
  static let wholeItems = 12_000
  /// Entries kept an item beyond that.
  static let defaultEntries = 800

  /// Inverts.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`; `tooLarge` where the inverse takes more than
  ///   `memory`: set ``local``, or take ``GraphFilter``; `diverged`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> EASEModel {
    try check(interactions)
    let scaled = ScaledInteractions(
      interactions, userExponent: userExponent, itemExponent: itemExponent)
    let count = interactions.itemCount
    let scales = interactions.itemCounts().map { pow(Float(max(1, $0)), outputExponent) }
    if let local {
      return EASEModel(.sparse(try localWeights(local, of: scaled, scales: scales, progress)))
    }
    let inverse = try minusInverse(of: scaled, progress)
    let factors = (0..<count).map { 1 / pow(-inverse[$0, $0], diagonalExponent) }
    if let entries = entriesPerItem ?? (count > Self.wholeItems ? Self.defaultEntries : nil) {
      return EASEModel(
        .sparse(inverse.largestWeights(entries, factors: factors, scales: scales)))
    }
    return EASEModel(.dense(inverse.weights(factors: factors, scales: scales)))
  }

  private func check(_ interactions: Interactions) throws(RecommenderError) {
    guard regularisation > 0, regularisation.isFinite,
      [diagonalExponent, userExponent, itemExponent, outputExponent]
        .allSatisfy({ (0...1).contains($0) }),
      entriesPerItem ?? 1 > 0, (1...2_000).contains(local ?? 1)
    else {
      throw RecommenderError(
        .badSetting,
        "ease takes a positive regularisation, exponents from 0 to 1 and local from 1 to 2000")
    }
    guard local == nil else { return }
    let needed = SymmetricTiles.bytes(interactions.itemCount)
    let allowed = memory ?? Int(ProcessInfo.processInfo.physicalMemory) / 2
    guard needed <= allowed else {
      throw RecommenderError(
        .tooLarge,
        "ease would take \(needed >> 20) MiB for \(interactions.itemCount) items; set"
          + " local=200, which predicts each item from its nearest others, take 'graph-filter',"
          + " which keeps the leading directions alone, or allow more memory")
    }
  }

  private func minusInverse(of scaled: ScaledInteractions, _ progress: FitProgress) throws
    -> SymmetricTiles
  {
    let tiles = SymmetricTiles(count: scaled.rows.itemCount)
    tiles.addGram(of: scaled)
    var ridge = regularisation
    if isRelative, tiles.count > 0 {
      ridge *= (0..<tiles.count).reduce(0) { $0 + tiles[$1, $1] } / Float(tiles.count)
    }
    for item in 0..<tiles.count { tiles[item, item] += ridge }
    guard try tiles.invert(progress: progress) else {
      throw RecommenderError(.diverged, "ease met a singular matrix; take more regularisation")
    }
    return tiles
  }
}

/// Interactions with X̃'s values.
struct ScaledInteractions {
  let rows: Interactions
  /// Of each entry.
  let values: [Float]

  /// O(n).
  init(_ interactions: Interactions, userExponent: Float, itemExponent: Float) {
    rows = interactions
    let itemScales = interactions.itemCounts().map { pow(Float(max(1, $0)), itemExponent) }
    var values = interactions.weights ?? [Float](repeating: 1, count: interactions.count)
    for user in 0..<interactions.userCount {
      let scale = pow(Float(max(1, interactions[user].count)), -userExponent)
      for entry in interactions.range(of: user) {
        values[entry] *= scale / itemScales[Int(interactions.items[entry])]
      }
    }
    self.values = values
  }
}

extension SymmetricTiles {
  /// Adds X̃ᵀX̃. O(Σ history²).
  func addGram(of scaled: ScaledInteractions) {
    let rows = scaled.rows
    let takers = rows.transposedEntries()
    Workers.all.run(0..<rows.itemCount, by: 32) { piece, _ in
      var sums = [Float](repeating: 0, count: piece.upperBound)
      for item in piece {
        for place in takers.offsets[item]..<takers.offsets[item + 1] {
          let value = scaled.values[takers.entries[place]]
          for entry in rows.range(of: Int(takers.users[place])) {
            let other = Int(rows.items[entry])
            guard other <= item else { break }
            sums[other] += value * scaled.values[entry]
          }
        }
        for other in 0...item where sums[other] != 0 {
          self[item, other] += sums[other]
          sums[other] = 0
        }
      }
    }
  }

  /// B in full, row-major, zero on the diagonal: (i, j) is that of minus the inverse times
  /// factor(j) · scale(j) / scale(i).
  func weights(factors: [Float], scales: [Float]) -> DenseRows {
    var result = DenseRows(count: count, dimension: count)
    let dimension = result.dimension
    result.values.withUnsafeMutableBufferPointer { result in
      for row in 0..<count {
        for column in 0..<row {
          let value = self[row, column]
          let ratio = scales[column] / scales[row]
          result[row * dimension + column] = value * factors[column] * ratio
          result[column * dimension + row] = value * factors[row] / ratio
        }
      }
    }
    return result
  }

  /// The largest entries of B, about `entries` a row: those above one bound for all.
  func largestWeights(_ entries: Int, factors: [Float], scales: [Float]) -> ItemMatrix {
    let width = tiles * Self.side
    let strip = UnsafeMutablePointer<Float>.allocate(capacity: Self.side * width)
    defer { strip.deallocate() }
    var bound: Float?
    var offsets: [Int32] = [0]
    var (columns, values): ([Int32], [Float]) = ([], [])
    // The bound is that of the middle strip; strips are alike, for items stand in no order of size.
    for index in [tiles / 2] + Array(0..<tiles) {
      self.strip(index, into: strip)
      let rows = index * Self.side..<min(count, (index + 1) * Self.side)
      guard let bound else {
        bound = Self.bound(
          strip, rows: rows.count, width: width, factors: factors, scales: scales,
          first: rows.lowerBound, kept: entries * rows.count)
        continue
      }
      for row in rows {
        let line = strip + (row - rows.lowerBound) * width
        for column in 0..<count where column != row {
          let value = line[column] * factors[column] * scales[column] / scales[row]
          guard abs(value) > bound else { continue }
          columns.append(Int32(column))
          values.append(value)
        }
        offsets.append(Int32(columns.count))
      }
    }
    return ItemMatrix(offsets: offsets, columns: columns, values: values)
  }

  /// The magnitude that about `kept` of the strip's weights exceed.
  private static func bound(
    _ strip: UnsafeMutablePointer<Float>, rows: Int, width: Int, factors: [Float],
    scales: [Float], first: Int, kept: Int
  ) -> Float {
    let count = factors.count
    var sample: [Float] = []
    let step = max(1, rows * count / 1_000_000)
    for place in stride(from: 0, to: rows * count, by: step) {
      let (row, column) = (place / count, place % count)
      sample.append(
        abs(strip[row * width + column] * factors[column] * scales[column] / scales[first + row]))
    }
    sample.sort(by: >)
    let share = Double(kept) / Double(rows * count)
    return share >= 1 ? 0 : sample[min(sample.count - 1, Int(share * Double(sample.count)))]
  }
}

/// The fitted ``EASE``.
public struct EASEModel: Recommender {
  /// `ease`.
  public static let kind = "ease"

  /// B, whole or its largest entries.
  enum Weights: Sendable {
    case dense(DenseRows)
    case sparse(ItemMatrix)
  }

  private let weights: Weights

  init(_ weights: Weights) { self.weights = weights }

  /// The number of items that are ranked.
  public var itemCount: Int {
    switch weights {
    case .dense(let rows): rows.count
    case .sparse(let matrix): matrix.count
    }
  }

  /// History × B.
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    try RecommenderError.check(shoppers.histories.itemCount, against: itemCount)
    switch weights {
    case .sparse(let matrix): matrix.score(shoppers, into: scores)
    case .dense(let rows): rows.score(shoppers, into: scores)
    }
  }

  /// The items that `item` speaks for most.
  public func similarItems(to item: Int, k: Int) -> [Neighbour] {
    let row: [Neighbour]
    switch weights {
    case .sparse(let matrix): row = matrix[item]
    case .dense(let rows):
      row = rows[item].prefix(itemCount).enumerated().map {
        Neighbour(item: $0.offset, score: $0.element)
      }
    }
    return Array(row.filter { $0.item != item }.sorted { $0.precedes($1) }.prefix(k))
  }

  /// weight · B(i, item) of each i of the history; the sum is the score.
  public func explain(_ item: Int, for shopper: Shoppers) throws -> [Neighbour]? {
    try RecommenderError.check(shopper.histories.itemCount, against: itemCount)
    switch weights {
    case .sparse(let matrix): return matrix.contributions(to: item, of: shopper)
    case .dense(let rows):
      let histories = shopper.histories
      return histories.range(of: shopper.rows.lowerBound).map { entry in
        let other = Int(histories.items[entry])
        return Neighbour(
          item: other,
          score: (histories.weights?[entry] ?? 1) * rows.values[other * rows.dimension + item])
      }.sorted { $0.precedes($1) }
    }
  }

  /// B.
  public func archived() -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    switch weights {
    case .sparse(let matrix): matrix.store(in: &archive)
    case .dense(let rows):
      archive.notes["items"] = "\(rows.count)"
      archive.floats["weights"] = rows.values
    }
    return archive
  }

  /// Takes B.
  public init(_ archive: ModelArchive) throws {
    guard archive.floats["weights"] != nil else {
      weights = .sparse(try ItemMatrix(archive))
      return
    }
    let count = try archive.whole("items")
    let dimension = DenseRows.padded(count)
    weights = .dense(
      DenseRows(
        count: count, padded: dimension,
        values: try archive.numbers("weights", count: count * dimension)))
  }
}
