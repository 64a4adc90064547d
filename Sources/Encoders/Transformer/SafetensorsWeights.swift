import AkinNeural
import Foundation

/// The weights of a Hugging Face directory.
///
/// Names may carry one prefix, such as `bert.` or `roberta.encoder.`, which is found by looking
/// for the word table. Layer normalisations may use the older names `gamma` and `beta`.
struct SafetensorsWeights: WeightSource {
  let names: TransformerNames
  private let file: SafetensorsFile
  private let prefix: String

  init(_ url: URL, _ configuration: TransformerConfiguration) throws(EncoderError) {
    do {
      file = try SafetensorsFile(path: url.path)
    } catch {
      throw EncoderError(.malformedFile, "\(error)", path: url.path)
    }
    names = TransformerNames(configuration)
    let words = names.words
    let found = file.entries.first { $0.name == words || $0.name.hasSuffix("." + words) }
    prefix = found.map { String($0.name.dropLast(words.count)) } ?? ""
  }

  func table(_ name: String, rows: Int, width: Int) throws(EncoderError) -> RowTable {
    let tensor = try tensor(name, shape: [rows, width])
    let format: RowTable.Format =
      switch tensor.dtype {
      case .float16: .float16
      case .bfloat16: .bfloat16
      default: .float32
      }
    do {
      // The tensor is contiguous and on the CPU, so the bytes are its own and stay while it lives.
      let bytes = try tensor.withUnsafeBytes { $0 }
      return RowTable(bytes: bytes, ownedBy: tensor, rows: rows, width: width, format: format)
    } catch {
      throw EncoderError(.computation, "\(error)", path: file.path, field: prefix + name)
    }
  }

  func vector(_ name: String, count: Int) throws(EncoderError) -> [Float] {
    let tensor = try tensor(name, shape: [count])
    return try computing { () throws(NeuralError) in try tensor.floats() }
  }

  private func tensor(_ name: String, shape: [Int]) throws(EncoderError) -> Tensor {
    let older = name.replacingOccurrences(of: "LayerNorm.weight", with: "LayerNorm.gamma")
      .replacingOccurrences(of: "LayerNorm.bias", with: "LayerNorm.beta")
    guard let entry = file.entry(prefix + name) ?? file.entry(prefix + older) else {
      throw EncoderError(
        .missingTensor, "The weights file does not hold this tensor.", path: file.path,
        field: prefix + name)
    }
    guard entry.shape == shape else {
      throw EncoderError(
        .shapeMismatch, "Shape \(shape) expected by config.json, \(entry.shape) found.",
        path: file.path, field: entry.name)
    }
    guard [.float32, .float16, .bfloat16].contains(entry.dtype) else {
      throw EncoderError(
        .unsupportedSetting, "Weights of type \(entry.dtype) are not read.", path: file.path,
        field: entry.name)
    }
    do {
      return try file.tensor(entry.name)
    } catch {
      throw EncoderError(.computation, "\(error)", path: file.path, field: entry.name)
    }
  }
}
