public import AkinEncoders
public import AkinSimilarity
internal import Foundation

/// What a graph of links, the shoppers and the categories say of a directed pair of products, in
/// numbers that ``RelationModel`` learns from.
///
/// The link between the two themselves is never looked at, so that a model trained on known links
/// does not learn to read them off.
public struct RelationFeatures: Sendable {
  private let graph: RelationGraph
  /// For each product its shoppers, rows of unit length where there are any.
  private let shoppers: SparseMatrix?
  private let categories: [Int]

  /// - Parameters:
  ///   - shoppers: for each product the shoppers who took it, value 1; `nil` where none are known.
  ///   - categories: for each product a category's number, 0 for unknown; may be empty.
  public init(_ graph: RelationGraph, shoppers: SparseMatrix? = nil, categories: [Int] = []) {
    precondition(shoppers.map { $0.rowCount == graph.count } ?? true, "a row for each product")
    precondition(categories.isEmpty || categories.count == graph.count, "one category a product")
    self.graph = graph
    self.shoppers = shoppers
    self.categories = categories
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
