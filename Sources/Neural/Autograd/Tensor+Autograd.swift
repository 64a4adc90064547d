import CTorch

extension Operator {
  fileprivate static let detach = Operator("aten::detach")
}

extension Tensor {
  /// Whether operations on this tensor are recorded for ``backward(gradient:keepGraph:)``.
  public var requiresGrad: Bool { ctorch_tensor_requires_grad(handle) }

  /// Marks a leaf, such as a parameter, whose gradient is wanted, or takes the mark away.
  ///
  /// - Returns: this tensor.
  /// - Throws: `.invalidArgument` for integers, or for taking it from the result of a recorded
  ///   operation (see ``detached()``).
  @discardableResult
  public func requiringGrad(_ required: Bool = true) throws(NeuralError) -> Tensor {
    try check(ctorch_tensor_set_requires_grad(handle, required), "requiringGrad", [shape])
    return self
  }

  /// The gradient that backward passes have summed up here, in this tensor's shape.
  public func grad() throws(NeuralError) -> Tensor? {
    var gradient: OpaquePointer?
    try check(ctorch_tensor_grad(handle, &gradient), "grad", [shape])
    return gradient.map(Tensor.init(owning:))
  }

  /// Replaces the gradient; `nil` removes it.
  ///
  /// - Throws: `.invalidArgument` unless it has this tensor's shape, type and device.
  public func setGrad(_ gradient: Tensor?) throws(NeuralError) {
    try check(ctorch_tensor_set_grad(handle, gradient?.handle), "setGrad", [shape])
  }

  /// Adds the derivative of this tensor by each leaf that requires it to that leaf's gradient.
  ///
  /// - Parameters:
  ///   - gradient: what each element of this tensor weighs; 1 for a tensor of one element.
  ///   - keepGraph: whether the graph is kept for another pass.
  /// - Throws: `.invalidArgument` without a graph, or without `gradient` for several elements.
  public func backward(
    gradient: Tensor? = nil, keepGraph: Bool = false
  ) throws(NeuralError) {
    try check(ctorch_backward(handle, gradient?.handle, keepGraph), "backward", [shape])
  }

  /// The derivative of this tensor of one element by each of `inputs`, without touching their
  /// ``grad()``; `nil` where it does not depend on one.
  ///
  /// - Parameter createGraph: whether the derivatives are recorded too, for second derivatives.
  public func gradients(
    by inputs: [Tensor], createGraph: Bool = false
  ) throws(NeuralError) -> [Tensor?] {
    let handles: [OpaquePointer?] = inputs.map(\.handle)
    var results = [OpaquePointer?](repeating: nil, count: inputs.count)
    let status = withExtendedLifetime(inputs) {
      ctorch_gradients(handle, handles, handles.count, createGraph, &results)
    }
    try check(status, "gradients", [shape] + inputs.map(\.shape))
    return results.map { $0.map(Tensor.init(owning:)) }
  }

  /// The same elements, in the same memory, outside the graph.
  public func detached() throws(NeuralError) -> Tensor {
    try Operator.detach(.tensor(self))
  }
}

/// Runs `body` without recording operations for gradients; on this thread only, hence
/// synchronous. Results can be used in later recorded operations as constants.
public func withoutGradient<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let previous = ctorch_set_gradient_recording(false)
  defer { _ = ctorch_set_gradient_recording(previous) }
  return try body()
}

/// Runs `body` in libtorch's inference mode: like ``withoutGradient(_:)`` and cheaper, but the
/// tensors made inside can never take part in a recorded operation.
public func withInferenceMode<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let scope = UnsafeMutablePointer<ctorch_inference>.allocate(capacity: 1)
  scope.initialize(to: ctorch_inference())
  ctorch_inference_enter(scope)
  defer {
    ctorch_inference_leave(scope)
    scope.deallocate()
  }
  return try body()
}
