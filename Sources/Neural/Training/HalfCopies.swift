internal import Synchronization

/// Copies of weights in bfloat16, made once for all batches of a step.
///
/// Autocasting by itself converts every weight for every product, and every weight's gradient back.
/// A ``Linear`` layer computes with the copy instead where there is one, so that its gradient
/// arrives at the copy; the optimiser adds it up in float32, changes the weight, and renews the
/// copy.
final class HalfCopies: Sendable {
  /// What layers take on this thread.
  @TaskLocal private static var current: HalfCopies?

  /// Weights that are renewed after every step; others may change without notice.
  private let weights: Set<ObjectIdentifier>
  private let copies = Mutex<[ObjectIdentifier: Copy]>([:])

  /// Copies of those `parameters` that layers will ask for.
  init(of parameters: [Parameter]) {
    weights = Set(parameters.lazy.map { ObjectIdentifier($0.tensor) })
  }

  /// Safe: the original keeps its identity; copies change between steps only, when nobody reads.
  private struct Copy: @unchecked Sendable {
    let original: Tensor, tensor: Tensor
  }

  /// Runs `body` with layers taking these copies.
  func use<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.$current.withValue(self, operation: body)
  }

  /// The copy of a float32 weight if copies are in use, else the weight itself.
  static func standIn(for weight: Tensor) throws(NeuralError) -> Tensor {
    guard let current, current.weights.contains(ObjectIdentifier(weight)),
      weight.dtype == .float32
    else { return weight }
    if let copy = current[weight] { return copy }
    let tensor = try withoutGradient { () throws(NeuralError) in
      try weight.detached().to(.bfloat16).requiringGrad()
    }
    let copy = Copy(original: weight, tensor: tensor)
    return current.copies.withLock { copies in
      // Another thread may have been faster.
      let first = copies[ObjectIdentifier(weight)] ?? copy
      copies[ObjectIdentifier(weight)] = first
      return first
    }.tensor
  }

  /// The copy of a weight, if a layer has taken one.
  subscript(weight: Tensor) -> Tensor? {
    copies.withLock { $0[ObjectIdentifier(weight)] }?.tensor
  }

  /// Makes the copy of a weight, if there is one, equal to it again.
  func renew(_ weight: Tensor) throws(NeuralError) {
    guard let copy = self[weight] else { return }
    try withoutGradient { () throws(NeuralError) in try copy.overwrite(with: weight) }
  }
}
