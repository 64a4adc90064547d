public import AkinEncoders
public import AkinSimilarity
internal import Foundation

/// What a graph of links, the shoppers and the categories say of a directed pair of products, in
/// numbers that ``RelationModel`` learns from.
///
/// The link between the two themselves is never looked at where numbers are counted, so that a model
/// trained on known links does not learn to read them off. The embedding of the links
/// (``LinkEmbedding``) cannot leave out one link: train on pairs whose links are not in the graph.
public struct RelationFeatures: Sendable {
  private let graph: RelationGraph
  /// For each product its shoppers, rows of unit length where there are any.
  private let shoppers: SparseMatrix?
  private let categories: [Int]
  /// Of each kind of link its embedding, then that of all links.
  private let embeddings: [LinkEmbedding]
  /// Of each kind of link, undirected, the rows of its normalised adjacency.
  private let likeness: [SparseMatrix]
  /// For each kind and pair of categories the logarithm of how much more often than by chance it
  /// links them.
  private let lifts: [[Int: Float]]

  /// Dimensions of the embeddings.
  private static let rank = 64

  /// - Parameters:
  ///   - shoppers: for each product the shoppers who took it, value 1; `nil` where none are known.
  ///   - categories: for each product a category's number, 0 for unknown; may be empty.
  public init(_ graph: RelationGraph, shoppers: SparseMatrix? = nil, categories: [Int] = []) {
    precondition(shoppers.map { $0.rowCount == graph.count } ?? true, "a row for each product")
    precondition(categories.isEmpty || categories.count == graph.count, "one category a product")
    self.graph = graph
    self.shoppers = shoppers
    self.categories = categories
    embeddings = (graph.sides.map(\.out) + [graph.all]).map { LinkEmbedding($0, rank: Self.rank) }
    likeness = graph.sides.map { Self.normalised($0.both) }
    lifts = graph.sides.map { Self.lifts($0.out, categories) }
  }

  private static func normalised(_ matrix: SparseMatrix) -> SparseMatrix {
    var result = SparseMatrix(columnCount: matrix.columnCount)
    let scales = (0..<matrix.rowCount).map { 1 / Float(max(1, matrix[$0].count)).squareRoot() }
    for row in 0..<matrix.rowCount {
      // Columns are in range and values finite, so nothing can be refused.
      try? result.append(
        matrix[row].map {
          (Int(matrix.columns[$0]), scales[row] * scales[Int(matrix.columns[$0])])
        })
    }
    return result
  }

  private static func lifts(_ links: SparseMatrix, _ categories: [Int]) -> [Int: Float] {
    guard !categories.isEmpty else { return [:] }
    var (counts, out, into): ([Int: Float], [Int: Float], [Int: Float]) = ([:], [:], [:])
    for row in 0..<links.rowCount {
      for place in links[row] {
        let (from, to) = (categories[row], categories[Int(links.columns[place])])
        counts[from << 32 | to, default: 0] += 1
        out[from, default: 0] += 1
        into[to, default: 0] += 1
      }
    }
    let total = Float(max(1, links.entryCount))
    var lifts: [Int: Float] = [:]
    for (from, count) in out {
      for (to, other) in into {
        let pair = from << 32 | to
        lifts[pair] = log(((counts[pair] ?? 0) + 0.5) / (count * other / total + 0.5))
      }
    }
    return lifts
  }

  /// The names of a row's numbers, in order.
  public static let names: [String] = {
    let kinds = ["complement", "substitute"]
    var names: [String] = []
    for one in kinds {
      for other in kinds { names.append("adamicAdar.\(one).\(other)") }
    }
    for kind in kinds { names += ["common.\(kind)", "jaccard.\(kind)"] }
    for end in ["from", "to"] {
      for kind in kinds { names += ["\(end).out.\(kind)", "\(end).in.\(kind)"] }
    }
    for one in kinds {
      for other in kinds {
        names += [
          "path.\(one).\(other)", "cited.\(one).\(other)", "citing.\(one).\(other)",
        ]
      }
    }
    for kind in kinds + ["any"] {
      names += ["link", "link.back", "sources", "targets"].map { "embedding.\(kind).\($0)" }
    }
    for like in kinds {
      for kind in kinds {
        names += ["\(like).of.from.\(kind)", "\(like).of.to.\(kind)", "\(like).of.both.\(kind)"]
      }
    }
    names += kinds.map { "categories.\($0)" }
    return names + ["shoppers", "from.shoppers", "to.shoppers", "sameCategory"]
  }()

  /// The numbers of a pair. O(links of both).
  public func row(from: Int, to: Int) -> [Float] {
    var row: [Float] = []
    row.reserveCapacity(Self.names.count)
    for one in graph.sides {
      for other in graph.sides {
        row.append(
          Common(one.both, from, other.both, to).sum(besides: (from, to)) { one.rarity[$0] })
      }
    }
    for side in graph.sides {
      let common = Common(side.both, from, side.both, to).sum(besides: (from, to)) { _ in 1 }
      let union = degree(side.both, from, to) + degree(side.both, to, from) - common
      row += [common, union > 0 ? common / union : 0]
    }
    for (end, other) in [(from, to), (to, from)] {
      for side in graph.sides {
        row += [degree(side.out, end, other), degree(side.into, end, other)]
      }
    }
    for one in graph.sides {
      for other in graph.sides {
        for (left, right) in [(one.out, other.into), (one.into, other.into), (one.out, other.out)] {
          row.append(Common(left, from, right, to).sum(besides: (from, to)) { _ in 1 })
        }
      }
    }
    for embedding in embeddings { row += embedding.numbers(from, to) }
    for like in likeness {
      for side in graph.sides {
        row += [
          like.dotProduct(from, side.into, to, besides: (from, to)),
          like.dotProduct(to, side.out, from, besides: (from, to)),
          votes(like, side.out, from, to),
        ]
      }
    }
    for lift in lifts {
      row.append(
        categories.isEmpty ? .nan : lift[categories[from] << 32 | categories[to]] ?? .nan)
    }
    if let shoppers {
      let (left, right) = (Float(shoppers[from].count), Float(shoppers[to].count))
      let shared = shoppers.dotProduct(from, to)
      row += [left * right > 0 ? shared / (left * right).squareRoot() : 0, left, right]
    } else {
      row += [.nan, .nan, .nan]
    }
    let isKnown = !categories.isEmpty && categories[from] > 0 && categories[to] > 0
    row.append(isKnown ? (categories[from] == categories[to] ? 1 : 0) : .nan)
    return row
  }

  /// The rows of pairs.
  public func rows(_ pairs: [(from: Int, to: Int)]) -> FeatureRows {
    let found = RowSlots<[Float]>(count: pairs.count, empty: [])
    Workers(count: ProcessInfo.processInfo.activeProcessorCount).run(0..<pairs.count, by: 256) {
      piece, _ in
      for place in piece { found[place] = row(from: pairs[place].from, to: pairs[place].to) }
    }
    var rows = FeatureRows(width: Self.names.count)
    for place in pairs.indices { rows.append(found[place]) }
    return rows
  }

  /// How much what is like the source is linked to what is like the target.
  private func votes(_ like: SparseMatrix, _ links: SparseMatrix, _ from: Int, _ to: Int) -> Float {
    var sum: Float = 0
    for place in like[from] where Int(like.columns[place]) != to {
      sum +=
        like.values[place]
        * like.dotProduct(to, links, Int(like.columns[place]), besides: (from, to))
    }
    return sum
  }

  /// Links of a product, without the one to `other`.
  private func degree(_ matrix: SparseMatrix, _ item: Int, _ other: Int) -> Float {
    let entries = matrix[item]
    let isLinked = matrix.columns[entries].contains(Int32(other))
    return Float(entries.count - (isLinked ? 1 : 0))
  }
}

/// The columns that a row of one matrix shares with a row of another.
private struct Common {
  private let left: ArraySlice<Int32>
  private let right: ArraySlice<Int32>

  init(_ left: SparseMatrix, _ row: Int, _ right: SparseMatrix, _ other: Int) {
    self.left = left.columns[left[row]]
    self.right = right.columns[right[other]]
  }

  /// The sum of a weight over shared columns other than the pair's own.
  func sum(besides pair: (Int, Int), _ weight: (Int) -> Float) -> Float {
    var (one, other) = (left.startIndex, right.startIndex)
    var sum: Float = 0
    while one < left.endIndex, other < right.endIndex {
      if left[one] == right[other] {
        let column = Int(left[one])
        if column != pair.0, column != pair.1 { sum += weight(column) }
        one += 1
        other += 1
      } else if left[one] < right[other] {
        one += 1
      } else {
        other += 1
      }
    }
    return sum
  }
}

extension SparseMatrix {
  /// The inner product of a row and a row of ones of another matrix, over columns other than the
  /// pair's own.
  fileprivate func dotProduct(
    _ row: Int, _ other: SparseMatrix, _ otherRow: Int, besides pair: (Int, Int)
  ) -> Float {
    let (one, two) = (self[row], other[otherRow])
    var (left, right) = (one.lowerBound, two.lowerBound)
    var sum: Float = 0
    while left < one.upperBound, right < two.upperBound {
      let (column, otherColumn) = (columns[left], other.columns[right])
      if column == otherColumn {
        if Int(column) != pair.0, Int(column) != pair.1 { sum += values[left] }
        left += 1
        right += 1
      } else if column < otherColumn {
        left += 1
      } else {
        right += 1
      }
    }
    return sum
  }
}
