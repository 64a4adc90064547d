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
    /// Newest first. While the entry is being read: what came since that began.
    var deeds: [Deed]
    var lastUsed: UInt64
    /// Who is reading it from the store; empty for an entry that can be used.
    var readers: Set<UInt64> = []
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
    let (known, reader) = state.withLock { $0.use(name) }
    if let known { return known }
    do {
      let deeds = try recent(name)
      return state.withLock {
        $0.keep(name, deeds, reader: reader, depth: Self.depth, capacity: capacity)
      }
    } catch {
      state.withLock { $0.giveUp(name, reader: reader) }
      throw error
    }
  }

  /// Everything that the shopper of this name did, newest first. O(its length · log).
  package func all(of name: ShopperName) throws -> [Deed] { try recent(name, depth: .max) }

  /// The last deeds of live events and, before them, of the logs that builds read.
  private func recent(_ name: ShopperName, depth: Int = depth) throws -> [Deed] {
    let live = try store.events(of: name, limit: depth).map {
      Deed(product: $0.product, type: $0.type, time: $0.time ?? 0)
    }
    guard live.count < depth, let built = try store.history(of: name) else { return live }
    let older = built.histories.flatMap(\.entries).suffix(depth).reversed().map { entry in
      Deed(
        product: built.products[Int(entry.product)], type: entry.type, time: entry.time ?? 0)
    }
    // Stable, so that deeds without a time keep the order of their log.
    let all = (live + older).enumerated()
      .sorted { ($1.element.time, $0.offset) < ($0.element.time, $1.offset) }
    return all.prefix(depth).map(\.element)
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

  /// Forgets everybody; the store is asked again.
  func forgetAll() { state.withLock { $0.entries = [:] } }

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
  /// What is known of a shopper, or the number under which the caller reads it from the store: events
  /// that come meanwhile wait in the entry, and one that is forgotten meanwhile stays forgotten.
  fileprivate mutating func use(_ name: ShopperName) -> (known: [ShopperMemory.Deed]?, UInt64) {
    clock += 1
    var entry = entries[name] ?? .init(deeds: [], lastUsed: clock, readers: [clock])
    defer { entries[name] = entry }
    if entries[name] != nil {
      entry.lastUsed = clock
      if entry.readers.isEmpty { return (entry.deeds, clock) }
      entry.readers.insert(clock)
    }
    return (nil, clock)
  }

  /// - Returns: the deeds, with those that came while they were read.
  fileprivate mutating func keep(
    _ name: ShopperName, _ deeds: [ShopperMemory.Deed], reader: UInt64, depth: Int, capacity: Int
  ) -> [ShopperMemory.Deed] {
    guard let waiting = entries[name], waiting.readers.contains(reader) else {
      return entries[name].flatMap { $0.readers.isEmpty ? $0.deeds : nil } ?? deeds
    }
    clock += 1
    var entry = ShopperMemory.Entry(deeds: deeds, lastUsed: clock)
    for deed in waiting.deeds.reversed() { entry.add(deed, depth: depth) }
    entries[name] = entry
    if entries.count > capacity {
      // A quarter leaves at once, so that the search for the oldest costs little on average.
      let times = entries.values.map(\.lastUsed).sorted()
      let limit = times[times.count / 4]
      entries = entries.filter { $0.value.lastUsed > limit }
    }
    return entry.deeds
  }

  /// Ends a reading that failed.
  fileprivate mutating func giveUp(_ name: ShopperName, reader: UInt64) {
    entries[name]?.readers.remove(reader)
    if entries[name]?.readers.isEmpty ?? false { entries[name] = nil }
  }
}

extension ShopperMemory.Entry {
  /// A deed that is there already, as one that another server told of after it was read, counts once.
  fileprivate mutating func add(_ deed: ShopperMemory.Deed, depth: Int) {
    let place = deeds.firstIndex { $0.time <= deed.time } ?? deeds.endIndex
    guard !deeds[place...].prefix(while: { $0.time == deed.time }).contains(deed) else { return }
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
