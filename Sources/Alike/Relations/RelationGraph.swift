public import AkinSimilarity
internal import Foundation

/// Known links between products, of two directed kinds: what goes with it (complements) and what
/// would do instead (substitutes).
///
/// A shop gets them from what was bought together against what was viewed together, from its
/// merchandisers, or from a marketplace's lists.
public struct RelationGraph: Sendable {
  /// The kinds of link.
  public enum Kind: Int, Sendable, CaseIterable {
    case complement, substitute
  }

  /// One kind's links, both ways and without direction, and each product's number of them.
  struct Side: Sendable {
    let out: SparseMatrix
    let into: SparseMatrix
    let both: SparseMatrix
    /// 1 / ln(2 + undirected degree): what a common neighbour says (Adamic and Adar, *Friends and
    /// neighbors on the Web*, 2003); the less, the more neighbours it has.
    let rarity: [Float]
  }

  let sides: [Side]
  /// Links of any kind.
  let all: SparseMatrix
  /// The number of products.
  public let count: Int

  /// A graph of `count` products.
  ///
  /// - Parameter links: for each of ``Kind/allCases`` its directed links.
  /// - Throws: `SimilarityError` for a product out of range.
  public init(count: Int, links: [Kind: [(from: Int, to: Int)]]) throws(SimilarityError) {
    self.count = count
    var sides: [Side] = []
    for kind in Kind.allCases {
      var rows = [[SparseMatrix.Entry]](repeating: [], count: count)
      for link in links[kind] ?? [] {
        guard (0..<count).contains(link.from) else {
          throw .columnOutOfRange(row: link.from, column: link.from, columns: count)
        }
        rows[link.from].append((link.to, 1))
      }
      let out = try Self.matrix(rows, count)
      let into = out.transposed()
      var joined = [[SparseMatrix.Entry]](repeating: [], count: count)
      for row in 0..<count {
        joined[row] = out.entries(ofRow: row) + into.entries(ofRow: row)
      }
      let both = try Self.matrix(joined, count)
      sides.append(
        Side(
          out: out, into: into, both: both,
          rarity: (0..<count).map { 1 / log(2 + Float(both[$0].count)) }))
    }
    self.sides = sides
    var joined = [[SparseMatrix.Entry]](repeating: [], count: count)
    for side in sides {
      for row in 0..<count { joined[row] += side.both.entries(ofRow: row) }
    }
    all = try Self.matrix(joined, count)
  }

  private static func matrix(_ rows: [[SparseMatrix.Entry]], _ count: Int) throws(SimilarityError)
    -> SparseMatrix
  {
    var matrix = SparseMatrix(columnCount: count)
    for row in rows { try matrix.append(row) }
    return matrix
  }
}
