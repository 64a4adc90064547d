internal import AkinEngine
internal import AkinStorage
internal import Foundation
internal import HTTPTypes
internal import Synchronization

/// Long work, one of a kind at a time, on a thread of its own; its end is kept in the store.
final class JobRunner: Sendable {
  /// What can be asked for.
  enum Kind: String, Codable, CaseIterable {
    /// Compare every pair of texts anew and count the live baskets.
    case rebuild
    /// Learn what shoppers want from what builds read of them.
    case train
    /// Learn the order of search results from what shoppers did with them.
    case searchTrain = "search-train"
    /// Learn in which way products are alike.
    case relate
  }

  /// A job as a client sees it.
  struct Status: Encodable, Sendable {
    var id: String
    var kind: String
    var state: String
    var stage: String?
    var done: Int?
    var total: Int?
    var created: Double
    var finished: Double?
    var note: String?
  }

  private struct Running {
    var job: StoredJob
    var progress: JobProgress
    var task: Task<Void, Never>?
  }

  private let shop: LiveShop
  private let now: @Sendable () -> Double
  private let running: Mutex<[String: Running]> = Mutex([:])

  init(shop: LiveShop, now: @escaping @Sendable () -> Double) {
    self.shop = shop
    self.now = now
  }

  /// Begins a job.
  ///
  /// - Throws: ``Problem`` 409 where one of its kind is running.
  func start(_ kind: Kind) throws -> Status {
    let id = String(UInt64.random(in: .min ... .max), radix: 36)
    let job = StoredJob(id: id, kind: kind.rawValue, created: now())
    let progress = JobProgress()
    try running.withLock { running in
      guard !running.values.contains(where: { $0.job.kind == kind.rawValue }) else {
        throw Problem(.conflict, "job-running", "a job of this kind is running already")
      }
      running[id] = Running(job: job, progress: progress)
    }
    do { try shop.store.save(job) } catch {
      running.withLock { _ = $0.removeValue(forKey: id) }
      throw error
    }
    let task = Task.detached(priority: .utility) { [self] in run(job, progress) }
    running.withLock { $0[id]?.task = task }
    return status(job, progress)
  }

  private func run(_ job: StoredJob, _ progress: JobProgress) {
    var job = job
    do {
      switch Kind(rawValue: job.kind) {
      case .train?: job.note = try shop.train(progress: progress)
      case .searchTrain?: job.note = try shop.trainSearch(progress: progress)
      case .relate?: job.note = try shop.trainRelations(progress: progress)
      case .rebuild?, nil:
        try shop.rebuild(progress: progress)
        job.note = progress.note
      }
      job.state = .done
    } catch is CancellationError {
      job.state = .cancelled
    } catch {
      job.state = .failed
      job.note = ProblemMapping.forLog(error)
    }
    job.finished = now()
    // Where the store cannot take it, the next start marks the job as interrupted.
    try? shop.store.save(job)
    running.withLock { _ = $0.removeValue(forKey: job.id) }
  }

  /// Asks a job to stop.
  ///
  /// - Returns: whether it was running.
  func cancel(_ id: String) -> Bool {
    running.withLock { running in
      running[id]?.task?.cancel()
      return running[id] != nil
    }
  }

  /// Stops all jobs and waits until they have ended, up to `limit`.
  ///
  /// - Returns: whether all have.
  func cancelAll(within limit: Duration) async -> Bool {
    running.withLock { for job in $0.values { job.task?.cancel() } }
    let end = ContinuousClock.now + limit
    while !running.withLock({ $0.isEmpty }) {
      guard ContinuousClock.now < end else { return false }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return true
  }

  /// Jobs, newest first.
  ///
  /// - Throws: ``Problem`` where `cursor` is none that a page gave; `StorageError`.
  func page(limit: Int, after cursor: String?) throws -> Page<Status> {
    var last: StoredJob?
    if let cursor {
      let parts = try PageCursor.read(cursor, parts: 2)
      guard let created = Double(parts[0]), created.isFinite else { throw PageCursor.refusal }
      last = StoredJob(id: parts[1], kind: "", created: created)
    }
    let live = running.withLock { $0 }
    let jobs = try shop.store.jobs(before: last, limit: limit + 1)
    let shown = jobs.prefix(limit)
    var page = Page(items: shown.map { status($0, live[$0.id]?.progress) })
    if jobs.count > limit, let last = shown.last {
      page.nextCursor = PageCursor.write(["\(last.created)", last.id])
    }
    return page
  }

  /// The job of this id, however old.
  func find(_ id: String) throws -> Status? {
    let progress = running.withLock { $0[id]?.progress }
    return try shop.store.job(id: id).map { status($0, progress) }
  }

  private func status(_ job: StoredJob, _ progress: JobProgress?) -> Status {
    let stage = job.state == .running ? progress?.stage : nil
    return Status(
      id: job.id, kind: job.kind, state: job.state.rawValue, stage: stage?.name,
      done: stage?.done, total: stage?.total, created: job.created, finished: job.finished,
      note: job.note)
  }
}

/// How far a job is.
final class JobProgress: ProgressReporter {
  private let state: Mutex<(name: String, done: Int, total: Int?, note: String?)> =
    Mutex(("", 0, nil, nil))

  var stage: (name: String, done: Int, total: Int?) {
    state.withLock { ($0.name, $0.done, $0.total) }
  }

  var note: String? { state.withLock(\.note) }

  func begin(_ name: String, total: Int?, unit: String) {
    state.withLock { $0 = (name, 0, total, $0.note) }
  }

  func advance(to done: Int) { state.withLock { $0.done = done } }

  func end(_ note: String) { state.withLock { $0.note = note } }
}
