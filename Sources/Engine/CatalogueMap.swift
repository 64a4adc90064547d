internal import AkinNeural
internal import AkinSimilarity

/// Products in two dimensions: the two directions along which their vectors vary most, apart from
/// their language.
struct CatalogueMap {
  /// One product's place; only distances between places mean anything.
  struct Place {
    var x: Double
    /// Upwards.
    var y: Double
  }

  /// How the places were made: `PCA`, or `PCA, language means removed`.
  let method: String
  /// The share of the variance that each axis explains.
  let explained: [Double]
  /// One for each vector.
  let places: [Place]

  /// Products below which there is no map.
  static let fewest = 3

  /// Finds the places. O(vectors · dimension²).
  ///
  /// - Parameters:
  ///   - vectors: one a product, at least ``fewest``.
  ///   - languages: one a product. What tells languages apart is the widest direction of a mixed
  ///     catalogue, and would hide what the products are; so each language's mean is removed.
  /// - Throws: `TensorError`.
  init(of vectors: Vectors, languages: [String?]) throws {
    let centred = vectors.subtractingGroupMeans(languages)
    let rows = try Tensor(
      (centred ?? vectors).values, shape: [vectors.count, vectors.dimension])
    let components = try principalComponents(of: rows, count: 2)
    let flat = try components.projected.floats()
    method = centred == nil ? "PCA" : "PCA, language means removed"
    explained = try components.explained.floats().map(Double.init)
    places = (0..<vectors.count).map {
      Place(x: Double(flat[2 * $0]), y: Double(flat[2 * $0 + 1]))
    }
  }

  /// Every how many-th of `count` products an even sample of at most `limit` takes.
  static func step(_ count: Int, limit: Int) -> Int { max(1, (count + limit - 1) / limit) }
}
