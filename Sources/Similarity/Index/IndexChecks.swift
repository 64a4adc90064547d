extension IndexItem {
  /// - Throws: ``IndexError`` where something is beyond ``IndexLimits`` or no number.
  func check(_ place: IndexError.Place) throws(IndexError) {
    func limit(_ size: Int, _ limit: Int, _ what: String) throws(IndexError) {
      guard size <= limit else { throw .limit(place, what: what, limit: limit) }
    }
    guard !id.isEmpty else {
      throw .limit(place, what: "an identifier without a byte is", limit: 1)
    }
    try limit(id.utf8.count, IndexLimits.identifierBytes, "an identifier's bytes are")
    try limit(attributes.count, IndexLimits.attributes, "the attributes are")
    for (name, value) in attributes {
      try limit(name.utf8.count, IndexLimits.textBytes, "an attribute name's bytes are")
      switch value {
      case .text(let text): try limit(text.utf8.count, IndexLimits.textBytes, "a text's bytes are")
      case .texts(let texts):
        try limit(texts.count, IndexLimits.attributes, "the texts of an attribute are")
        for text in texts {
          try limit(text.utf8.count, IndexLimits.textBytes, "a text's bytes are")
        }
      case .number(let number): guard number.isFinite else { throw .notANumber(place) }
      case .flag: break
      }
    }
  }
}

extension IndexMeasure {
  /// Checks a vector and brings it to the length that the measure wants. O(dimension).
  func prepare(
    _ vector: some Collection<Float>, dimension: Int, _ place: IndexError.Place
  ) throws(IndexError) -> [Float] {
    guard vector.count == dimension else {
      throw .dimensionMismatch(place, expected: dimension, found: vector.count)
    }
    var squares = 0.0
    for value in vector {
      guard value.isFinite else { throw .notFinite(place) }
      squares += Double(value) * Double(value)
    }
    guard self == .cosine else { return Array(vector) }
    guard squares > 0 else { throw .zeroVector(place) }
    let length = squares.squareRoot()
    // A vector that is of length 1 already, to the precision of float32, keeps its very bits.
    if abs(length - 1) < 1e-6 { return Array(vector) }
    return vector.map { Float(Double($0) / length) }
  }
}
