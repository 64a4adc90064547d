/// The type of a tensor's elements.
///
/// Raw values are libtorch's own numbers, checked when the shim is compiled.
public enum DType: Int32, Sendable, CaseIterable {
  /// Unsigned 8-bit integer.
  case uint8 = 0
  /// Signed 8-bit integer.
  case int8 = 1
  /// Signed 16-bit integer.
  case int16 = 2
  /// Signed 32-bit integer.
  case int32 = 3
  /// Signed 64-bit integer; the type of indices and labels.
  case int64 = 4
  /// IEEE half precision.
  case float16 = 5
  /// IEEE single precision; the default.
  case float32 = 6
  /// IEEE double precision.
  case float64 = 7
  /// Truth value, one byte, 0 or 1.
  case bool = 11
  /// The upper half of single precision: 8 bits of exponent, 7 of fraction.
  case bfloat16 = 15

  /// Bytes that one element takes.
  public var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .int16, .float16, .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }

  /// Whether elements are real numbers, which alone can have gradients.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }
}

/// A Swift type that can be a tensor's element.
///
/// Closed by design: conformances for other types would break the promise that `dtype`
/// describes the value's bytes.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The tensor's name for this type.
  static var dtype: DType { get }
}

extension UInt8: TensorElement {
  /// `.uint8`
  public static var dtype: DType { .uint8 }
}
extension Int8: TensorElement {
  /// `.int8`
  public static var dtype: DType { .int8 }
}
extension Int16: TensorElement {
  /// `.int16`
  public static var dtype: DType { .int16 }
}
extension Int32: TensorElement {
  /// `.int32`
  public static var dtype: DType { .int32 }
}
extension Int64: TensorElement {
  /// `.int64`
  public static var dtype: DType { .int64 }
}
extension Int: TensorElement {
  /// `.int64`: Akin runs on 64-bit machines only.
  public static var dtype: DType { .int64 }
}
extension Float: TensorElement {
  /// `.float32`
  public static var dtype: DType { .float32 }
}
extension Double: TensorElement {
  /// `.float64`
  public static var dtype: DType { .float64 }
}
extension Bool: TensorElement {
  /// `.bool`
  public static var dtype: DType { .bool }
}
