/// Why an importer cannot use a record.
struct Refusal: Error {
  var reason: RejectReason
  var column: String?
  var message: String
}

/// How both importers go through a feed: rows are counted, progress is reported, cancellation is
/// noticed, and what cannot be used goes to the log of refused rows or, in strict mode, ends it.
struct FeedWalk {
  let source: FeedSource
  let isStrict: Bool
  let rejects: RejectLog
  let onProgress: ((ImportProgress) -> Void)?

  /// Lends every record in file order.
  ///
  /// - Parameters:
  ///   - row: called for each row, before anything else is done with it.
  ///   - columnsGrew: called where a record brought columns that were not there before.
  ///   - refused: called for each row that is set aside.
  ///   - record: uses a record, or says why it cannot.
  /// - Throws: ``ImportError`` in strict mode, the reader's own errors, `CancellationError`, whatever
  ///   the closures throw.
  func run(
    row: () -> Void, columnsGrew: ([String]) throws -> Void, refused: (RejectReason) -> Void,
    record: (FeedRecord) throws -> Refusal?
  ) throws {
    let reader = source.reader
    var columns = reader.columns
    var rows = 0
    try rejects.keeping(reader) { item in
      rows &+= 1
      row()
      if rows & 4095 == 0 {
        try Task.checkCancellation()
        report(rows)
      }
      if reader.columns.count != columns.count {
        columns = reader.columns
        try columnsGrew(columns)
      }
      let reject: Reject
      switch item {
      case .malformed(let line, let raw, let column, let reason):
        reject = Reject(
          file: source.name, line: line,
          column: column.flatMap { $0 < columns.count ? columns[$0] : nil },
          reason: .malformedRecord, message: reason, row: raw.text)
      case .record(let lent):
        guard let refusal = try record(lent) else { return }
        reject = Reject(
          file: source.name, line: lent.line, column: refusal.column, reason: refusal.reason,
          message: refusal.message, row: lent.raw.text)
      }
      refused(reject.reason)
      try set(reject)
    }
    report(rows)
  }

  private func report(_ rows: Int) {
    onProgress?(
      ImportProgress(file: source.name, bytesRead: source.reader.bytesRead, rows: rows))
  }

  private func set(_ reject: Reject) throws(ImportError) {
    try rejects.write(reject)
    guard isStrict else { return }
    throw ImportError(
      code: .refusedRow,
      message: Sentence.of(reject.message)
        + " Correct the row, or import without --strict to set it aside.",
      file: reject.file, line: reject.line, column: reject.column)
  }
}
