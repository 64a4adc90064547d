package import AkinCatalogue
internal import AkinEncoders
internal import AkinSimilarity
package import AkinStorage
internal import Foundation
internal import Synchronization

extension LiveShop {
  /// What became of products that were sent.
  package struct UpsertResult: Sendable, Equatable {
    /// Products that the catalogue did not have.
    package var added = 0
    /// Products that were replaced.
    package var replaced = 0
    /// Products whose text waits for its vector.
    package var waiting = 0
  }

  /// Adds products, or replaces those with the same identifiers. They are durable on return, and
  /// comparable as soon as their texts are encoded, which begins at once.
  package func upsert(_ products: [Product]) throws -> UpsertResult {
    let writes = products.map { ProductWrite(product: $0, text: ProductText.compose($0)) }
    return try writer.sync {
      let places = try store.upsert(writes)
      var result = UpsertResult()
      result.added = places.count(where: \.isNew)
      result.replaced = places.count - result.added
      let written = zip(writes, places).map { item, place in
        LiveProduct(
          product: item.product, ordinal: place.ordinal, text: place.text, baskets: place.baskets)
      }
      result.waiting = takeOver(written)
      return result
    }
  }

  /// Takes over what the store has: products that were written, and identifiers that none has any
  /// more. Runs on ``writer``.
  ///
  /// - Returns: how many of the products have no vector yet; their texts are being encoded.
  @discardableResult
  func takeOver(_ written: [LiveProduct], removing gone: [String] = []) -> Int {
    var missing: [Int: String] = [:]
    let waiting = state.withLock { state -> Int in
      var waiting = 0
      for product in written {
        // A product that was removed and came back has another place.
        if let known = state.catalogue.product(product.product.id),
          known.ordinal != product.ordinal
        {
          state.catalogue.remove(known.ordinal)
        }
        state.catalogue.put(product)
        if state.content.contains(product.text) { continue }
        waiting += 1
        if state.waiting.insert(product.text).inserted {
          missing[product.text] = ProductText.compose(product.product)
        }
      }
      for id in gone {
        if let known = state.catalogue.product(id) { state.catalogue.remove(known.ordinal) }
      }
      return waiting
    }
    foldWhereDue()
    catalogueChanged()
    updateWords(written, removing: gone)
    encode(missing)
    return waiting
  }

  /// Removes products; durable on return.
  ///
  /// - Returns: how many there were.
  package func remove(_ ids: [String]) throws -> Int {
    try writer.sync {
      let count = try store.removeProducts(ids).count
      takeOver([], removing: ids)
      return count
    }
  }

  /// Adds events; durable on return, and known to the shopper's next request.
  package func add(_ events: [Event]) throws -> EventReceipt {
    let received = now()
    let receipt = try store.add(events, received: received)
    let added = receipt.added.map { events[$0] }
    shoppers.take(added, received: received)
    wishes.add(added)
    return receipt
  }

  /// Removes everything that is known of a shopper.
  ///
  /// - Returns: where was looked, and how much was found there.
  package func erase(_ shopper: ShopperName) throws -> [(place: String, found: Int)] {
    let erased = try store.eraseEvents(of: shopper)
    let forgotten = shoppers.forget(erased.map(\.name))
    let exposed = try eraseExposures(of: erased.map(\.name))
    let lists = try recount()
    func events(_ place: (ShopperName) -> Bool) -> Int {
      erased.filter { place($0.name) }.reduce(0) { $0 + $1.events }
    }
    let isKnown = erased.contains { $0.events + $0.histories > 0 }
    let isTrained = try isKnown && TrainedRecommender.folder(of: store) != nil
    return [
      ("events of the user", events { if case .user = $0 { true } else { false } }),
      ("events of devices", events { if case .visitor = $0 { true } else { false } }),
      ("events of sessions", events { if case .session = $0 { true } else { false } }),
      ("histories that builds read", erased.reduce(0) { $0 + $1.histories }),
      ("histories in memory", forgotten),
      ("lists seen under experiments", exposed),
      ("counts of wanted products, made anew", erased.reduce(0) { $0 + $1.events } > 0 ? 1 : 0),
      ("lists of live baskets, made anew", lists),
      (
        "the trained recommender, which keeps what it learnt until it is trained again",
        isTrained ? 1 : 0
      ),
    ]
  }

  /// Changes that the small tables over the catalogue hold before they are taken into it.
  private static let foldLimit = 4_096

  /// Runs on ``writer``: nobody else changes the catalogue meanwhile.
  private func foldWhereDue() {
    var catalogue = state.withLock { $0.catalogue }
    guard catalogue.changes > max(Self.foldLimit, catalogue.count / 8) else { return }
    catalogue.fold()
    state.withLock { [catalogue] in $0.catalogue = catalogue }
  }

  /// Texts encoded between two saves.
  private static let chunk = 64

  /// Encodes texts in the background and lets them be found, a few at a time.
  func encode(_ texts: [Int: String]) {
    guard !texts.isEmpty else { return }
    let order = texts.sorted { $0.key < $1.key }
    for start in stride(from: 0, to: order.count, by: Self.chunk) {
      let part = Array(order[start..<min(start + Self.chunk, order.count)])
      encoding.async { [weak self] in self?.encodeNow(part) }
    }
  }

  private func encodeNow(_ part: [(key: Int, value: String)]) {
    // The next start finds the texts that have no vector yet.
    if isClosing.withLock({ $0 }) { return }
    let texts = part.map(\.value)
    do {
      let missing = try store.textsWithoutVector(texts, model: modelKey)
      if !missing.isEmpty {
        let fresh = missing.map { texts[$0] }
        try store.saveVectors(
          encoder.encode(fresh, as: .passage).values, of: fresh, model: modelKey)
      }
      let values = try store.vectors(
        of: texts, model: modelKey, dimension: encoder.dimension)
      let vectors = try Vectors(values: values, dimension: encoder.dimension)
      var content = state.withLock { $0.content }
      try content.add(vectors, texts: part.map(\.key))
      state.withLock { [content] state in
        state.content = content
        state.waiting.subtract(part.map(\.key))
      }
    } catch {
      failures.withLock { $0 = "\(error)" }
    }
  }

  /// Ends the work in the background: a process that ends while the encoder computes takes its
  /// libraries away from under it. Waits for the few texts that are being encoded.
  package func close() {
    isClosing.withLock { $0 = true }
    encoding.sync {}
  }

  /// Waits until every text that was sent has its vector, for tests and for bulk loads.
  package func waitForVectors() { encoding.sync {} }
}

extension EventType {
  /// Whether the deed says that a product is wanted.
  var isWish: Bool {
    switch self {
    case .viewItem, .selectItem, .addToCart, .addToWishlist, .beginCheckout, .purchase: true
    case .viewItemList, .removeFromCart, .refund, .search: false
    }
  }
}
