import AkinNeural

/// The number type in which a model's products are computed. Sums, normalisation, softmax and the
/// resulting vectors are float32 in all of them.
public enum NumericPrecision: String, Hashable, Sendable, CaseIterable {
  /// IEEE single precision: the reference.
  case float32 = "fp32"
  /// 8 bits of exponent and 7 of fraction: several times faster where the processor multiplies it
  /// (AMX-BF16, AVX512-BF16), slower elsewhere. Cosine to float32 about 0.9999.
  case bfloat16 = "bf16"
  /// Whole numbers of 8 bits, weights by output and what they meet by token; attention and what
  /// lies between products as ``fastestFloat``. Needs AVX-512 with VNNI. Cosine to float32 about
  /// 0.999, at least 0.995 (of an empty text .993). For layers with the exact GELU in multiples of
  /// 32; other models work as ``fastestFloat``.
  case int8

  /// The fastest one on this processor.
  public static var fastest: NumericPrecision { CodedBlock.isFastest ? .int8 : fastestFloat }

  /// The fastest one on this processor without whole numbers: for models that were trained in it.
  public static var fastestFloat: NumericPrecision {
    Runtime.hasFastBFloat16 ? .bfloat16 : .float32
  }

  /// Whether this processor has it.
  public var isSupported: Bool { self != .int8 || CodedBlock.isSupported }

  var dtype: DType {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    case .int8: Self.fastestFloat.dtype
    }
  }
}
