internal import GRDB

extension ShopStore {
  /// The `limit` jobs that were asked for before `last`, newest first; the newest without it.
  ///
  /// - Parameter last: the job that the page before ended with.
  public func jobs(before last: StoredJob?, limit: Int) throws(StorageError) -> [StoredJob] {
    guard let last else { return try jobs(limit: limit) }
    return try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT id, kind, state, created, finished, note FROM job
          WHERE created < ? OR (created = ? AND id > ?) ORDER BY created DESC, id LIMIT ?
          """,
        arguments: [last.created, last.created, last.id, limit]
      ).map(Self.pagedJob)
    }
  }

  /// The job of this id.
  public func job(id: String) throws(StorageError) -> StoredJob? {
    try read { database in
      try Row.fetchOne(
        database,
        sql: "SELECT id, kind, state, created, finished, note FROM job WHERE id = ?",
        arguments: [id]
      ).map(Self.pagedJob)
    }
  }

  private static func pagedJob(_ row: Row) -> StoredJob {
    var job = StoredJob(id: row[0], kind: row[1], created: row[3])
    job.state = StoredJob.State(rawValue: row[2]) ?? .failed
    job.finished = row[4]
    job.note = row[5]
    return job
  }
}
