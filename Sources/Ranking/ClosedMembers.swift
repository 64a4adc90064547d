/// Any name of a member.
private struct MemberName: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

/// A member that no version of Akin knows: most often one that was mistyped.
package struct UnknownMember: Error {
  /// The way to it, the member itself last.
  package var path: [any CodingKey]
  /// The members that there are.
  package var known: [String]
}

extension Decoder {
  /// Refuses members beyond those of `keys`: a mistyped condition would otherwise be none.
  ///
  /// - Throws: ``UnknownMember``.
  package func refuseMembers<Keys: CodingKey & CaseIterable>(beyond keys: Keys.Type) throws {
    let known = Keys.allCases.map(\.stringValue)
    for key in try container(keyedBy: MemberName.self).allKeys
    where !known.contains(key.stringValue) {
      throw UnknownMember(path: codingPath + [key], known: known)
    }
  }
}
