extension ShopStore {
  /// The `limit` jobs that were asked for before `last`, newest first; the newest without it.
  ///
  /// - Parameter last: the job that the page before ended with.
  public func jobs(before last: StoredJob?, limit: Int) throws(StorageError) -> [StoredJob] {
    guard let last else { return try jobs(limit: limit) }
    return try read { database in
      try database.all(
        """
        SELECT id, kind, state, created, finished, note FROM job
        WHERE created < ? OR (created = ? AND id > ?) ORDER BY created DESC, id LIMIT ?
        """, [last.created, last.created, last.id, limit], Self.pagedJob)
    }
  }

  /// The job of this id.
  public func job(id: String) throws(StorageError) -> StoredJob? {
    try read { database in
      try database.first(
        "SELECT id, kind, state, created, finished, note FROM job WHERE id = ?", [id],
        Self.pagedJob)
    }
  }

  private static func pagedJob(_ row: any SQLRow) throws -> StoredJob {
    var job = StoredJob(id: try row[0], kind: try row[1], created: try row[3])
    job.state = StoredJob.State(rawValue: try row[2]) ?? .failed
    job.finished = try row[optional: 4]
    job.note = try row[optional: 5]
    return job
  }
}
