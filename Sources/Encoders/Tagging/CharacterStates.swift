import AkinNeural
import AkinText

/// What a pretrained encoder knows of each character of a title in its context: the states of a
/// network that reads the title character by character, one token each, so that stretches end where
/// characters do.
final class CharacterStates: Sendable {
  /// Length of a state.
  let width: Int
  /// Characters of a title that are read; the others have no state.
  let limit: Int
  private let inputs: InputTable
  private let model: TransformerModel
  private let tokenizer: any Tokenizer

  init(_ parts: ModelParts) throws(EncoderError) {
    inputs = try InputTable(parts.configuration, parts.weights)
    model = try TransformerModel(
      parts.configuration, weights: parts.weights, precision: .fastestFloat)
    tokenizer = parts.tokenizer
    width = parts.configuration.hidden
    let special = tokenizer.specialTokens
    limit =
      min(parts.maximumTokens, parts.configuration.maximumTokens)
      - special.prefix.count - special.suffix.count
  }

  /// One token a character: the last piece of its own tokenisation.
  func tokens(of title: ArraySlice<Unicode.Scalar>) -> [Int32] {
    title.map {
      tokenizer.encodeWithoutSpecialTokens(String($0)).last ?? tokenizer.specialTokens.unknown
    }
  }

  /// The states of the titles' characters, end to end: `[characters · width]`.
  func states(of titles: [ArraySlice<Unicode.Scalar>]) throws(EncoderError) -> [Float] {
    let special = tokenizer.specialTokens
    var batch = PackedBatch()
    for (row, title) in titles.enumerated() {
      batch.append(special.prefix + tokens(of: title) + special.suffix, row: row)
    }
    let all = try computing { () throws(NeuralError) in
      try withInferenceMode { () throws(NeuralError) in
        try model.states(inputs.rows(of: batch), batch).to(.float32).floats()
      }
    }
    var states: [Float] = []
    states.reserveCapacity(titles.reduce(0) { $0 + $1.count } * width)
    for (row, title) in titles.enumerated() {
      let first = Int(batch.starts[row]) + special.prefix.count
      states += all[first * width..<(first + title.count) * width]
    }
    return states
  }
}
