import AkinCatalogue
import AkinSimilarity
import Foundation

/// What is near in meaning, as a serving shop finds it: by lists, and exactly to compare with.
struct NearVectors {
  private let exact: ExactNeighbours
  private let lists: ListedRows
  private let ids: [String]
  private let queries: [String: [Float]]
  /// What making the lists took.
  let seconds: Double

  /// - Parameter files: vectors of the products and of the queries, one a line, as `akin encode`
  ///   writes them.
  init(_ products: [Product], _ lines: [String], files: [String]) throws {
    let (rows, asked) = (try VectorRows(files[0]), try VectorRows(files[1]))
    guard rows.count == products.count, asked.count == lines.count else {
      throw Refused("there are not as many vectors as products and queries")
    }
    let vectors = try Vectors(values: rows.values, dimension: rows.dimension)
    exact = try ExactNeighbours(vectors)
    let start = ContinuousClock.now
    lists = try ListedRows(vectors)
    seconds = start.duration(to: .now) / .seconds(1)
    ids = products.map(\.id)
    queries = Dictionary(
      lines.enumerated().map { ($1, Array(asked[$0])) }, uniquingKeysWith: { first, _ in first })
  }

  private func vector(_ query: String) throws -> [Float] {
    guard let vector = queries[query] else { throw Refused("a query has no vector") }
    return vector
  }

  /// The hundred nearest of all.
  func exact(_ query: String) throws -> [Neighbour] {
    let vector = try Vectors(values: vector(query), dimension: exact.vectors.dimension)
    return try exact.search(vector, k: 100)[0].map { $0 }
  }

  /// The hundred that lists find.
  func ids(_ query: String) throws -> [String] {
    try lists.search(vector(query), k: 100).map { ids[$0.item] }
  }

  /// The share of the hundred nearest that lists find, over all queries.
  func recall(of lines: [String]) throws -> Double {
    var found = 0
    for line in lines {
      let near = Set(try exact(line).map { ids[$0.item] })
      found += near.intersection(try ids(line)).count
    }
    return Double(found) / Double(100 * lines.count)
  }
}
