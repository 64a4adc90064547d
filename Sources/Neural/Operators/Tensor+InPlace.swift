extension Operator {
  fileprivate static let copy = Operator("aten::copy_")
  fileprivate static let fill = Operator("aten::fill_.Scalar")
}

/// Changes in place, for parameters and what training keeps beside them. To be used inside
/// ``withoutGradient(_:)`` on tensors that take part in recorded operations.
extension Tensor {
  /// Copies elements of another tensor of the same shape over this one's.
  ///
  /// - Throws: `.invalidArgument` when the shapes differ.
  package func overwrite(with source: Tensor) throws(NeuralError) {
    guard source.shape == shape else {
      throw NeuralError(
        .invalidArgument, "the shapes differ", operation: "overwrite",
        shapes: [shape, source.shape])
    }
    _ = try Operator.copy(.tensor(self), .tensor(source))
  }

  /// Sets all elements.
  package func fill(_ value: Double) throws(NeuralError) {
    _ = try Operator.fill(.tensor(self), .number(value))
  }
}
