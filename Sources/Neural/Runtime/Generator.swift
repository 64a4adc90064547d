import CTorch

/// A source of random numbers. The same seed gives the same numbers on the same device.
///
/// Every operator with randomness takes one, so no result depends on hidden global state.
/// A generator advances as it is used and is not `Sendable`: give each task its own.
public final class Generator {
  let handle: OpaquePointer
  /// The seed that it started from.
  public let seed: UInt64
  /// The device whose tensors it fills.
  public let device: Device

  /// A generator at the start of the sequence that `seed` names.
  ///
  /// - Throws: `.deviceUnavailable` when the device is absent.
  public init(seed: UInt64, device: Device = .cpu) throws(NeuralError) {
    try device.requireAvailable("Generator")
    var made: OpaquePointer?
    try check(
      ctorch_generator_new(device.type, Int32(device.index), seed, &made), "Generator")
    handle = try made.required("Generator")
    self.seed = seed
    self.device = device
  }

  deinit { ctorch_generator_release(handle) }
}

extension Optional where Wrapped == OpaquePointer {
  /// The handle that a successful call of the shim filled in.
  func required(_ operation: String) throws(NeuralError) -> OpaquePointer {
    guard let self else {
      throw NeuralError(.internal, "no result came back", operation: operation)
    }
    return self
  }
}
