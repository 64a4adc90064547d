public import AkinAlike
internal import AkinCatalogue
internal import AkinSimilarity
internal import AkinStorage
internal import Synchronization

extension SimilarProducts {
  /// The `k` products that most likely are `relation` to the product `id`, each with its probability
  /// and the evidence, which sums to its score.
  ///
  /// Judged are its neighbours by content, its partners in baskets and visits, those of what is like
  /// it, and known links; so a product that nobody has seen is judged by its content and by what is
  /// like it.
  ///
  /// - Throws: ``EngineError`` `unknownProduct`, `nothingToDo`; `StorageError`; `EncoderError`.
  public func related(to id: String, as relation: Relation, k: Int) throws -> Result {
    let stored = try stored(id)
    let lists = try related(to: stored, as: [relation], k: k)
    return Result(
      query: Query(id: id, title: stored.product.title, relation: relation),
      items: lists[relation] ?? [])
  }

  /// The lists of several types.
  func related(to stored: StoredProduct, as wanted: [Relation], k: Int) throws
    -> [Relation: [Item]]
  {
    try relations.withLock { relations in
      if relations == nil { relations = try opened() }
      guard let (scorer, data) = relations else { return [:] }
      let found = try scorer.related(to: stored.text, as: wanted, count: reach(k), in: data)
      var lists: [Relation: [Item]] = [:]
      for relation in wanted {
        var shelf = shelf(k)
        if relation == .same,
          let twin = try store.products(text: stored.text, limit: 2)
            .first(where: { $0.ordinal != stored.ordinal })
        {
          let others = try store.productCount(text: stored.text) - 2
          shelf.offer(
            judged(
              item(twin, score: 1, source: .content, sameText: others),
              scorer.twin(twin.product, of: stored.product)))
        }
        for answer in found[relation] ?? [] where !shelf.isFull {
          guard let item = try item(text: answer.text, score: 0) else { continue }
          shelf.offer(judged(item, answer.account))
        }
        lists[relation] = shelf.items
      }
      return lists
    }
  }

  private func opened() throws -> (scorer: RelationScorer, data: StoredRelationData) {
    guard let summary = try BuildSummary.last(of: store) else { throw EngineError.emptyShop }
    let vectors = try searchable(summary).vectors
    let data = try StoredRelationData(
      store, vector: { $0 < vectors.count ? vectors[$0] : nil })
    return (try RelationScorer(store), data)
  }

  private func judged(_ item: Item, _ account: RelationAccount) -> Item {
    var item = item
    item.source = "relation"
    item.relation = account.relation
    item.probability = account.probability
    item.score = account.score
    item.evidence = account.parts
    return item
  }
}
