import AkinEncoders

/// A real, small encoder: counts of letter pairs, hashed, at unit length. Texts that share words
/// are near each other, in microseconds.
struct LettersEncoder: TextEncoder {
  let dimension = 64
  let maximumTokens = 512

  func encode(_ texts: [String], as role: TextRole, progress: EncodingProgress?) -> VectorRows {
    var values: [Float] = []
    for text in texts {
      var row = [Float](repeating: 0, count: dimension)
      var last: UInt32 = 0
      for scalar in text.lowercased().unicodeScalars {
        row[Int((last &* 31 &+ scalar.value) &* 2_654_435_761 >> 8) % dimension] += 1
        last = scalar.value
      }
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      values += row.map { $0 / max(length, 1e-6) }
    }
    return VectorRows(values: values, dimension: dimension)
  }
}
