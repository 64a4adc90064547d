/// The pieces of a model, all bytes in one array.
struct Vocabulary: Sendable {
  /// The bytes of all pieces, one after the other.
  var bytes: [UInt8] = []
  /// Where each piece starts in ``bytes``, and last their number: `[count + 1]`.
  var offsets: [Int] = [0]
  /// The id of each piece; empty where the id is the piece's place.
  var ids: [Int32] = []
  /// The log probability of each piece; empty where the model has none.
  var scores: [Double] = []

  var count: Int { offsets.count - 1 }

  mutating func endPiece() { offsets.append(bytes.count) }

  /// The trie of all pieces, with ids for numbers.
  func trie(file: String, location: String) throws(TokenizerError) -> ByteTrie {
    do {
      return try bytes.withUnsafeBufferPointer { buffer throws(ByteTrie.BuildError) in
        try ByteTrie(
          count: count, totalBytes: bytes.count,
          string: { UnsafeBufferPointer(rebasing: buffer[offsets[$0]..<offsets[$0 + 1]]) },
          number: { ids.isEmpty ? Int32($0) : ids[$0] })
      }
    } catch {
      throw TokenizerError(
        .badVocabulary, file: file, location: location, message: error.message,
        advice: "Fetch the model's files again.")
    }
  }
}

extension ByteTrie.BuildError {
  fileprivate var message: String {
    switch self {
    case .duplicate(let number): "Piece \(number) of the vocabulary stands there twice."
    case .empty(let number): "Piece \(number) of the vocabulary is empty."
    case .tooLarge: "The vocabulary is too large."
    }
  }
}
