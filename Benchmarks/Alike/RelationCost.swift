import AkinAlike
import AkinCatalogue
import AkinEncoders
import AkinSimilarity
import Foundation

/// What it costs to type 50 candidates of each of 50,000 products: titles of homedepot and
/// pricerunner, vectors of 384 random numbers, and as many trees as training grows at most.
struct RelationCost {
  private let data: URL
  private static let products = 50_000
  private static let candidates = 50
  private static let dimension = 384

  init(_ data: URL) { self.data = data }

  private func titles() throws -> [Product] {
    var products: [Product] = []
    var seen: Set<Substring> = []
    func lines(_ path: String) throws -> [Substring] {
      try String(contentsOf: data.appending(path: path), encoding: .utf8).split(separator: "\n")
    }
    for line in try lines("search/homedepot/judgments.tsv").dropFirst() {
      let cells = line.split(separator: "\t")
      if cells.count > 2, seen.insert(cells[1]).inserted {
        products.append(Product(id: String(cells[1]), title: String(cells[2])))
      }
    }
    for line in try lines("catalogue/pricerunner/products.csv").dropFirst() {
      let cells = line.split(separator: ",")
      var product = Product(id: "p\(cells[0])", title: String(cells[1]))
      product.categories = [[String(cells[cells.count - 1])]]
      products.append(product)
    }
    return Array(products.prefix(Self.products))
  }

  func run() throws {
    let products = try titles()
    let index = try ContentIndex(products)
    var generator = SplitMix64(seed: 1)
    let vectors = (0..<products.count * Self.dimension).map { _ in
      Float.random(in: -0.05...0.05, using: &generator)
    }
    let model = Self.model(&generator)
    for (name, judge) in [
      ("prior", RelationJudge()), ("prior and 2,000 trees", RelationJudge(model: model)),
    ] {
      let start = ContinuousClock.now
      let count = try judge.count(products, index.measure, vectors, Self.dimension, Self.candidates)
      let seconds = AlikeBenchmark.seconds(since: start)
      print(
        "{\"bench\": \"relations cost\", \"peer\": \"akin, \(name)\", \"metric\": \"seconds\", "
          + "\"value\": \(String(format: "%.1f", seconds)), \"note\": \"\(count) pairs of "
          + "\(products.count) products, reading them included\"}")
      fflush(nil)
    }
  }

  /// Trees on numbers without sense, so that none stops early.
  private static func model(_ generator: inout SplitMix64) -> RelationModel {
    var rows = FeatureRows(width: RelationSignals.indirectCount)
    var relations: [Relation] = []
    for index in 0..<6_000 {
      rows.append(
        (0..<RelationSignals.indirectCount).map { _ in Float.random(in: 0...1, using: &generator) })
      relations.append(Relation.allCases[index % 5])
    }
    return RelationModel(rows, relations, validation: (rows, relations, []))
  }
}

extension RelationJudge {
  /// Types `candidates` others of each product, on all cores, and returns the number of pairs.
  fileprivate func count(
    _ products: [Product], _ measure: ContentMeasure, _ vectors: [Float], _ dimension: Int,
    _ candidates: Int
  ) throws -> Int {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let readers = try (0..<cores).map { _ in try RelationReader(measure, kinds: KindTable()) }
    let contents = RowSlots<RelationContent?>(count: products.count, empty: nil)
    // Each reader serves one thread.
    nonisolated(unsafe) let own = readers
    DispatchQueue.concurrentPerform(iterations: cores) { core in
      for row in stride(from: core, to: products.count, by: cores) {
        contents[row] = own[core].read(products[row])
      }
    }
    DispatchQueue.concurrentPerform(iterations: cores) { core in
      for row in stride(from: core, to: products.count, by: cores) {
        guard let from = contents[row] else { continue }
        for step in 1...candidates {
          let other = (row + step * step) % products.count
          guard let to = contents[other] else { continue }
          var cosine: Float = 0
          for index in 0..<dimension {
            cosine += vectors[row * dimension + index] * vectors[other * dimension + index]
          }
          _ = verdict(own[core].signals(from: from, to: to, cosine: cosine))
        }
      }
    }
    return products.count * candidates
  }
}
