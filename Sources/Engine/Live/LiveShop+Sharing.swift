internal import AkinCatalogue
internal import AkinStorage
internal import Dispatch
internal import Synchronization

extension LiveShop {
  /// Takes over what other processes did since: other servers of a shared shop, builds, trainings,
  /// whoever edits rules.
  package func catchUp() throws {
    try takeForeignChanges()
    try refresh()
    try reloadRules()
    try reloadExperiments()
    try refreshRankers()
    rankPopularWhereDue()
  }

  /// Takes over what other servers of a shared shop have done since this was last called, so that all
  /// of them give the same answers. Does nothing for a shop in a folder.
  ///
  /// - Returns: whether there was something.
  @discardableResult
  func takeForeignChanges() throws -> Bool {
    guard store.isShared else { return false }
    // Among the writers: what is read here cannot be older than what this server wrote itself.
    return try writer.sync {
      let position = sharedPosition.withLock { $0 }
      guard let changes = try store.foreignChanges(after: position) else { return false }
      if changes.hasErasure || changes.isReplaced {
        shoppers.forgetAll()
        exposures.forgetAll()
      }
      if changes.isReplaced {
        wishes.replace(by: try store.deedCounts())
        wordTable.withLock { $0 = nil }
        relationScorer.withLock { $0 = nil }
        try reload()
      } else {
        try take(changes)
      }
      sharedPosition.withLock { $0 = changes.position }
      return true
    }
  }

  private func take(_ changes: ForeignChanges) throws {
    if !changes.products.isEmpty { try takeProducts(changes.products) }
    shoppers.take(changes.events, received: 0)
    if changes.hasBaskets || changes.hasErasure {
      // Counts what the events above did, too.
      try takeBaskets(try store.allNeighbours(.live))
    } else {
      wishes.add(changes.events)
    }
  }

  private func takeProducts(_ ids: Set<String>) throws {
    let stored = try store.products(ids: ids.sorted())
    let written = stored.map {
      LiveProduct(product: $0.product, ordinal: $0.ordinal, text: $0.text, baskets: $0.baskets)
    }
    takeOver(written, removing: ids.subtracting(stored.map(\.product.id)).sorted())
  }
}
