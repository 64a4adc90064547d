internal import Foundation
internal import GRDB

/// A piece of long work that was asked for.
public struct StoredJob: Sendable, Equatable, Codable {
  /// How far a job is.
  public enum State: String, Sendable, Codable {
    case running, done, failed, cancelled
    /// The process ended before the job did.
    case interrupted
  }

  /// Names the job.
  public var id: String
  /// What is done: `rebuild`.
  public var kind: String
  /// How far it is.
  public var state: State
  /// When it was asked for, in seconds since 1970-01-01 UTC.
  public var created: Double
  /// When it ended.
  public var finished: Double?
  /// What came of it, for people.
  public var note: String?

  /// Creates a job that begins now.
  public init(id: String, kind: String, created: Double) {
    self.id = id
    self.kind = kind
    state = .running
    self.created = created
  }
}

/// A rule as the store keeps it: a document of the module that applies it.
public struct StoredRule: Sendable, Equatable {
  /// Names the rule.
  public var id: String
  /// Rules are applied in ascending order.
  public var position: Int
  /// The rule, as JSON.
  public var body: String

  /// Creates a rule.
  public init(id: String, position: Int, body: String) {
    self.id = id
    self.position = position
    self.body = body
  }
}

extension ShopStore {
  /// Adds a job, or replaces what is known of it.
  public func save(_ job: StoredJob) throws(StorageError) {
    try write { database in
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO job (id, kind, state, created, finished, note)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          job.id, job.kind, job.state.rawValue, job.created, job.finished, job.note,
        ])
    }
  }

  /// The last `limit` jobs, newest first.
  public func jobs(limit: Int) throws(StorageError) -> [StoredJob] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM job ORDER BY created DESC, id LIMIT ?", arguments: [limit]
      ).map { row in
        var job = StoredJob(id: row["id"], kind: row["kind"], created: row["created"])
        job.state = StoredJob.State(rawValue: row["state"]) ?? .failed
        job.finished = row["finished"]
        job.note = row["note"]
        return job
      }
    }
  }

  /// Marks the jobs that a process left running when it ended.
  public func closeInterruptedJobs(at time: Double) throws(StorageError) {
    try write { database in
      try database.execute(
        sql: "UPDATE job SET state = 'interrupted', finished = ? WHERE state = 'running'",
        arguments: [time])
    }
  }

  /// All rules, in the order in which they are applied.
  public func rules() throws(StorageError) -> [StoredRule] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT id, position, body FROM rule ORDER BY position, id")
        .map { StoredRule(id: $0[0], position: $0[1], body: $0[2]) }
    }
  }

  /// Adds a rule, or replaces the one of the same id.
  public func save(_ rule: StoredRule, at time: Double) throws(StorageError) {
    try write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO rule (id, position, body, changed) VALUES (?, ?, ?, ?)",
        arguments: [rule.id, rule.position, rule.body, time])
    }
  }

  /// Removes a rule.
  ///
  /// - Returns: whether there was one of this id.
  public func removeRule(id: String) throws(StorageError) -> Bool {
    try write { database in
      try database.execute(sql: "DELETE FROM rule WHERE id = ?", arguments: [id])
      return database.changesCount > 0
    }
  }
}
