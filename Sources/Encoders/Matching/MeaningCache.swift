/// Vectors of texts, each encoded once.
final class MeaningCache {
  private let encoder: (any TextEncoder)?
  private var rows: [String: Int] = [:]
  private var vectors: [Float] = []

  /// Without an encoder all cosines are `nan`.
  init(_ encoder: (any TextEncoder)?) { self.encoder = encoder }

  /// Encodes what is new among the pairs' texts.
  func encode(_ pairs: [MatchPair], progress: EncodingProgress? = nil) throws {
    guard let encoder else { return }
    var new: [String] = []
    for record in pairs.lazy.flatMap({ [$0.left, $0.right] }) {
      for text in [Self.whole(record), Self.first(record)] where rows[text] == nil {
        rows[text] = rows.count
        new.append(text)
      }
    }
    guard !new.isEmpty else { return }
    vectors += try encoder.encode(new, as: .passage, progress: progress).values
  }

  /// Cosines of the whole texts and of the first values.
  func cosines(_ pair: MatchPair) -> (whole: Float, first: Float) {
    (
      cosine(Self.whole(pair.left), Self.whole(pair.right)),
      cosine(Self.first(pair.left), Self.first(pair.right))
    )
  }

  private func cosine(_ left: String, _ right: String) -> Float {
    guard let encoder, let left = rows[left], let right = rows[right] else { return .nan }
    let width = encoder.dimension
    return zip(
      vectors[left * width..<(left + 1) * width], vectors[right * width..<(right + 1) * width]
    ).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func whole(_ record: MatchRecord) -> String { ValueText.readable(record.text) }

  private static func first(_ record: MatchRecord) -> String {
    ValueText.readable(record.fields.first { !$0.value.isEmpty }?.value ?? "")
  }
}
