/// A catalogue in two dimensions, one point a product.
///
/// Only the shape matters: the page fits the points into its frame with the same scale on both
/// axes. Up to about 10,000 points stay smooth; take a sample of a larger catalogue.
public struct ProductMap: Sendable, Hashable, Codable {
  /// How the points were made: `PCA`.
  public var method: String
  /// Share of the variance that the two axes explain, 0 … 1, where the method knows it.
  public var explained: [Double] = []
  /// Names that ``Point/category`` points into.
  public var categories: [String]
  /// The points.
  public var points: [Point]

  /// Creates a map.
  public init(
    method: String, explained: [Double] = [], categories: [String], points: [Point]
  ) {
    self.method = method
    self.explained = explained
    self.categories = categories
    self.points = points
  }

  /// One product.
  public struct Point: Sendable, Hashable, Codable {
    /// Along the first axis.
    public var x: Double
    /// Along the second axis, upwards.
    public var y: Double
    /// Index into ``ProductMap/categories``; any other value is shown as "other".
    public var category: Int
    /// Shown on hover.
    public var label: String

    /// Creates a point.
    public init(x: Double, y: Double, category: Int, label: String) {
      self.x = x
      self.y = y
      self.category = category
      self.label = label
    }
  }
}
