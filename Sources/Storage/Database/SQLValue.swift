internal import Foundation

/// A value of a row or an argument, as both databases know it.
enum SQLValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob(Data)
}

/// What can be given to a statement and read from a row.
protocol SQLConvertible {
  var sqlValue: SQLValue { get }
  /// `nil` where the value is of another kind.
  init?(sqlValue: SQLValue)
}

/// The arguments of a statement, one for each `?`.
typealias SQLArguments = [(any SQLConvertible)?]

extension SQLValue: SQLConvertible {
  var sqlValue: SQLValue { self }
  init?(sqlValue: SQLValue) { self = sqlValue }
}

extension SQLConvertible where Self: FixedWidthInteger {
  var sqlValue: SQLValue { .integer(Int64(self)) }
  init?(sqlValue: SQLValue) {
    guard case .integer(let value) = sqlValue else { return nil }
    self.init(exactly: value)
  }
}

extension Int: SQLConvertible {}
extension Int32: SQLConvertible {}

extension Double: SQLConvertible {
  var sqlValue: SQLValue { .real(self) }
  init?(sqlValue: SQLValue) {
    switch sqlValue {
    case .real(let value): self = value
    case .integer(let value): self = Double(value)
    case .null, .text, .blob: return nil
    }
  }
}

extension String: SQLConvertible {
  var sqlValue: SQLValue { .text(self) }
  init?(sqlValue: SQLValue) {
    guard case .text(let value) = sqlValue else { return nil }
    self = value
  }
}

extension Data: SQLConvertible {
  var sqlValue: SQLValue { .blob(self) }
  init?(sqlValue: SQLValue) {
    guard case .blob(let value) = sqlValue else { return nil }
    self = value
  }
}

/// One row, lent while it is read.
protocol SQLRow {
  func value(_ column: Int) -> SQLValue
}

/// A column that holds what no version of Akin writes there.
struct UnexpectedValue: Error {
  var column: Int
}

extension SQLRow {
  /// The value of a column that is never empty.
  subscript<Value: SQLConvertible>(column: Int) -> Value {
    get throws {
      guard let value = Value(sqlValue: value(column)) else {
        throw UnexpectedValue(column: column)
      }
      return value
    }
  }

  /// The value of a column that may be empty.
  subscript<Value: SQLConvertible>(optional column: Int) -> Value? {
    get throws {
      let stored = value(column)
      if stored == .null { return nil }
      guard let value = Value(sqlValue: stored) else { throw UnexpectedValue(column: column) }
      return value
    }
  }
}
