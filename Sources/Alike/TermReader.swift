internal import AkinCatalogue
internal import AkinEncoders
internal import AkinText

/// One term of a product's text.
struct ContentTerm {
  /// Names the term; 64-bit FNV-1a of its bytes.
  var key: UInt64
  /// What its kind counts.
  var weight: Float
  /// Whether it is (a piece of) a model number.
  var isModel: Bool
  /// What it reads as, for the account.
  var text: String?
}

/// Cuts texts into the terms that a ``WordSpace`` weighs. One thread at a time may use one.
final class TermReader {
  private let analyser: TextAnalyser
  private let weights: TermWeights
  private var analysed = AnalysedText()
  private var spans: [Range<Int>] = []

  init(_ weights: TermWeights) throws {
    analyser = try TextAnalyser()
    self.weights = weights
  }

  /// The terms of a product's text and facts, repeated ones included.
  ///
  /// - Parameter isNamed: whether terms say what they read as, which costs a string each.
  func terms(of text: String, _ facts: ProductFacts, isNamed: Bool = false) -> [ContentTerm] {
    analyser.analyse(text, into: &analysed)
    var terms: [ContentTerm] = []
    terms.reserveCapacity(analysed.terms.count + 4)
    spans.removeAll(keepingCapacity: true)
    if weights.measured != 1 {
      _ = text.withFieldBytes { QuantityReader.find(in: $0, spans: &spans) }
    }
    for (index, term) in analysed.terms.enumerated() {
      var weight = weight(of: term.kind)
      if isMeasured(term.source) { weight *= weights.measured }
      guard weight > 0 else { continue }
      let key = analysed.bytes[Int(term.range.lowerBound)..<Int(term.range.upperBound)]
        .withUnsafeBytes { Self.hash($0) }
      terms.append(
        ContentTerm(
          key: key, weight: weight, isModel: term.kind == .compound || term.kind == .part,
          text: isNamed ? analysed.surface(index) : nil))
    }
    if weights.quantity > 0 {
      for quantity in facts.quantities {
        let (value, dimension) = quantity.comparable
        add(
          "=\(dimension.rawValue) \(Self.rounded(value))", weights.quantity,
          isNamed ? quantity.written : nil, to: &terms)
      }
    }
    if weights.brand > 0, let brand = facts.brand {
      add("=brand \(brand)", weights.brand, isNamed ? brand : nil, to: &terms)
    }
    return terms
  }

  /// Whether a term stands in a number with a unit. Both ascend, but there are few.
  private func isMeasured(_ source: Range<Int32>) -> Bool {
    spans.contains {
      Int(source.lowerBound) < $0.upperBound && $0.lowerBound < Int(source.upperBound)
    }
  }

  private func add(
    _ name: String, _ weight: Float, _ text: String?, to terms: inout [ContentTerm]
  ) {
    let key = name.withFieldBytes { Self.hash($0) }
    terms.append(ContentTerm(key: key, weight: weight, isModel: false, text: text))
  }

  /// Two significant digits, so that 3 lb is 1.36 kg.
  private static func rounded(_ value: Double) -> Int {
    var value = value * 1_000
    var scale = 1.0
    while value >= 100 {
      value /= 10
      scale *= 10
    }
    return Int((value.rounded() * scale).rounded())
  }

  private func weight(of kind: TermKind) -> Float {
    switch kind {
    case .word: weights.word
    case .number: weights.number
    case .compound: weights.compound
    case .part: weights.part
    case .adjacent: weights.adjacent
    case .dictionaryWord: weights.dictionaryWord
    case .bigram: weights.bigram
    case .crossing: weights.crossing
    case .character: weights.character
    }
  }

  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}
