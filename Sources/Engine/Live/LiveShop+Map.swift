internal import AkinCatalogue
internal import AkinSimilarity
internal import Synchronization

/// A served shop's products in two dimensions.
package struct LiveMap: Sendable, Codable, Equatable {
  /// One product.
  package struct Point: Sendable, Codable, Equatable {
    /// The product's identifier.
    package var id: String
    package var title: String
    package var brand: String?
    /// The first name of its first category.
    package var category: String?
    /// Its place; only distances between places mean anything.
    package var x: Double, y: Double
  }

  /// How the places were made; empty for a shop that is too small for a map.
  package var method = ""
  /// The share of the variance that each axis explains.
  package var explained: [Double] = []
  /// Products of the catalogue that have a vector; the points are an even sample of them.
  package var products = 0
  /// The points.
  package var points: [Point] = []
}

extension LiveShop {
  /// At most `limit` products, evenly sampled, by their vectors. O(limit · dimension²).
  ///
  /// - Throws: `TensorError`, `SimilarityError`.
  package func map(limit: Int = 5_000) throws -> LiveMap {
    let state = self.state.withLock { $0 }
    let known = state.catalogue.all.filter { state.content.contains($0.text) }
    var map = LiveMap()
    map.products = known.count
    let count = min(limit, known.count)
    var sample: [LiveProduct] = []
    var vectors = Vectors(dimension: state.content.dimension, reserving: count)
    for place in 0..<count {
      let product = known[place * known.count / count]
      guard let vector = state.content.vector(product.text) else { continue }
      try vectors.append(vector)
      sample.append(product)
    }
    guard sample.count >= CatalogueMap.fewest else { return map }
    let flat = try CatalogueMap(of: vectors, languages: sample.map(\.product.language))
    (map.method, map.explained) = (flat.method, flat.explained)
    map.points = zip(sample, flat.places).map { entry, place in
      LiveMap.Point(
        id: entry.product.id, title: entry.product.title, brand: entry.product.brand,
        category: entry.product.categories.first?.first, x: Self.short(place.x),
        y: Self.short(place.y))
    }
    return map
  }

  /// Four decimals are finer than any screen.
  private static func short(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}
