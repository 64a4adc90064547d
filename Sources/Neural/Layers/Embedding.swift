/// A table of vectors: numbers of rows `[…]` → `[…, features]`.
///
/// Rows start normal with deviation `1 / √features`, so that their lengths are about 1.
public final class Embedding: Layer {
  /// `[rows, features]`
  public let table: Tensor

  /// A table with random rows.
  public init(
    rows: Int, features: Int, deviation: Double? = nil, dtype: DType = .float32,
    using generator: Generator
  ) throws(NeuralError) {
    table = try Tensor.parameter(
      [rows, features], deviation ?? 1 / Double(features).squareRoot(), dtype, generator)
  }

  /// A table with given rows: `[rows, features]`.
  public init(table: Tensor) throws(NeuralError) {
    self.table = try table.detached().clone().requiringGrad()
  }

  /// Rows by their numbers, `.int32` or `.int64`.
  ///
  /// - Throws: `.indexOutOfRange` when a number is no row.
  public func callAsFunction(_ indices: Tensor) throws(NeuralError) -> Tensor {
    try table.embedding(indices)
  }

  /// Shows the parameters.
  public func visit(_ visitor: inout ParameterVisitor) { visitor.visit(table, "table") }
}
