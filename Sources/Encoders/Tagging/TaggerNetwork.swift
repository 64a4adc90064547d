import AkinNeural

/// From titles to scores of tags: vectors of characters and of pairs of neighbours, learnt anew, beside
/// a pretrained encoder's states; a recurrent network in both directions over them; a conditional
/// random field at the end (after Lample et al., 2016).
final class TaggerNetwork: Layer {
  /// The sizes.
  struct Sizes: Codable, Sendable, Equatable {
    var characters: Int
    var pairs: Int
    /// Of the pretrained states; 0 for none.
    var states: Int
    var characterWidth = 64
    var pairWidth = 64
    var stateWidth = 128
    var width = 160
    var dropout = 0.4
  }

  /// A batch of titles, end to end.
  struct Input {
    /// Numbers of characters and of pairs (this and the next one), one a row.
    var characters: [Int] = [], pairs: [Int] = []
    /// `[rows · states]`
    var states: [Float] = []
    var starts: [Int32] = [0]
  }

  private let sizes: Sizes
  private let characters: Embedding
  private let pairs: Embedding
  private let narrowing: Linear?
  private let recurrent: Recurrent
  private let scores: Linear
  let field: ConditionalField

  init(_ sizes: Sizes, _ scheme: TagScheme, using generator: Generator) throws(NeuralError) {
    self.sizes = sizes
    characters = try Embedding(
      rows: sizes.characters, features: sizes.characterWidth, using: generator)
    pairs = try Embedding(rows: sizes.pairs, features: sizes.pairWidth, using: generator)
    narrowing =
      sizes.states > 0
      ? try Linear(sizes.states, sizes.stateWidth, using: generator) : nil
    let inputs =
      sizes.characterWidth + sizes.pairWidth + (sizes.states > 0 ? sizes.stateWidth : 0)
    recurrent = try Recurrent(
      .lstm, inputs: inputs, width: sizes.width, isBidirectional: true, using: generator)
    scores = try Linear(2 * sizes.width, scheme.count, using: generator)
    field = try ConditionalField(scheme)
  }

  func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(characters, "characters")
    visitor.visit(pairs, "pairs")
    if let narrowing { visitor.visit(narrowing, "narrowing") }
    visitor.visit(recurrent, "recurrent")
    visitor.visit(scores, "scores")
    visitor.visit(field, "field")
  }

  /// `[rows, tags]`
  func callAsFunction(_ input: Input, _ pass: Pass) throws(NeuralError) -> Tensor {
    var parts = [
      try characters(Tensor(input.characters)), try pairs(Tensor(input.pairs)),
    ]
    if let narrowing {
      let states = try Tensor(input.states, shape: [input.characters.count, sizes.states])
      parts.append(try narrowing(pass.dropout(states, sizes.dropout / 2)).tanh())
    }
    let x = try pass.dropout(Tensor.concatenated(parts, dimension: 1), sizes.dropout)
    let y = try recurrent(x, PackedSequences(starts: input.starts))
    return try scores(pass.dropout(y, sizes.dropout)).to(.float32)
  }
}

/// Numbers for characters and pairs of neighbours that stood in the training titles often enough; 0 for
/// the others.
struct CharacterVocabulary: Codable, Sendable {
  private let characters: [String: Int]
  private let pairs: [String: Int]

  init(_ titles: [[Unicode.Scalar]]) {
    var singles: [String: Int] = [:]
    var doubles: [String: Int] = [:]
    for title in titles {
      let pieces = Self.folded(title)
      for (place, piece) in pieces.enumerated() {
        singles[piece, default: 0] += 1
        doubles[piece + (place + 1 < pieces.count ? pieces[place + 1] : ""), default: 0] += 1
      }
    }
    func numbered(_ counts: [String: Int]) -> [String: Int] {
      let kept = counts.filter { $0.value > 1 }.keys.sorted()
      return Dictionary(uniqueKeysWithValues: zip(kept, 1...))
    }
    characters = numbered(singles)
    pairs = numbered(doubles)
  }

  var sizes: (characters: Int, pairs: Int) { (characters.count + 1, pairs.count + 1) }

  /// Letters in lower case, digits as one: which one it is says nothing of its kind.
  private static func folded(_ title: [Unicode.Scalar]) -> [String] {
    title.map { scalar in
      scalar.properties.numericType == .decimal ? "0" : scalar.properties.lowercaseMapping
    }
  }

  func add(_ title: [Unicode.Scalar], to input: inout TaggerNetwork.Input) {
    let pieces = Self.folded(title)
    for (place, piece) in pieces.enumerated() {
      input.characters.append(characters[piece] ?? 0)
      let pair = piece + (place + 1 < pieces.count ? pieces[place + 1] : "")
      input.pairs.append(pairs[pair] ?? 0)
    }
    input.starts.append(Int32(input.characters.count))
  }
}
