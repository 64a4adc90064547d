internal import AkinAlike
internal import AkinCatalogue
internal import AkinRanking
internal import AkinStorage
internal import Foundation
internal import Synchronization

/// What a list of one type is made with.
struct LiveRelations {
  var relation: Relation
  var scorer: RelationScorer
  var store: ShopStore
}

extension LiveShop {
  /// What a request for one type needs; `nil` for other requests.
  ///
  /// - Throws: ``EngineError`` `nothingToDo` for a shop that was built before types were known.
  func relations(for request: ShelfRequest) throws -> LiveRelations? {
    guard request.kind == .similar, let relation = request.relation else { return nil }
    let mark = "\(try TrainedRelations.folder(of: store) ?? "") \(state.withLock(\.built))"
    let scorer = try relationScorer.withLock { known in
      if let known, known.mark == mark { return known.scorer }
      let scorer = try RelationScorer(store)
      known = (mark, scorer)
      return scorer
    }
    return LiveRelations(relation: relation, scorer: scorer, store: store)
  }

  /// Learns anew in which way products are alike, from what the shop knows and the links of the last
  /// training; answers by type use it from then on.
  ///
  /// - Returns: what it came to, in a sentence.
  /// - Throws: ``EngineError`` `nothingToDo` where the type of too few pairs is known; `StorageError`.
  package func trainRelations(progress: any ProgressReporter) throws -> String {
    let now = self.now
    let training = try TrainRelations(
      directory: store.directory, progress: progress,
      now: { Date(timeIntervalSince1970: now()) })
    let content = state.withLock(\.content)
    training.vector = { content.vector($0) }
    let report = try training.run()
    return String(
      format: "Macro-F1 %.3f on %d held-out pairs, untrained %.3f; in use now.", report.macroF1,
      report.testPairs, report.priorMacroF1)
  }
}

extension LiveShop {
  /// What types of relation rest on beside the lists, as JSON: learnt anew from what is there now.
  func relationBasis(_ state: State, live: [Int: [Neighbour]]) throws -> String {
    var state = state
    state.join(live)
    let products = Array(state.catalogue.all)
    var positions: [Int: Int] = [:]
    for (position, product) in products.enumerated() { positions[product.ordinal] = position }
    func lists(_ table: [Int: [Neighbour]]) -> NeighbourLists {
      var lists = NeighbourLists()
      for product in products {
        lists.append(
          (table[product.ordinal] ?? []).compactMap { neighbour in
            positions[neighbour.item].map { Neighbour(item: $0, score: neighbour.score) }
          })
      }
      return lists
    }
    let kinds = KindTable(
      of: products.map(\.product), bought: lists(state.together),
      viewed: lists(try store.allNeighbours(.viewed)), dimension: state.content.dimension
    ) { add in
      for (position, product) in products.enumerated() {
        if let vector = state.content.vector(product.text) { add(position, vector) }
      }
    }
    let hasPurchases = try RelationsRecord.last(of: store).hasPurchases || !live.isEmpty
    let record = RelationsRecord(kinds: kinds, hasPurchases: hasPurchases)
    return String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
  }
}

/// A serving shop as types of relation see it: one state of it, with the visits of the last build.
struct LiveRelationData: RelationData {
  let state: LiveShop.State
  let store: ShopStore

  /// Products of one text whose baskets are joined.
  private static let mostProducts = 8

  func list(_ text: Int, k: Int) throws -> [Neighbour] {
    try state.content.neighbours(of: text, k: k)
  }

  func citing(_ text: Int) throws -> [Neighbour] { try store.neighbours(.citing, of: text) }

  func vector(_ text: Int) -> ArraySlice<Float>? { state.content.vector(text) }

  func face(_ text: Int) -> Product? {
    state.catalogue.products(ofText: text).min { $0.ordinal < $1.ordinal }?.product
  }

  func bought(_ text: Int) -> [Int: Float]? {
    guard state.hasPurchases else { return nil }
    return joined(text) { state.together[$0] ?? [] }
  }

  func viewed(_ text: Int) throws -> [Int: Float]? {
    try joined(text) { try store.neighbours(.viewed, of: $0) }
  }

  private func joined(_ text: Int, _ list: (Int) throws -> [Neighbour]) rethrows -> [Int: Float]? {
    var scores: [Int: Float] = [:]
    for product in state.catalogue.products(ofText: text).prefix(Self.mostProducts) {
      for partner in try list(product.ordinal) {
        guard let other = state.catalogue[partner.item]?.text, other != text else { continue }
        scores[other] = max(scores[other] ?? 0, partner.score)
      }
    }
    return scores.isEmpty ? nil : scores
  }
}

extension RelationAccount {
  /// The parts as lists carry them.
  var evidence: [Evidence] {
    parts.map { Evidence(source: $0.source, score: $0.contribution, detail: $0.detail) }
  }
}
