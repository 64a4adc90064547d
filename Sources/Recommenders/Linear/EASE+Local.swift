internal import AkinCatalogue
internal import AkinSimilarity
internal import Foundation

extension EASE {
  /// B where each item is predicted from its `local` nearest others alone, for catalogues whose inverse
  /// would not fit: the closed form within a neighbourhood (the support of fsSLIM, Ning and Karypis 2011,
  /// with the solution of EASE). With all items in each neighbourhood it is EASE itself.
  ///
  /// O(items · local³) time; memory for the pairs of items that share a shopper, of each item the
  /// strongest.
  func localWeights(
    _ local: Int, of scaled: ScaledInteractions, scales: [Float], _ progress: FitProgress
  ) throws -> ItemMatrix {
    let count = scaled.rows.itemCount
    let items = SparseMatrix(scaled.rows.with(weights: scaled.values)).transposed()
    let squares = items.rowNorms().map { $0 * $0 }
    // Beyond the neighbourhoods themselves, their members' pairs with each other are looked up.
    let kept = min(max(1, count), max(1_000, 4 * local))
    let gram = ItemMatrix(
      try SparseNeighbours(k: kept, normalisation: .dot)
        .graph(of: items) { try progress($0 / 2, count) })
    let mean = squares.reduce(0, +) / Float(max(1, count))
    let neighbourhoods = Neighbourhoods(
      gram: gram, squares: squares, ridge: isRelative ? regularisation * mean : regularisation,
      size: local)
    let columns = Slots<[Neighbour]>(count: count)
    let workers = Workers.all
    let rooms = (0..<workers.count).map { _ in Neighbourhoods.Room(items: count) }
    for start in stride(from: 0, to: count, by: 1024) {
      workers.run(start..<min(count, start + 1024), by: 8) { piece, worker in
        for item in piece {
          columns[item] = neighbourhoods.inverseColumn(item, rooms[worker]).map { other, value in
            let factor = pow(value.own, -diagonalExponent)
            return Neighbour(
              item: other, score: -value.other * factor * scales[item] / scales[other])
          }
        }
      }
      try progress(count / 2 + start / 2, count)
    }
    var lists = NeighbourLists()
    for column in columns.values { lists.append(column ?? []) }
    return ItemMatrix(lists).transposed()
  }
}

/// Each item with its nearest others, and the inverse within.
private struct Neighbourhoods: Sendable {
  let gram: ItemMatrix
  let squares: [Float]
  let ridge: Float
  let size: Int

  /// Memory of one worker. `@unchecked Sendable`: worker w uses room w alone.
  final class Room: @unchecked Sendable {
    var places: [Int32]
    init(items: Int) { places = [Int32](repeating: -1, count: items) }
  }

  /// For each other item of `item`'s neighbourhood the entry of (G + λI)⁻¹ in its row and the item's
  /// column, with the entry of the item itself. Empty where the matrix is not positive definite.
  func inverseColumn(_ item: Int, _ room: Room) -> [(Int, (own: Float, other: Float))] {
    var best = BestList(capacity: size)
    for entry in gram[item] where squares[entry.item] > 0 {
      best.offer(
        Neighbour(item: entry.item, score: entry.score * entry.score / squares[entry.item]))
    }
    let members = [item] + best.sorted().map(\.item)
    let width = members.count
    for (place, member) in members.enumerated() { room.places[member] = Int32(place) }
    defer { for member in members { room.places[member] = -1 } }
    var block = [Float](repeating: 0, count: width * width)
    for (row, member) in members.enumerated() {
      for place in gram.range(of: member) {
        let column = Int(room.places[Int(gram.columns[place])])
        guard column >= 0 else { continue }
        // Of a pair only one side may have been kept.
        block[row * width + column] = gram.values[place]
        block[column * width + row] = gram.values[place]
      }
      block[row * width + row] = squares[member] + ridge
    }
    guard let column = Cholesky(block, size: width)?.inverseColumn(0) else { return [] }
    return (1..<width).map { (members[$0], (own: Float(column[0]), other: Float(column[$0]))) }
  }
}
