public import AkinCatalogue
internal import Foundation

/// The form in which interactions are given to a recommender.
public enum WeightForm: String, Sendable, Codable {
  /// As they are: what was taken a hundred times weighs 100.
  case counts
  /// log₂(1 + weight): what was taken a hundred times weighs 6.7. For recommenders that read a
  /// weight as a degree of taste; raw counts would make them learn the few daily items alone.
  case logarithm

  /// The interactions in this form. O(n).
  public func applied(to interactions: Interactions) -> Interactions {
    switch self {
    case .counts: interactions
    case .logarithm: interactions.mapWeights { log2(1 + $0) }
    }
  }
}
