extension Operator {
  fileprivate static let embeddingBag = Operator("aten::embedding_bag")
}

/// The mean of some rows of a table: lists of row numbers → `[lists, features]`; an empty list
/// gives zeros.
///
/// Rows start normal with deviation `1 / √features`.
public final class EmbeddingBag: Layer {
  /// `[rows, features]`
  public let table: Tensor

  /// A table with random rows.
  public init(
    rows: Int, features: Int, dtype: DType = .float32, using generator: Generator
  ) throws(NeuralError) {
    table = try Tensor.parameter(
      [rows, features], 1 / Double(features).squareRoot(), dtype, generator)
  }

  /// The means of the lists that lie end to end in `rows`, each beginning at its `start`; both
  /// `.int64`, `[lists]` starts.
  ///
  /// - Throws: `.indexOutOfRange` when a number is no row; `.invalidArgument` when the starts do
  ///   not ascend from 0.
  public func callAsFunction(_ rows: Tensor, starts: Tensor) throws(NeuralError) -> Tensor {
    try Operator.embeddingBag.all(
      .tensor(table), .tensor(rows), .tensor(starts), .bool(false), .integer(1), .bool(false),
      .none, .bool(false), count: 4)[0]
  }

  /// Shows the parameters.
  public func visit(_ visitor: inout ParameterVisitor) { visitor.visit(table, "table") }
}
