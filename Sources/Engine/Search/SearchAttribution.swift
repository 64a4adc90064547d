internal import Foundation

/// The query within an attribution token, which comes back with the click on a search result.
package enum SearchAttribution {
  /// Bytes of a query that a token holds.
  private static let longest = 200

  /// The query in letters that addresses and logs leave alone: base64url.
  package static func encoded(_ query: String) -> String {
    var bytes = Array(query.utf8.prefix(longest))
    while !bytes.isEmpty, String(validating: bytes, as: UTF8.self) == nil { bytes.removeLast() }
    return Data(bytes).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// The query of a token, `nil` where it is of another list or was made up.
  package static func query(of token: String) -> String? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "search" else { return nil }
    var text = parts[3].replacing("-", with: "+").replacing("_", with: "/")
    text += String(repeating: "=", count: (4 - text.count % 4) % 4)
    guard let data = Data(base64Encoded: String(text)),
      let query = String(validating: data, as: UTF8.self), !query.isEmpty
    else { return nil }
    return query
  }
}
