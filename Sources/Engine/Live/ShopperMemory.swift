package import AkinCatalogue
package import AkinStorage
internal import Synchronization

/// What shoppers did last, so that the next request knows it: read from the store at the first
/// question about a shopper, then kept up to date by every event.
package final class ShopperMemory: Sendable {
  /// One thing that a shopper did.
  package struct Deed: Sendable, Equatable {
    /// The product's identifier.
    package var product: String
    /// What was done.
    package var type: EventType
    /// When, in seconds since 1970-01-01 UTC.
    package var time: Double

    package init(product: String, type: EventType, time: Double) {
      self.product = product
      self.type = type
      self.time = time
    }
  }

  fileprivate struct Entry {
    /// Newest first.
    var deeds: [Deed]
    var lastUsed: UInt64
  }

  fileprivate struct State {
    var entries: [ShopperName: Entry] = [:]
    var clock: UInt64 = 0
  }

  /// Deeds kept of one shopper.
  private static let depth = 200
  private let capacity: Int
  private let state = Mutex(State())
  private let store: ShopStore

  init(store: ShopStore, capacity: Int = 50_000) {
    self.store = store
    self.capacity = capacity
  }

  /// What the shopper of these names did, newest first.
  package func history(of names: [ShopperName]) throws -> [Deed] {
    var deeds: [Deed] = []
    for name in names { deeds += try known(name) }
    guard names.count > 1 else { return deeds }
    var seen: Set<String> = []
    // One event may be known under several names of the shopper.
    return deeds.sorted { $0.time > $1.time }
      .filter { seen.insert("\($0.product)\u{0}\($0.type.rawValue)\u{0}\($0.time)").inserted }
  }

  private func known(_ name: ShopperName) throws -> [Deed] {
    if let deeds = state.withLock({ $0.use(name) }) { return deeds }
    let deeds = try recent(name)
    state.withLock { $0.keep(name, deeds, capacity: capacity) }
    return deeds
  }

  /// The last deeds of live events and, before them, of the logs that builds read.
  private func recent(_ name: ShopperName) throws -> [Deed] {
    let live = try store.events(of: name, limit: Self.depth).map {
      Deed(product: $0.product, type: $0.type, time: $0.time ?? 0)
    }
    guard live.count < Self.depth, let built = try store.history(of: name) else { return live }
    let older = built.histories.flatMap(\.entries).suffix(Self.depth).reversed().map { entry in
      Deed(
        product: built.products[Int(entry.product)], type: entry.type, time: entry.time ?? 0)
    }
    // Stable, so that deeds without a time keep the order of their log.
    let all = (live + older).enumerated()
      .sorted { ($1.element.time, $0.offset) < ($0.element.time, $1.offset) }
    return all.prefix(Self.depth).map(\.element)
  }

  /// Takes events that the store has just made durable. Shoppers whom nobody asked about are left
  /// to the store.
  func take(_ events: some Sequence<Event>, received: Double) {
    state.withLock { state in
      for event in events {
        let deed = Deed(product: event.product, type: event.type, time: event.time ?? received)
        for name in event.shoppers where state.entries[name] != nil {
          state.entries[name]?.add(deed, depth: Self.depth)
        }
      }
    }
  }

  /// Forgets shoppers; the store is asked again.
  ///
  /// - Returns: how many were there.
  func forget(_ names: [ShopperName]) -> Int {
    state.withLock { state in
      names.count { state.entries.removeValue(forKey: $0) != nil }
    }
  }
}

extension ShopperMemory.State {
  fileprivate mutating func use(_ name: ShopperName) -> [ShopperMemory.Deed]? {
    clock += 1
    entries[name]?.lastUsed = clock
    return entries[name]?.deeds
  }

  fileprivate mutating func keep(
    _ name: ShopperName, _ deeds: [ShopperMemory.Deed], capacity: Int
  ) {
    if entries.count >= capacity {
      // A quarter leaves at once, so that the search for the oldest costs little on average.
      let times = entries.values.map(\.lastUsed).sorted()
      let limit = times[times.count / 4]
      entries = entries.filter { $0.value.lastUsed > limit }
    }
    clock += 1
    entries[name] = .init(deeds: deeds, lastUsed: clock)
  }
}

extension ShopperMemory.Entry {
  fileprivate mutating func add(_ deed: ShopperMemory.Deed, depth: Int) {
    let place = deeds.firstIndex { $0.time <= deed.time } ?? deeds.endIndex
    deeds.insert(deed, at: place)
    if deeds.count > depth { deeds.removeLast() }
  }
}

extension Event {
  /// The names under which the event's shopper is known.
  package var shoppers: [ShopperName] {
    [
      user.map(ShopperName.user), visitor.map(ShopperName.visitor),
      session.map(ShopperName.session),
    ]
    .compactMap(\.self)
  }
}
