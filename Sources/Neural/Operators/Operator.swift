import CTorch

/// One of libtorch's operators, found by name once and called through its dispatcher.
///
/// All of `Tensor`'s operators are thin typed methods over this; another module can call any of
/// libtorch's operators in the same way:
///
/// ```swift
/// extension Operator { static let erfinv = Operator("aten::erfinv") }
/// let y = try Operator.erfinv(.tensor(x))
/// ```
///
/// The dispatcher knows every operator's schema: the shim checks the arguments against it and
/// fills in the defaults of those left out.
package struct Operator: @unchecked Sendable {
  // The record behind the handle is immutable, never freed, and documented as usable from any
  // thread, so sharing the pointer is safe.
  private let handle: OpaquePointer?
  /// Name and overload, such as `aten::sum.dim_IntList`.
  package let name: String

  /// Looks the operator up. An unknown one throws when it is called.
  package init(_ name: String) {
    let parts = name.split(separator: ".", maxSplits: 1)
    var found: OpaquePointer?
    let status = ctorch_operator_find(
      String(parts[0]), parts.count > 1 ? String(parts[1]) : "", &found)
    handle = status == CTORCH_OK ? found : nil
    self.name = name
  }

  /// Whether this build of libtorch has the operator.
  package var exists: Bool { handle != nil }

  /// The operator's signature, such as `aten::matmul(Tensor self, Tensor other) -> Tensor`.
  package var schema: String? {
    handle.map { String(cString: ctorch_operator_schema($0)) }
  }

  /// Calls the operator and returns its only tensor.
  package func callAsFunction(_ arguments: Argument...) throws(NeuralError) -> Tensor {
    let results = try call(arguments, capacity: 1)
    guard let result = results.first, let result else {
      throw NeuralError(.internal, "no tensor came back", operation: name)
    }
    return result
  }

  /// Calls the operator and returns its tensors, lists flattened.
  ///
  /// - Parameter count: how many tensors may come back at most.
  package func all(_ arguments: Argument..., count: Int) throws(NeuralError) -> [Tensor] {
    try call(arguments, capacity: count).compactMap { $0 }
  }

  private func call(_ arguments: [Argument], capacity: Int) throws(NeuralError) -> [Tensor?] {
    guard let handle else {
      throw NeuralError(
        .unknownOperator, "this build of libtorch \(Runtime.libtorchVersion) lacks the operator",
        operation: name)
    }
    let packed = PackedArguments(arguments)
    var count = capacity
    var results = [OpaquePointer?](repeating: nil, count: capacity)
    let status = packed.withValues { values in
      ctorch_operator_call(handle, values.baseAddress, values.count, &results, &count)
    }
    try check(status, name, arguments.flatMap(\.shapes))
    return results.prefix(count).map { $0.map(Tensor.init(owning:)) }
  }
}
