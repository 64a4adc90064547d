import CTorch

/// What libtorch finds on this machine.
public enum Runtime {
  /// The version of libtorch whose headers this library was built with.
  public static var libtorchVersion: String { String(cString: ctorch_version()) }

  /// Whether the processor has a feature, by libtorch's name for it: `avx2`, `avx512_f`,
  /// `avx512_bf16`, `amx_bf16`, `amx_int8` … Unknown names are absent features.
  public static func processorHas(_ feature: String) -> Bool { ctorch_processor_has(feature) }

  /// Whether the processor multiplies bfloat16 matrices in hardware, which makes bfloat16 faster
  /// than float32 rather than slower.
  public static var hasFastBFloat16: Bool {
    processorHas("amx_bf16") || processorHas("avx512_bf16")
  }
}
