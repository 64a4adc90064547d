internal import AkinStorage
internal import Foundation
internal import Synchronization

/// Who saw a list under an experiment, each shopper once: collected while lists are served, and
/// written in the background, so that no answer waits for a disk.
final class ExposureLog: Sendable {
  private struct State {
    var waiting: [Exposure] = []
    var seen: Set<Key> = []
  }

  private struct Key: Hashable {
    var experiment: String
    var shopper: ShopperName
  }

  /// Shoppers remembered; beyond that the store leaves out whom it has already.
  private static let capacity = 200_000
  private let state = Mutex(State())
  /// One writer at a time: what was erased is not written again.
  let writing = DispatchQueue(label: "akin.live.exposures")

  /// Notes an exposure, unless the shopper's is known.
  func add(_ exposure: Exposure) {
    state.withLock { state in
      if state.seen.count >= Self.capacity { state.seen.removeAll() }
      let key = Key(experiment: exposure.experiment, shopper: exposure.shopper)
      if state.seen.insert(key).inserted { state.waiting.append(exposure) }
    }
  }

  /// What waits to be written, with the promise to write it.
  func take() -> [Exposure] {
    state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
  }

  /// Gives back what could not be written.
  func putBack(_ exposures: [Exposure]) {
    state.withLock { $0.waiting = exposures + $0.waiting }
  }

  /// Forgets shoppers.
  func forget(_ names: [ShopperName]) {
    let names = Set(names)
    state.withLock { state in
      state.waiting.removeAll { names.contains($0.shopper) }
      state.seen = state.seen.filter { !names.contains($0.shopper) }
    }
  }

  /// Forgets everybody: who was erased at another server is not known here. The others are noted
  /// again with their next list.
  func forgetAll() { state.withLock { $0 = State() } }

  /// Forgets an experiment.
  func forget(_ experiment: String) {
    state.withLock { state in
      state.waiting.removeAll { $0.experiment == experiment }
      state.seen = state.seen.filter { $0.experiment != experiment }
    }
  }
}
