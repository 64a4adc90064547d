internal import Foundation

extension Float {
  /// This base to the power of `exponent`.
  func raised(to exponent: Float) -> Float { pow(self, exponent) }
}
