import AkinCatalogue
import AkinSimilarity
import Foundation

/// The offers of pricerunner and which of them are one product.
struct PricerunnerOffers {
  private(set) var products: [Product] = []
  private var clusters: [Int] = []

  init(_ file: URL) throws {
    let text = try String(contentsOf: file, encoding: .utf8)
    for line in text.split(separator: "\n").dropFirst() {
      // No field before the cluster holds a comma inside quotes in this set.
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count >= 7, let cluster = Int(fields[3]) else {
        throw AlikeBenchmark.Usage(description: "pricerunner: cannot read \(fields[0])")
      }
      products.append(Product(id: String(fields[0]), title: String(fields[1])))
      clusters.append(cluster)
    }
  }

  /// Which half a cluster is in: weights are chosen on half 0 and reported on half 1.
  private static func half(_ cluster: Int) -> Int {
    var hash = UInt64(truncatingIfNeeded: cluster) &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 29
    return Int(hash >> 40 & 1)
  }

  /// Precision, recall and F1 of the pairs that are in one cluster, over the offers of a half: a pair
  /// counts once for each of its offers there.
  func pairwise(_ found: [[Int]], half: Int) -> (precision: Double, recall: Double, f1: Double) {
    var (said, right, there) = (0, 0, 0)
    for cluster in found {
      for row in cluster where Self.half(clusters[row]) == half {
        said += cluster.count - 1
        right += cluster.count { clusters[$0] == clusters[row] } - 1
      }
    }
    var sizes: [Int: Int] = [:]
    for cluster in clusters { sizes[cluster, default: 0] += 1 }
    for row in clusters.indices where Self.half(clusters[row]) == half {
      there += (sizes[clusters[row]] ?? 1) - 1
    }
    let precision = said > 0 ? Double(right) / Double(said) : 0
    let recall = there > 0 ? Double(right) / Double(there) : 0
    let f1 = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
    return (precision, recall, f1)
  }

  /// recall@1 and mAP@100 over the offers whose cluster has another.
  func measure(_ lists: NeighbourLists, half: Int?) -> (recall: Double, precision: Double) {
    var sizes: [Int: Int] = [:]
    for cluster in clusters { sizes[cluster, default: 0] += 1 }
    var hits = 0
    var precisions = 0.0
    var count = 0
    for row in clusters.indices {
      let others = (sizes[clusters[row]] ?? 1) - 1
      guard others > 0, half == nil || Self.half(clusters[row]) == half else { continue }
      count += 1
      var found = 0
      for (place, neighbour) in lists[row].prefix(100).enumerated()
      where clusters[neighbour.item] == clusters[row] {
        found += 1
        if place == 0 { hits += 1 }
        precisions += Double(found) / Double(place + 1) / Double(min(others, 100))
      }
    }
    return (Double(hits) / Double(count), precisions / Double(count))
  }
}

/// Vectors in memory.
///
/// `@unchecked Sendable`: the caller keeps the memory unchanged while this lives.
final class HeldVectors: VectorSource, @unchecked Sendable {
  let values: UnsafeBufferPointer<Float>
  let dimension: Int

  init(values: UnsafeBufferPointer<Float>, dimension: Int) {
    self.values = values
    self.dimension = dimension
  }

  func forget() {}
}
