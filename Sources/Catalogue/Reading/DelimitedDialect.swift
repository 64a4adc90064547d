internal import CFeed

/// Delimiter, quoting and line ends of delimited text, as found in its beginning.
struct DelimitedDialect {
  var delimiter: UInt8
  var isQuoted: Bool
  /// The last byte of a line end.
  var newline: UInt8
  var lineEnd: String

  var native: cfeed_dialect {
    cfeed_dialect(
      delimiter: delimiter, quote: UInt8(ascii: "\""), newline: newline, quoting: isQuoted ? 1 : 0)
  }

  /// What reading the sample with one dialect gave.
  private struct Trial {
    var columns = 0
    var rows = 0
    var regular = 0
    var broken = 0
    var quoted = 0
    var share: Double { rows == 0 ? 0 : Double(regular) / Double(rows) }
  }

  /// Detects what `forced` leaves open; headers of more than `maximumColumns` count as wide ones,
  /// for the reader to refuse. `bytes` have ``TextWindow/padding`` bytes behind them.
  ///
  /// A delimiter is right when the header has it and most rows have it as often. Text parted by
  /// tabs is quoted only where a quoted field is seen and all rows agree with it, since the usual
  /// export with tabs does not quote, and a title may well begin with a quotation mark.
  static func detect(
    _ bytes: UnsafeRawBufferPointer, isWhole: Bool, forced: UInt8?, maximumColumns: Int = 4_096
  )
    -> Self
  {
    let newline: UInt8 = !bytes.contains(0x0A) && bytes.contains(0x0D) ? 0x0D : 0x0A
    var lineEnd = newline == 0x0D ? "CR" : "LF"
    if let first = bytes.firstIndex(of: 0x0A), first > 0, bytes[first - 1] == 0x0D {
      lineEnd = "CRLF"
    }
    var best = Self(
      delimiter: forced ?? UInt8(ascii: ","), isQuoted: true, newline: newline, lineEnd: lineEnd)
    var bestTrial = Trial()
    for delimiter in forced.map({ [$0] }) ?? [0x2C, 0x09, 0x3B, 0x7C] {
      var dialect = best
      dialect.delimiter = delimiter
      dialect.isQuoted = true
      var trial = dialect.attempt(bytes, isWhole: isWhole, capacity: maximumColumns)
      if delimiter == 0x09 {
        dialect.isQuoted = false
        let plain = dialect.attempt(bytes, isWhole: isWhole, capacity: maximumColumns)
        if trial.quoted > 0 && trial.broken == 0 && trial.share >= plain.share {
          dialect.isQuoted = true
        } else {
          trial = plain
        }
      }
      guard trial.columns > 1 || forced != nil else { continue }
      if forced != nil || bestTrial.columns < 2 || trial.share > bestTrial.share + 0.05
        || trial.share > bestTrial.share - 0.05 && trial.columns > bestTrial.columns
      {
        best = dialect
        bestTrial = trial
      }
    }
    if forced == nil && bestTrial.columns < 2 {
      // A list of one column: commas in it are text. Quoted as text parted by tabs is.
      best.delimiter = 0x09
      let quoted = best.attempt(bytes, isWhole: isWhole, capacity: maximumColumns)
      best.isQuoted = quoted.quoted > 0 && quoted.broken == 0 && quoted.share == 1
    }
    return best
  }

  private func attempt(_ bytes: UnsafeRawBufferPointer, isWhole: Bool, capacity: Int) -> Trial {
    var trial = Trial()
    guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return trial }
    var dialect = native
    let fields = UnsafeMutablePointer<cfeed_field>.allocate(capacity: capacity)
    defer { fields.deallocate() }
    var position = 0
    var row = cfeed_row()
    while position < bytes.count && trial.rows < 200 {
      cfeed_scan_row(
        start + position, bytes.count - position, isWhole ? 1 : 0, &dialect, fields, capacity, &row)
      let isFirst = trial.columns == 0 && trial.rows == 0
      if isFirst && row.status == CFEED_TOO_MANY {
        return Trial(columns: .max, rows: 1, regular: 1)
      }
      if row.status == CFEED_MORE { break }
      guard row.status == CFEED_ROW else {
        trial.rows += 1
        trial.broken += 1
        position = afterLine(bytes, position)
        continue
      }
      if row.length > 0 {
        if trial.columns == 0 { trial.columns = row.fields }
        trial.rows += 1
        trial.regular += row.fields == trial.columns ? 1 : 0
        for index in 0..<row.fields where fields[index].start > 0 {
          let before = start[position + Int(fields[index].start) - 1]
          if isQuoted && before == dialect.quote { trial.quoted += 1 }
        }
      }
      position += row.consumed
    }
    return trial
  }

  private func afterLine(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> Int {
    (bytes[position...].firstIndex(of: newline) ?? bytes.count - 1) + 1
  }
}
