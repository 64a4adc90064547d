import Foundation
import Synchronization

@testable import AkinSimilarity

/// What is done to a disk, and how far the work had come.
enum DiskEvent {
  case step(DiskStep)
  case begun(Int)
  case acknowledged(Int)
}

/// Records the steps of an index; may make one of them fail.
final class DiskRecorder: Sendable {
  private struct State {
    var events: [DiskEvent] = []
    var steps = 0
    var failure: (step: Int, error: CInt, lasting: Bool)?
  }
  private let state = Mutex(State())
  private let syncs: Bool

  /// - Parameter syncs: whether bytes are really synced, which takes milliseconds each time.
  init(syncs: Bool = false) { self.syncs = syncs }

  var events: [DiskEvent] { state.withLock { $0.events } }
  var steps: Int { state.withLock { $0.steps } }

  func note(_ event: DiskEvent) { state.withLock { $0.events.append(event) } }

  /// Makes step number `step` fail, or all from it on, removals excepted.
  func fail(at step: Int, with error: CInt, lasting: Bool = false) {
    state.withLock { $0.failure = (step, error, lasting) }
  }

  func heal() { state.withLock { $0.failure = nil } }

  func watch(_ step: DiskStep) -> CInt {
    state.withLock { state in
      defer { state.steps += 1 }
      if let failure = state.failure, !step.isRemoval,
        failure.lasting ? state.steps >= failure.step : state.steps == failure.step
      {
        return failure.error
      }
      state.events.append(.step(step))
      switch step {
      case .sync, .syncFolder: return syncs ? 0 : -1
      default: return 0
      }
    }
  }
}

extension DiskStep {
  var isRemoval: Bool { if case .remove = self { true } else { false } }
}

/// A disk that keeps what was synced and, of the rest, what a crash happens to leave.
struct DiskImage {
  private struct Inode {
    var durable: [UInt8] = []
    var pending: [(offset: Int, bytes: [UInt8]?)] = []
  }
  private enum NameChange {
    case set(String, Int)
    case rename(String, String)
    case remove(String)
  }

  private var inodes: [Inode] = []
  /// As programs see them.
  private var names: [String: Int] = [:]
  private var durableNames: [String: Int] = [:]
  private var pending: [NameChange] = []

  init(_ files: [String: [UInt8]] = [:]) {
    for (name, bytes) in files {
      names[name] = inodes.count
      inodes.append(Inode(durable: bytes))
    }
    durableNames = names
  }

  mutating func apply(_ step: DiskStep) {
    switch step {
    case .create(let file):
      if let inode = names[file] {
        inodes[inode].pending.append((0, nil))
      } else {
        names[file] = inodes.count
        pending.append(.set(file, inodes.count))
        inodes.append(Inode())
      }
    case .write(let file, let offset, let bytes):
      if let inode = names[file] { inodes[inode].pending.append((offset, bytes)) }
    case .truncate(let file, let length):
      if let inode = names[file] { inodes[inode].pending.append((length, nil)) }
    case .sync(let file):
      guard let inode = names[file] else { return }
      for change in inodes[inode].pending { Self.apply(change, to: &inodes[inode].durable) }
      inodes[inode].pending = []
    case .rename(let from, let to):
      names[to] = names.removeValue(forKey: from)
      pending.append(.rename(from, to))
    case .remove(let file):
      names[file] = nil
      pending.append(.remove(file))
    case .link: break
    case .syncFolder:
      for change in pending { Self.apply(change, to: &durableNames) }
      pending = []
    }
  }

  private static func apply(_ change: (offset: Int, bytes: [UInt8]?), to file: inout [UInt8]) {
    let end = change.offset + (change.bytes?.count ?? 0)
    if file.count < end { file += [UInt8](repeating: 0, count: end - file.count) }
    if let bytes = change.bytes {
      file.replaceSubrange(change.offset..<end, with: bytes)
    } else {
      file.removeSubrange(change.offset...)
    }
  }

  private static func apply(_ change: NameChange, to names: inout [String: Int]) {
    switch change {
    case .set(let name, let inode): names[name] = inode
    case .rename(let from, let to):
      if let inode = names.removeValue(forKey: from) { names[to] = inode }
    case .remove(let name): names[name] = nil
    }
  }

  enum Loss: CaseIterable {
    /// The process ends, the system goes on: nothing is lost.
    case nothing
    /// The power fails before anything was written that nobody synced.
    case everything
    /// The power fails while it is being written: some sectors are there, some names.
    case some
    /// New lengths and names are there, the bytes are not: zeros.
    case bytes
  }

  /// The files after a crash.
  func afterCrash(_ loss: Loss, _ random: inout SplitMix64) -> [String: [UInt8]] {
    var names = durableNames
    let kept =
      switch loss {
      case .nothing, .bytes: pending.count
      case .everything: 0
      case .some: Int.random(in: 0...pending.count, using: &random)
      }
    for change in pending.prefix(kept) { Self.apply(change, to: &names) }
    return names.mapValues { contents(inodes[$0], loss, &random) }
  }

  private func contents(_ inode: Inode, _ loss: Loss, _ random: inout SplitMix64) -> [UInt8] {
    var file = inode.durable
    for change in inode.pending {
      switch loss {
      case .nothing: Self.apply(change, to: &file)
      case .everything: break
      case .bytes:
        Self.apply(
          (change.offset, change.bytes.map { .init(repeating: 0, count: $0.count) }), to: &file)
      case .some:
        guard let bytes = change.bytes else {
          if Bool.random(using: &random) { Self.apply(change, to: &file) }
          continue
        }
        for start in stride(from: 0, to: bytes.count, by: 64) where Bool.random(using: &random) {
          let piece = Array(bytes[start..<min(start + 64, bytes.count)])
          Self.apply((change.offset + start, piece), to: &file)
        }
      }
    }
    return file
  }
}
