/// Points in time as logs write them, to seconds since 1970-01-01 UTC.
package enum TimeReader {
  /// ISO 8601 (`2017-11-25T08:15:30.5+08:00`, also with a blank, without a time, or basic
  /// `20171125`), Unix time in seconds, milliseconds, microseconds (GA4) or nanoseconds,
  /// `2017/11/25 08:15`, `25.11.2017`, `11/25/2017 8:15 PM` and `2017年11月25日 8时15分`.
  ///
  /// A time without a zone is UTC. Where day and month could be either, `a/b/year` is month
  /// first and `a.b.year` and `a-b-year` day first. `nil` for anything else, also for dates that
  /// no calendar has.
  package static func read(_ field: FieldBytes) -> Double? {
    let bytes = field.trimmed()
    guard let first = bytes.first else { return nil }
    if first.isDigit || first == 0x2D, let number = DecimalText.parse(bytes) {
      return unix(number, bytes)
    }
    var scanner = TimeScanner(bytes: bytes)
    return scanner.timestamp()
  }

  /// As ``read(_:)-(FieldBytes)``, for a string.
  package static func read(_ text: String) -> Double? { text.withFieldBytes { read($0) } }

  private static func unix(_ number: Double, _ bytes: FieldBytes) -> Double? {
    var digits = 0
    while digits < bytes.count, bytes[digits].isDigit { digits += 1 }
    guard digits == bytes.count else { return digits == 0 || digits > 10 ? nil : number }
    switch digits {
    case 8: return basic(bytes)
    case 14: return basic(bytes)
    case 9, 10: return number
    case 12, 13: return number / 1e3
    case 15, 16: return number / 1e6
    case 18, 19: return number / 1e9
    default: return nil
    }
  }

  private static func basic(_ bytes: FieldBytes) -> Double? {
    func number(_ start: Int, _ end: Int) -> Int {
      bytes.part(start, end).reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
    guard let day = days(year: number(0, 4), month: number(4, 6), day: number(6, 8)) else {
      return nil
    }
    guard bytes.count == 14 else { return Double(day) * 86_400 }
    let (hour, minute, second) = (number(8, 10), number(10, 12), number(12, 14))
    guard hour < 24, minute < 60, second <= 60 else { return nil }
    return Double(day * 86_400 + hour * 3600 + minute * 60 + second)
  }

  /// Days from 1970-01-01 to a date of the Gregorian calendar (Hinnant's `days_from_civil`);
  /// `nil` for a date that does not exist or lies outside 1900 to 2200.
  static func days(year: Int, month: Int, day: Int) -> Int? {
    guard (1900...2200).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day <= lengths[month - 1] else { return nil }
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

private struct TimeScanner {
  let bytes: FieldBytes
  var index = 0

  mutating func timestamp() -> Double? {
    guard let day = date() else { return nil }
    let base = Double(day * 86_400)
    if index == bytes.count { return base }
    if bytes[index] | 0x20 == 0x74 || bytes[index] == 0x20 { index += 1 }
    skip(0x20)
    guard let clock = clock(), let zone = zone(), index == bytes.count else { return nil }
    return base + clock - zone
  }

  private mutating func skip(_ byte: UInt8) {
    while index < bytes.count, bytes[index] == byte { index += 1 }
  }

  private mutating func number(_ most: Int) -> Int? {
    let start = index
    var value = 0
    while index < bytes.count, index - start < most, bytes[index].isDigit {
      value = value * 10 + Int(bytes[index] - 0x30)
      index += 1
    }
    return index > start ? value : nil
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let end = index + text.utf8CodeUnitCount
    guard end <= bytes.count,
      bytes.part(index, end).elementsEqual(
        UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    else { return false }
    index = end
    return true
  }

  private mutating func date() -> Int? {
    let start = index
    guard let first = number(4), index < bytes.count else { return nil }
    let firstDigits = index - start
    if take("年") {
      guard let month = number(2), take("月"), let day = number(2), take("日") || take("号") else {
        return nil
      }
      return TimeReader.days(year: first, month: month, day: day)
    }
    let separator = bytes[index]
    guard separator == 0x2D || separator == 0x2F || separator == 0x2E else { return nil }
    index += 1
    guard let second = number(2), index < bytes.count, bytes[index] == separator else { return nil }
    index += 1
    guard let third = number(4) else { return nil }
    if firstDigits == 4 { return TimeReader.days(year: first, month: second, day: third) }
    guard firstDigits <= 2 else { return nil }
    let monthFirst = separator == 0x2F ? first <= 12 : second > 12
    return TimeReader.days(
      year: third, month: monthFirst ? first : second, day: monthFirst ? second : first)
  }

  /// Seconds since midnight.
  private mutating func clock() -> Double? {
    guard var hour = number(2), hour < 24, take(":") || take("时") || take("點") || take("点"),
      let minute = number(2), minute < 60
    else { return nil }
    _ = take("分")
    var seconds = 0.0
    if take(":") || (index < bytes.count && bytes[index].isDigit) {
      guard let whole = number(2), whole <= 60 else { return nil }
      seconds = Double(whole)
      if take(".") || take(",") {
        let start = index
        while index < bytes.count, bytes[index].isDigit { index += 1 }
        guard index > start,
          let digits = DecimalText.parse(bytes.part(start, min(index, start + 9)))
        else { return nil }
        var scale = 1.0
        for _ in 0..<min(index - start, 9) { scale *= 10 }
        seconds += digits / scale
      }
      _ = take("秒")
    }
    skip(0x20)
    if index + 2 <= bytes.count, bytes[index + 1] | 0x20 == 0x6D,
      bytes[index] | 0x20 == 0x61 || bytes[index] | 0x20 == 0x70
    {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (bytes[index] | 0x20 == 0x70 ? 12 : 0)
      index += 2
    }
    return Double(hour * 3600 + minute * 60) + seconds
  }

  /// Seconds east of UTC.
  private mutating func zone() -> Double? {
    skip(0x20)
    if index == bytes.count || take("Z") || take("z") || take("UTC") || take("GMT") { return 0 }
    let sign: Double
    if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
    guard let hours = number(2), hours <= 14 else { return nil }
    _ = take(":")
    let minutes = number(2) ?? 0
    return minutes < 60 ? sign * Double(hours * 3600 + minutes * 60) : nil
  }
}
