internal import Foundation

/// What a list is handed out with and a click brings back, so that the click counts for its list:
/// `KIND.TIME.RANDOM`, readable in a log, and without anything about the shopper. A list of an
/// experiment has `~EXPERIMENT~VARIANT` behind that; a search its query as a fourth part.
package struct AttributionToken: Sendable, Equatable {
  /// The kind of list: `similar`, `bought_together`, `popular`, `for_you`, `search`.
  package var kind: String
  /// When the list was made, in whole seconds since 1970-01-01 UTC.
  package var time: Int
  /// The experiment under which it was made, and the variant.
  package var trial: Trial?

  /// An experiment and one of its variants, by their ids.
  package struct Trial: Sendable, Hashable {
    package var experiment: String
    package var variant: String

    package init(experiment: String, variant: String) {
      self.experiment = experiment
      self.variant = variant
    }
  }

  /// Bytes of the longest token, with room to spare; what is longer is none of ours.
  package static let longest = 512
  /// The kinds of lists that have tokens.
  package static let kinds = ShelfKind.allCases.map(\.rawValue) + ["search"]

  /// The token of a list that is made now.
  ///
  /// - Parameter query: of a search: a click teaches the shop what its query was worth.
  package static func make(kind: String, now: Double, trial: Trial? = nil, query: String? = nil)
    -> String
  {
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    var token = "\(kind).\(String(Int(now), radix: 36)).\(random)"
    if let trial { token += "~\(trial.experiment)~\(trial.variant)" }
    if let query { token += ".\(SearchAttribution.encoded(query))" }
    return token
  }

  /// Reads a token.
  ///
  /// - Returns: `nil` for one that this program does not make, such as another system's.
  package init?(_ token: String) {
    guard token.utf8.count <= Self.longest else { return nil }
    let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard (3...4).contains(parts.count), Self.kinds.contains(parts[0]),
      (parts.count == 4) == (parts[0] == "search"), let time = Int(parts[1], radix: 36), time >= 0
    else { return nil }
    let words = parts[2].split(separator: "~", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 1 || words.count == 3, UInt64(words[0], radix: 36) != nil else {
      return nil
    }
    kind = parts[0]
    self.time = time
    if words.count == 3 { trial = Trial(experiment: words[1], variant: words[2]) }
  }
}
