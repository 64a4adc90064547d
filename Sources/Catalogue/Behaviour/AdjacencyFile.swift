public import Foundation

/// Text files of behaviour: whole numbers separated by blanks or tabs, one row a line.
///
/// - adjacency lists: `user item item …`; a line of a user alone is a user without items, several
///   lines of one user are one row, an item that repeats counts once;
/// - sequences: the same, oldest item first, repeats kept;
/// - sessions: items alone.
///
/// Lines end in LF or CR LF; empty lines are passed over.
public struct AdjacencyFile {
  private let url: URL
  private let bytes: Data

  /// Opens a file by memory map.
  ///
  /// - Throws: ``BehaviourError`` `unreadable`.
  public init(_ url: URL) throws(BehaviourError) {
    self.url = url
    do {
      bytes = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw BehaviourError(
        .unreadable, file: url.path, "cannot be read; check the path and its permissions")
    }
  }

  /// Reads adjacency lists; the matrix just holds the largest ordinals. O(bytes).
  ///
  /// - Throws: ``BehaviourError`` with the line: `notANumber`, `tooLarge`, `empty`.
  public func interactions() throws(BehaviourError) -> Interactions {
    var builder = InteractionsBuilder()
    var userCount = 0
    try forEachLine { numbers, _ throws(BehaviourError) in
      guard let user = numbers.first else { return }
      userCount = max(userCount, Int(user) + 1)
      for item in numbers.dropFirst() { builder.append(user: Int(user), item: Int(item)) }
    }
    guard builder.count > 0 else { throw nothing("a line is: user item item …") }
    return builder.build(userCount: userCount)
  }

  /// Reads sequences whose lines begin with the user. O(bytes).
  ///
  /// - Throws: as ``interactions()``.
  public func sequences() throws(BehaviourError) -> Sequences {
    var identifiers: [Int32] = []
    var rows: [ArraySlice<Int32>] = []
    try forEachLine { numbers, _ throws(BehaviourError) in
      identifiers.append(numbers[0])
      rows.append(numbers.dropFirst())
    }
    guard rows.contains(where: { !$0.isEmpty }) else {
      throw nothing("a line is: user item item …")
    }
    return Sequences(rows: rows, identifiers: identifiers)
  }

  /// Reads sessions. O(bytes).
  ///
  /// - Throws: as ``interactions()``.
  public func sessions() throws(BehaviourError) -> Sequences {
    var rows: [ArraySlice<Int32>] = []
    try forEachLine { numbers, _ throws(BehaviourError) in rows.append(numbers[...]) }
    guard !rows.isEmpty else { throw nothing("a line is: item item …") }
    return Sequences(rows: rows, identifiers: nil)
  }

  private func nothing(_ form: String) -> BehaviourError {
    BehaviourError(.empty, file: url.path, "holds no interactions; \(form)")
  }

  /// Calls `body` with the numbers of every line that has any.
  private func forEachLine(
    _ body: (_ numbers: [Int32], _ line: Int) throws(BehaviourError) -> Void
  ) throws(BehaviourError) {
    var numbers: [Int32] = []
    var line = 1
    var number: Int?
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let next = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
        guard next <= Interactions.largestIdentifier else {
          throw BehaviourError(
            .tooLarge, file: url.path, line: line,
            "a number is above \(Interactions.largestIdentifier); number users and items from 0")
        }
        number = next
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        if let complete = number { numbers.append(Int32(complete)) }
        number = nil
        guard byte == UInt8(ascii: "\n") else { continue }
        if !numbers.isEmpty { try body(numbers, line) }
        numbers.removeAll(keepingCapacity: true)
        line += 1
      default:
        throw BehaviourError(
          .notANumber, file: url.path, line: line,
          "holds something other than whole numbers and blanks (byte 0x"
            + String(byte, radix: 16) + ")")
      }
    }
    if let complete = number { numbers.append(Int32(complete)) }
    if !numbers.isEmpty { try body(numbers, line) }
  }
}

extension Sequences {
  init(rows: [ArraySlice<Int32>], identifiers: [Int32]?) {
    self.init()
    for row in rows { append(row) }
    self.identifiers = identifiers
  }
}
