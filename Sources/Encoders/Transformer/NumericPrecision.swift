import AkinNeural

/// The number type in which a model's products are computed. Sums, normalisation, softmax and the
/// resulting vectors are float32 in either.
public enum NumericPrecision: String, Hashable, Sendable, CaseIterable {
  /// IEEE single precision: the reference.
  case float32 = "fp32"
  /// 8 bits of exponent and 7 of fraction: several times faster where the processor multiplies it
  /// (AMX-BF16, AVX512-BF16), slower elsewhere. Cosine to float32 about 0.9999.
  case bfloat16 = "bf16"

  /// The faster one on this processor.
  public static var fastest: NumericPrecision {
    Runtime.hasFastBFloat16 ? .bfloat16 : .float32
  }

  var dtype: DType {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    }
  }
}
