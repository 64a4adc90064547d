import AkinNeural
public import Foundation

/// A folder: `config.json`, `words.txt` (a word a line), `model.safetensors`, `training.json`.
extension CompactEncoder {
  private static let settingsName = "config.json"
  private static let wordsName = "words.txt"
  private static let weightsName = "model.safetensors"
  private static let cardName = "training.json"

  /// The files that make up a model.
  static let fileNames = [settingsName, wordsName, weightsName, cardName]

  /// Whether a folder says that it holds such an encoder.
  static func isFolder(_ folder: URL) -> Bool {
    struct Kind: Decodable {
      // swift-format-ignore: AlwaysUseLowerCamelCase
      var model_type: String?
    }
    let file = folder.appendingPathComponent(settingsName)
    // Whatever cannot be read is left to the reader of transformers, whose errors say why.
    let kind = try? JSONFile.decode(Kind.self, at: file)
    return kind?.model_type == CompactConfiguration.modelType
  }

  /// Reads the settings in `folder`, not the weights.
  ///
  /// - Throws: ``EncoderError`` that names the file and the field.
  static func settings(in folder: URL) throws(EncoderError) -> CompactConfiguration {
    let file = folder.appendingPathComponent(settingsName)
    let configuration = try JSONFile.decode(CompactConfiguration.self, at: file)
    if let fault = configuration.fault {
      throw EncoderError(.unsupportedSetting, fault.message, path: file.path, field: fault.field)
    }
    return configuration
  }

  /// Writes the encoder into a folder, which is made if it is not there; `config.json` comes last.
  ///
  /// - Throws: ``EncoderError`` `.writeFailed`.
  public func save(to folder: URL) throws(EncoderError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let tensors = Dictionary(
        uniqueKeysWithValues: network.parameters.map { ($0.name, $0.tensor) })
      try SafetensorsFile.write(
        tensors, to: folder.appendingPathComponent(Self.weightsName).path)
      let words = vocabulary.words.map { $0 + "\n" }.joined()
      try Data(words.utf8).write(
        to: folder.appendingPathComponent(Self.wordsName), options: .atomic)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
      if let card {
        try encoder.encode(card).write(
          to: folder.appendingPathComponent(Self.cardName), options: .atomic)
      }
      try encoder.encode(configuration).write(
        to: folder.appendingPathComponent(Self.settingsName), options: .atomic)
    } catch {
      throw EncoderError(
        .writeFailed, "The encoder cannot be written: is there room on the disk?",
        path: folder.path)
    }
  }

  /// Reads the encoder that ``save(to:)`` wrote.
  ///
  /// - Throws: ``EncoderError`` that names the file and the field or tensor.
  public convenience init(directory folder: URL) throws(EncoderError) {
    let configuration = try Self.settings(in: folder)
    let words = try Self.words(in: folder, count: configuration.vocabulary)
    let cardFile = folder.appendingPathComponent(Self.cardName)
    let card = FileAccess.isFile(cardFile) ? try JSONFile.decode(Card.self, at: cardFile) : nil
    let weights = folder.appendingPathComponent(Self.weightsName)
    guard FileAccess.isFile(weights) else {
      throw EncoderError(.missingFile, "The weights file is missing.", path: weights.path)
    }
    let network: CompactNetwork
    do {
      let file = try SafetensorsFile(path: weights.path)
      network = try CompactNetwork(configuration, using: Generator(seed: 0))
      for parameter in network.parameters {
        guard let entry = file.entries.first(where: { $0.name == parameter.name }) else {
          throw EncoderError(
            .missingTensor, "The tensor is not in the file.", path: weights.path,
            field: parameter.name)
        }
        let tensor = try file.tensor(entry.name)
        guard tensor.shape == parameter.tensor.shape, tensor.dtype == .float32 else {
          throw EncoderError(
            .shapeMismatch,
            "The tensor is \(tensor.shape), the settings say \(parameter.tensor.shape).",
            path: weights.path, field: parameter.name)
        }
        try withoutGradient { () throws(NeuralError) in
          try parameter.tensor.overwrite(with: tensor)
        }
      }
    } catch let error as EncoderError {
      throw error
    } catch {
      throw EncoderError(.malformedFile, "\(error)", path: weights.path)
    }
    self.init(
      configuration, CompactVocabulary(words: words, pieceCount: configuration.pieces), network,
      card: card)
  }

  private static func words(in folder: URL, count: Int) throws(EncoderError) -> [String] {
    let file = folder.appendingPathComponent(wordsName)
    guard let text = String(validating: try FileAccess.map(file), as: UTF8.self) else {
      throw EncoderError(.malformedFile, "The file is no valid UTF-8.", path: file.path)
    }
    let words = text.split(separator: "\n").map(String.init)
    guard words.count == count, Set(words).count == count else {
      throw EncoderError(
        .malformedFile, "There must be \(count) different words, one a line.", path: file.path,
        field: "vocabulary")
    }
    return words
  }
}
