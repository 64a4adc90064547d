/// What went wrong in a tensor operation, and with which operands.
public struct NeuralError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of failure.
  public enum Code: String, Sendable {
    /// Shapes, element types, devices or values do not fit the operator.
    case invalidArgument
    /// An index lies outside its dimension.
    case indexOutOfRange
    /// The operator lacks this combination of device and element type.
    case notImplemented
    /// Memory is exhausted.
    case outOfMemory
    /// A factorisation did not converge, or a matrix is singular.
    case linearAlgebra
    /// This build of libtorch lacks the operator.
    case unknownOperator
    /// The wished-for device is absent.
    case deviceUnavailable
    /// Anything else inside libtorch: a defect worth reporting.
    case `internal`
  }

  /// The kind of failure.
  public let code: Code
  /// What happened, in libtorch's words where they come from there.
  public let message: String
  /// The operator that failed, such as `aten::matmul`.
  public let operation: String
  /// The shapes of the tensors that it was given, in order.
  public let shapes: [[Int]]

  /// Describes a failure.
  public init(_ code: Code, _ message: String, operation: String, shapes: [[Int]] = []) {
    self.code = code
    self.message = message
    self.operation = operation
    self.shapes = shapes
  }

  /// One line: operator, shapes and message.
  public var description: String {
    let operands = shapes.isEmpty ? "" : " of \(shapes.map { "\($0)" }.joined(separator: ", "))"
    return "\(operation)\(operands): \(message)"
  }
}
