package import AkinRanking
internal import AkinStorage
internal import Foundation
internal import Synchronization

extension LiveShop {
  /// The shop's rules, in the order in which they are applied.
  package var rules: [Rule] { ruleTable.withLock { $0 } }

  /// Reads the rules from the store; one that this version cannot read is left out and reported.
  package func reloadRules() throws {
    let rules = try store.rules().compactMap { stored in
      do {
        return try JSONDecoder().decode(Rule.self, from: Data(stored.body.utf8))
      } catch {
        failures.withLock { $0 = "the rule \(stored.id) cannot be read and is not applied" }
        return nil
      }
    }
    ruleTable.withLock { $0 = rules }
  }

  /// Adds a rule or replaces the one of its id; durable on return and applied to the next request.
  ///
  /// - Parameter position: its place among the rules; `nil` keeps it, a new one comes last.
  /// - Throws: ``RuleIssue``; `StorageError`.
  package func save(_ rule: Rule, position: Int? = nil) throws {
    try rule.check()
    let stored = try store.rules()
    let place =
      position ?? stored.first { $0.id == rule.id }?.position
      ?? (stored.last.map { $0.position + 1 } ?? 0)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = String(decoding: try encoder.encode(rule), as: UTF8.self)
    try store.save(StoredRule(id: rule.id, position: place, body: body), at: now())
    try reloadRules()
  }

  /// Removes a rule.
  ///
  /// - Returns: whether there was one of this id.
  package func removeRule(_ id: String) throws -> Bool {
    let isGone = try store.removeRule(id: id)
    try reloadRules()
    return isGone
  }

  /// Who says what a shopper may want next, first asked first.
  var rankers: [any ShopperRanker] { rankerTable.withLock { $0 } + [NeighbourRanker()] }

  /// The names of ``rankers``.
  package var rankerNames: [String] { rankers.map(\.name) }

  /// Puts trained rankers in front of the fallback. Requests under way end with those they began
  /// with.
  package func use(_ rankers: [any ShopperRanker]) { rankerTable.withLock { $0 = rankers } }
}
