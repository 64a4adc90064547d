import ArgumentParser

/// An option that takes one of several names.
enum Choice {
  /// The case that `text` names.
  ///
  /// - Throws: `ValidationError` with all names.
  static func read<Value: RawRepresentable<String> & CaseIterable>(_ text: String) throws -> Value {
    guard let value = Value(rawValue: text) else {
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(text)' is none of \(known).")
    }
    return value
  }
}
