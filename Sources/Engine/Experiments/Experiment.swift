internal import AkinReport
package import AkinStorage

/// Two or more ways of filling lists, each shown to its part of the shoppers, to see which one they
/// buy more from.
package struct Experiment: Sendable, Equatable {
  /// What one part of the shoppers gets. Nothing set is what everybody else gets.
  package struct Variant: Sendable, Equatable, Codable {
    /// Names it for good; the first variant is what the others are compared with.
    package var id: String
    /// What people call it.
    package var name: String?
    /// Who ranks lists for a shopper: a name of ``LiveShop/rankerNames``, or `popular` for nobody;
    /// `default` or `nil` for the shop's usual order of them.
    package var ranker: String?
    /// Rules that are not applied.
    package var rulesOff: RulesOff?

    package init(id: String, ranker: String? = nil, rulesOff: RulesOff? = nil) {
      self.id = id
      self.ranker = ranker
      self.rulesOff = rulesOff
    }

    /// The ranker, `nil` for the usual ones.
    var usedRanker: String? { ranker == "default" ? nil : ranker }
  }

  /// Rules that a variant does without: `"all"`, or a list of ids.
  package enum RulesOff: Sendable, Equatable, Codable {
    case all
    case some([String])

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let word = try? container.decode(String.self) {
        guard word == "all" else {
          throw DecodingError.dataCorruptedError(in: container, debugDescription: "not all")
        }
        self = .all
      } else {
        self = .some(try container.decode([String].self))
      }
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .all: try container.encode("all")
      case .some(let ids): try container.encode(ids)
      }
    }

    func covers(_ rule: String) -> Bool {
      switch self {
      case .all: true
      case .some(let ids): ids.contains(rule)
      }
    }
  }

  /// How far an experiment is.
  package enum State: String, Sendable, Codable {
    case draft, running, stopped
  }

  /// What its owner decides.
  package struct Plan: Sendable, Equatable, Codable {
    /// What people call it.
    package var name: String
    /// The share of shoppers that take part, above 0 and up to 1; they are parted evenly.
    package var share: Double
    /// The variants.
    package var variants: [Variant]

    package init(name: String, share: Double, variants: [Variant]) {
      self.name = name
      self.share = share
      self.variants = variants
    }
  }

  /// Names it for good; part of attribution tokens.
  package var id: String
  /// What its owner decided.
  package var plan: Plan
  /// When it was made, in seconds since 1970-01-01 UTC.
  package var created: Double
  /// When it began.
  package var started: Double?
  /// When it ended.
  package var stopped: Double?

  /// How far it is.
  package var state: State { stopped != nil ? .stopped : started != nil ? .running : .draft }

  /// The variant of a shopper, `nil` where he is not among those that take part.
  ///
  /// By the first eight bytes of the SHA-256 of the experiment's and the shopper's names: the same at
  /// every server and after every restart, without anything being kept, and independent between
  /// experiments.
  package func variant(of shopper: ShopperName) -> Variant? {
    let digest = SHA256.digest(Array("\(id)\u{0}\(shopper.kindAndValue)".utf8))
    let number = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let place = Double(number >> 11) * 0x1p-53
    guard place < plan.share else { return nil }
    let index = Int(place / plan.share * Double(plan.variants.count))
    return plan.variants[min(index, plan.variants.count - 1)]
  }

  /// Whether lists of a kind can differ between the variants; of others nobody is exposed to it.
  func affects(_ kind: String) -> Bool {
    Set(plan.variants.map { "\($0.rulesOff ?? .some([]))" }).count > 1 || kind == "for_you"
  }
}

extension ShopperName {
  fileprivate var kindAndValue: String {
    switch self {
    case .user(let name): "user\u{0}\(name)"
    case .visitor(let name): "visitor\u{0}\(name)"
    case .session(let name): "session\u{0}\(name)"
    }
  }
}

/// What is wrong with an experiment.
package struct ExperimentIssue: Error, Equatable {
  /// The member's path, as in `variants.1.ranker`; `nil` where the time is wrong, not a member.
  package var field: String?
  /// What is wrong with it, and what to do.
  package var message: String

  /// Whether an id can be part of a token and of an address.
  static func accepts(_ id: String) -> Bool {
    (1...40).contains(id.utf8.count)
      && id.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == 0x2D || $0 == 0x5F
      }
  }
}

extension Experiment {
  /// Checks that every value is in its range.
  ///
  /// - Parameters:
  ///   - rankers: the names that variants may choose among.
  /// - Throws: ``ExperimentIssue`` for the first that is not.
  func check(rankers: [String]) throws(ExperimentIssue) {
    let letters = "takes 1 to 40 letters, digits, - and _"
    guard ExperimentIssue.accepts(id) else { throw ExperimentIssue(field: "id", message: letters) }
    guard plan.name.utf8.count <= 200 else {
      throw ExperimentIssue(field: "name", message: "takes up to 200 bytes")
    }
    guard plan.share > 0, plan.share <= 1 else {
      throw ExperimentIssue(field: "share", message: "takes a number above 0 and up to 1")
    }
    guard (2...6).contains(plan.variants.count) else {
      throw ExperimentIssue(field: "variants", message: "takes 2 to 6 variants")
    }
    for (index, variant) in plan.variants.enumerated() {
      func refuse(_ member: String, _ message: String) -> ExperimentIssue {
        ExperimentIssue(field: "variants.\(index).\(member)", message: message)
      }
      guard ExperimentIssue.accepts(variant.id) else { throw refuse("id", letters) }
      guard !plan.variants[..<index].contains(where: { $0.id == variant.id }) else {
        throw refuse("id", "is that of another variant")
      }
      guard (variant.name?.utf8.count ?? 0) <= 200 else {
        throw refuse("name", "takes up to 200 bytes")
      }
      if let ranker = variant.usedRanker, ranker != "popular", !rankers.contains(ranker) {
        let names = (["default"] + rankers + ["popular"]).joined(separator: ", ")
        throw refuse("ranker", "takes one of those that the shop has: \(names)")
      }
      if case .some(let ids)? = variant.rulesOff {
        guard ids.count <= 500, ids.allSatisfy({ (1...64).contains($0.utf8.count) }) else {
          throw refuse("rules_off", "takes all, or up to 500 ids of rules")
        }
      }
    }
  }
}
