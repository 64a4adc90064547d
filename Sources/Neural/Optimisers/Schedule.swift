internal import Foundation

/// How the learning rate changes over a training run.
public struct Schedule: Sendable, Equatable {
  /// What happens after the warm-up.
  public enum Shape: Sendable, Equatable {
    /// The peak rate until the end.
    case constant
    /// Half a cosine from the peak down to `floor` times the peak (Loshchilov & Hutter, 2017).
    case cosine(floor: Double = 0)
    /// A straight line down to `floor` times the peak.
    case linear(floor: Double = 0)
  }

  /// The largest rate.
  public var peak: Double
  /// The share of all steps during which the rate rises from 0 in a straight line.
  public var warmUp: Double
  /// What happens then.
  public var shape: Shape

  /// Creates a schedule.
  public init(peak: Double, warmUp: Double = 0, shape: Shape = .constant) {
    (self.peak, self.warmUp, self.shape) = (peak, warmUp, shape)
  }

  /// The rate of step `step` of `steps`, counted from 0.
  public func rate(step: Int, of steps: Int) -> Double {
    let rising = (warmUp * Double(steps)).rounded(.up)
    if Double(step) < rising { return peak * Double(step + 1) / rising }
    let done = (Double(step) - rising) / max(1, Double(steps) - rising)
    switch shape {
    case .constant: return peak
    case .cosine(let floor):
      return peak * (floor + (1 - floor) * (1 + cos(.pi * min(1, done))) / 2)
    case .linear(let floor): return peak * (1 - (1 - floor) * min(1, done))
    }
  }
}
