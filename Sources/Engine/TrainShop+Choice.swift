internal import AkinCatalogue
internal import AkinEvaluation
internal import AkinRecommenders
internal import Foundation

/// A recommender that was fitted, and its weights in the two blends.
struct FittedCandidate: Sendable {
  var candidate: ShopCandidate
  var model: any Recommender
  var seconds: Double
  /// Weight in lists that may hold what the shopper has.
  var all: Float = 0
  /// Weight in lists of what is new to the shopper.
  var new: Float = 0

  var name: String { candidate.name }
  var form: WeightForm { candidate.form }
  /// Whether what is kept may read it. A network that betters no blend is left out, of a learned
  /// order too: it costs more to ask than all others together.
  var isRead: Bool { !candidate.isNetwork || all > 0 || new > 0 }
}

extension [FittedCandidate] {
  /// Their blend by one kind of weight, without those of weight 0.
  func blend(_ weight: (FittedCandidate) -> Float) throws -> Blend {
    try filter { weight($0) > 0 }.joined(weight)
  }

  /// Their blend by one kind of weight, those of weight 0 included: what a learned order reads.
  func whole(_ weight: (FittedCandidate) -> Float) throws -> Blend {
    try filter(\.isRead).joined(weight)
  }

  private func joined(_ weight: (FittedCandidate) -> Float) throws -> Blend {
    try Blend(
      map {
        Blend.Part(name: $0.name, weight: weight($0), model: $0.model, form: $0.form)
      })
  }
}

/// What validation chose.
struct TrainingChoice: Sendable {
  /// What was found for one kind of list.
  struct Kind: Sendable {
    /// The weights of the blend.
    var blend: BlendSearch.Outcome
    /// The order learnt over it; `nil` where shoppers were too few or time too short.
    var learned: LearnedOrderTraining.Outcome?

    /// The order to keep, if it is to be kept.
    var kept: LearnedOrder? { learned.flatMap { $0.isBetter ? $0.order : nil } }
  }

  var candidates: [FittedCandidate]
  var facts: ItemFacts
  var all: Kind
  var new: Kind
  var allowsRepeats: Bool

  /// Candidates that something kept reads.
  var needed: [FittedCandidate] {
    if all.kept != nil || new.kept != nil { return candidates.filter(\.isRead) }
    return candidates.filter { $0.all > 0 || $0.new > 0 }
  }
}
