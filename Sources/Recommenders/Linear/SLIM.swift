public import AkinCatalogue
internal import AkinSimilarity
internal import Foundation

/// Sparse linear models: each item is a sparse, non-negative combination of its neighbours.
///
///     min ½|x(j) − X·w|² + ½ · ridge · |w|² + lasso · Σ w,   w ≥ 0,  w(j) = 0
///
/// over the `candidates` items of the largest cosine. Ning and Karypis, *SLIM: sparse linear methods
/// for top-N recommender systems* (ICDM 2011), with its feature selection (fsSLIM); coordinate
/// descent on the Gram matrix after Friedman, Hastie and Tibshirani (2010).
///
/// O(Σ history² + items · candidates · (row of the Gram matrix + sweeps · candidates)) time; memory
/// for all pairs of items that share a shopper.
public struct SLIM: RecommenderAlgorithm, Equatable, Codable {
  /// What keeps weights small.
  public var ridge: Float
  /// What keeps weights few.
  public var lasso: Float
  /// Neighbours that may have a weight.
  public var candidates: Int
  /// Sweeps over the weights of an item, at most.
  public var sweeps: Int

  /// Creates the algorithm.
  public init(ridge: Float = 20, lasso: Float = 1, candidates: Int = 100, sweeps: Int = 20) {
    self.ridge = ridge
    self.lasso = lasso
    self.candidates = candidates
    self.sweeps = sweeps
  }

  /// Solves each item.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> SLIMModel {
    guard ridge > 0, ridge.isFinite, lasso >= 0, lasso.isFinite, candidates > 0, sweeps > 0 else {
      throw RecommenderError(
        .badSetting, "slim takes a positive ridge, a lasso of 0 or more, candidates and sweeps")
    }
    let items = SparseMatrix(interactions).transposed()
    let squares = items.rowNorms().map { $0 * $0 }
    let pairs = try SparseNeighbours(k: max(1, interactions.itemCount), normalisation: .dot)
      .graph(of: items) { try progress($0 / 2, interactions.itemCount) }
    let gram = ItemMatrix(pairs)
    let count = interactions.itemCount
    let columns = Slots<[Neighbour]>(count: count)
    let workers = Workers.all
    let rooms = (0..<workers.count).map { _ in Room(items: count, candidates: candidates) }
    for start in stride(from: 0, to: count, by: 2048) {
      workers.run(start..<min(count, start + 2048), by: 16) { piece, worker in
        for item in piece {
          columns[item] = solve(item, gram, squares, rooms[worker])
        }
      }
      try progress(count / 2 + start / 2, count)
    }
    var lists = NeighbourLists()
    for column in columns.values { lists.append(column ?? []) }
    return SLIMModel(similarity: ItemMatrix(lists).transposed())
  }

  /// Memory of one worker. `@unchecked Sendable`: worker w uses room w alone.
  private final class Room: @unchecked Sendable {
    var places: [Int32]
    var block: [Float]
    init(items: Int, candidates: Int) {
      places = [Int32](repeating: -1, count: items)
      block = [Float](repeating: 0, count: candidates * candidates)
    }
  }

  /// The weights with which others predict `item`.
  private func solve(_ item: Int, _ gram: ItemMatrix, _ squares: [Float], _ room: Room)
    -> [Neighbour]
  {
    var best = BestList(capacity: candidates)
    for entry in gram[item] where squares[entry.item] > 0 {
      best.offer(
        Neighbour(item: entry.item, score: entry.score * entry.score / squares[entry.item]))
    }
    let chosen = best.sorted().map(\.item)
    guard !chosen.isEmpty else { return [] }
    let size = chosen.count
    for (place, other) in chosen.enumerated() { room.places[other] = Int32(place) }
    defer { for other in chosen { room.places[other] = -1 } }
    var targets = [Float](repeating: 0, count: size)
    for place in gram.range(of: item) {
      let column = Int(room.places[Int(gram.columns[place])])
      if column >= 0 { targets[column] = gram.values[place] }
    }
    for row in 0..<size {
      for column in 0..<size { room.block[row * size + column] = 0 }
      room.block[row * size + row] = squares[chosen[row]]
      for place in gram.range(of: chosen[row]) {
        let column = Int(room.places[Int(gram.columns[place])])
        if column >= 0 { room.block[row * size + column] = gram.values[place] }
      }
    }
    let weights = descend(targets, room.block, size)
    return zip(chosen, weights).filter { $0.1 > 0 }.map { Neighbour(item: $0.0, score: $0.1) }
  }

  /// Coordinate descent.
  private func descend(_ targets: [Float], _ block: [Float], _ size: Int) -> [Float] {
    var weights = [Float](repeating: 0, count: size)
    var products = [Float](repeating: 0, count: size)
    for _ in 0..<sweeps {
      var largest: Float = 0
      for row in 0..<size {
        let own = block[row * size + row]
        let free = targets[row] - (products[row] - own * weights[row])
        let weight = max(0, free - lasso) / (own + ridge)
        let change = weight - weights[row]
        guard change != 0 else { continue }
        weights[row] = weight
        largest = max(largest, abs(change))
        for column in 0..<size { products[column] += change * block[row * size + column] }
      }
      if largest < 1e-4 { break }
    }
    return weights
  }
}

extension ItemMatrix {
  /// Rows as columns. O(entries).
  func transposed() -> ItemMatrix {
    var starts = [Int32](repeating: 0, count: count + 1)
    for column in columns { starts[Int(column) + 1] += 1 }
    for row in 0..<count { starts[row + 1] += starts[row] }
    let offsets = starts
    var turned = [Int32](repeating: 0, count: columns.count)
    var moved = [Float](repeating: 0, count: columns.count)
    for row in 0..<count {
      for place in range(of: row) {
        let column = Int(columns[place])
        turned[Int(starts[column])] = Int32(row)
        moved[Int(starts[column])] = values[place]
        starts[column] += 1
      }
    }
    return ItemMatrix(offsets: offsets, columns: turned, values: moved)
  }
}

/// The fitted ``SLIM``.
public struct SLIMModel: SparseItemModel, Equatable {
  /// `slim`.
  public static let kind = "slim"
  /// The weights.
  public let similarity: ItemMatrix

  /// Takes the weights.
  public init(similarity: ItemMatrix) { self.similarity = similarity }
}
