import AkinNeural

/// A file of named weights, whatever its format.
///
/// Both methods throw ``EncoderError``: `.missingTensor`, or `.shapeMismatch` with the tensor's
/// name, the expected and the found shape.
protocol WeightSource {
  /// Names by which this file calls the parts of an encoder.
  var names: TransformerNames { get }
  /// A matrix as it lies in the file.
  func table(_ name: String, rows: Int, width: Int) throws(EncoderError) -> RowTable
  /// A vector, as float32.
  func vector(_ name: String, count: Int) throws(EncoderError) -> [Float]
}

/// What a weights file calls the parts of a BERT-family encoder.
struct TransformerNames {
  var words: String
  var positions: String
  /// Nil where the family has no token types.
  var tokenTypes: String?
  var embeddingNorm: String
  var blocks: [Block]
  var weight = ".weight"
  var bias = ".bias"

  struct Block {
    var query, key, value, attentionOutput, attentionNorm: String
    var expansion, contraction, outputNorm: String

    /// What are one layer in the end: their outputs side by side.
    var attentionInputs: [String] { [query, key, value] }
  }

  /// The names in a Hugging Face file, without a prefix such as `bert.`.
  init(_ configuration: TransformerConfiguration) {
    words = "embeddings.word_embeddings.weight"
    positions = "embeddings.position_embeddings.weight"
    tokenTypes = configuration.tokenTypes > 0 ? "embeddings.token_type_embeddings.weight" : nil
    embeddingNorm = "embeddings.LayerNorm"
    blocks = (0..<configuration.layers).map { layer in
      if configuration.family == .distilbert {
        let block = "transformer.layer.\(layer)."
        return Block(
          query: block + "attention.q_lin", key: block + "attention.k_lin",
          value: block + "attention.v_lin", attentionOutput: block + "attention.out_lin",
          attentionNorm: block + "sa_layer_norm", expansion: block + "ffn.lin1",
          contraction: block + "ffn.lin2", outputNorm: block + "output_layer_norm")
      }
      let block = "encoder.layer.\(layer)."
      return Block(
        query: block + "attention.self.query", key: block + "attention.self.key",
        value: block + "attention.self.value",
        attentionOutput: block + "attention.output.dense",
        attentionNorm: block + "attention.output.LayerNorm",
        expansion: block + "intermediate.dense", contraction: block + "output.dense",
        outputNorm: block + "output.LayerNorm")
    }
  }

  /// The names in a packed file of `layers` blocks (see ``PackedModelFile``).
  init(packedLayers layers: Int) {
    words = "emb.word"
    positions = "emb.pos"
    tokenTypes = "emb.type"
    embeddingNorm = "emb.ln"
    weight = ".w"
    bias = ".b"
    blocks = (0..<layers).map { layer in
      let block = "l\(layer)."
      return Block(
        query: block + "q", key: block + "k", value: block + "v", attentionOutput: block + "ao",
        attentionNorm: block + "aln", expansion: block + "fi", contraction: block + "fo",
        outputNorm: block + "oln")
    }
  }
}
