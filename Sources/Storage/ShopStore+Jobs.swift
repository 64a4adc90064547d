internal import Foundation

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
        """
        INSERT INTO job (id, kind, state, created, finished, note) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
          state = excluded.state, finished = excluded.finished, note = excluded.note
        """, [job.id, job.kind, job.state.rawValue, job.created, job.finished, job.note])
    }
  }

  /// The last `limit` jobs, newest first.
  public func jobs(limit: Int) throws(StorageError) -> [StoredJob] {
    try read { database in
      try database.all(
        """
        SELECT id, kind, state, created, finished, note FROM job
        ORDER BY created DESC, id LIMIT ?
        """, [limit]
      ) { row in
        var job = StoredJob(id: try row[0], kind: try row[1], created: try row[3])
        job.state = StoredJob.State(rawValue: try row[2]) ?? .failed
        job.finished = try row[optional: 4]
        job.note = try row[optional: 5]
        return job
      }
    }
  }

  /// Marks the jobs that a process left running when it ended.
  public func closeInterruptedJobs(at time: Double) throws(StorageError) {
    try write { database in
      try database.execute(
        "UPDATE job SET state = 'interrupted', finished = ? WHERE state = 'running'", [time])
    }
  }

  /// All rules, in the order in which they are applied.
  public func rules() throws(StorageError) -> [StoredRule] {
    try read { database in
      try database.all("SELECT id, position, body FROM rule ORDER BY position, id") {
        StoredRule(id: try $0[0], position: try $0[1], body: try $0[2])
      }
    }
  }

  /// Adds a rule, or replaces the one of the same id.
  public func save(_ rule: StoredRule, at time: Double) throws(StorageError) {
    try write { database in
      try database.execute(
        """
        INSERT INTO rule (id, position, body, changed) VALUES (?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
          position = excluded.position, body = excluded.body, changed = excluded.changed
        """, [rule.id, rule.position, rule.body, time])
    }
  }

  /// Removes a rule.
  ///
  /// - Returns: whether there was one of this id.
  public func removeRule(id: String) throws(StorageError) -> Bool {
    try write { database in
      try database.execute("DELETE FROM rule WHERE id = ?", [id]) > 0
    }
  }
}
