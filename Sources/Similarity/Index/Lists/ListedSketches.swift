internal import CKernels

/// Sketches of the rows of ``InvertedLists``: where searches look at many rows, they read a third of
/// the bytes, and whole codes of those rows alone that a sketch does not rule out. What a sketch is,
/// ``SketchSpace`` says.
///
/// Segments whose vectors have no directions of their own, or whose searches look at few rows, have
/// none. A segment that has them keeps its codes row after row, not in groups of 16.
struct ListedSketches: Sendable {
  let space: SketchSpace
  /// By lists, as the rows' codes.
  let coarse: InvertedLists.Coded
  /// The largest norm and slack of the rows' sketches, and of their codes.
  let bounds: (sketch: akin_bound, code: akin_bound)

  /// Rows that a search looks at for the ten nearest, from which sketches are worth their place and
  /// the query's own is worth making.
  static let leastRows = 4_096
  /// The largest share of squared length outside of the directions: beyond it, sketches rule out
  /// little.
  static let largestRest = 0.25

  private static let names = (directions: "sketches.directions", bounds: "sketches.bounds")

  init?(
    _ reader: SectionReader, count: Int, dimension: Int, stride: Int
  ) throws(IndexError) {
    guard reader.has(Self.names.directions) else { return nil }
    let directions: Column<Float> = try reader.column(Self.names.directions)
    let width = directions.count / dimension
    guard width > 0, width % 64 == 0, width < stride, directions.count == width * dimension else {
      throw directions.damaged(at: directions.count, "it has another size")
    }
    if let place = directions.values.firstIndex(where: { !($0.magnitude <= 1.001) }) {
      throw directions.damaged(at: place, "it is no component of a direction")
    }
    let bounds: Column<Float> = try reader.column(Self.names.bounds, count: 4)
    if let place = bounds.values.firstIndex(where: { !$0.isFinite || $0 < 0 }) {
      throw bounds.damaged(at: place, "it is no length")
    }
    space = SketchSpace(Array(directions.values), dimension: dimension)
    coarse = try InvertedLists.Coded("sketches", in: reader, rows: count, stride: width)
    self.bounds = (
      akin_bound(norm: bounds[0], slack: bounds[1]), akin_bound(norm: bounds[2], slack: bounds[3])
    )
  }

  static func areAmong(_ sections: [IndexSection]) -> Bool {
    sections.contains { $0.name == names.directions }
  }

  static func sections(
    _ space: SketchSpace, _ coded: [IndexSection], sketch: akin_bound, code: akin_bound
  ) -> [IndexSection] {
    [
      IndexSection(name: names.directions, contents: IndexBytes(space.directions)),
      IndexSection(
        name: names.bounds,
        contents: IndexBytes([sketch.norm, sketch.slack, code.norm, code.slack])),
    ] + coded
  }
}
