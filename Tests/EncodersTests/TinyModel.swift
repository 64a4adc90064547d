import AkinNeural
import Foundation

/// The tiny models of `Fixtures/tiny.json`, whose weights follow a formula that the recording
/// script shares: no weights in the repository.
struct TinyModels: Decodable {
  var ids: [[Int32]]
  var models: [String: Model]

  struct Model: Decodable {
    var config: [String: Setting]
    var shapes: [String: [Int]]
    var mean, first, maximum: [[Float]]
  }

  enum Setting: Codable {
    case number(Double)
    case text(String)
    case list([String])

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let number = try? value.decode(Double.self) {
        self = .number(number)
      } else if let text = try? value.decode(String.self) {
        self = .text(text)
      } else {
        self = .list(try value.decode([String].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number):
        if number == number.rounded() {
          try container.encode(Int(number))
        } else {
          try container.encode(number)
        }
      case .text(let text): try container.encode(text)
      case .list(let list): try container.encode(list)
      }
    }
  }

  /// Weights from a hash of the tensor's name and the element's position, as in `record.py`.
  static func formula(_ name: String, _ shape: [Int]) -> [Float] {
    let seed = name.utf8.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) }
    let isScale = name.hasSuffix("LayerNorm.weight") || name.hasSuffix("layer_norm.weight")
    return (0..<shape.reduce(1, *)).map { index in
      var mixed = UInt32(truncatingIfNeeded: index) &* 2_654_435_761 &+ seed
      mixed = (mixed ^ (mixed >> 15)) &* 2_246_822_519
      mixed ^= mixed >> 13
      let value = Float(Double(mixed) / 4_294_967_296 - 0.5)
      return isScale ? value * 0.5 + 1 : value
    }
  }
}

/// Writes a tiny model as a Hugging Face directory. The vocabulary is one word a token: `w5` is
/// token 5, so tests choose ids by text.
func writeTinyModel(
  _ model: TinyModels.Model, to folder: URL, prefix: String = "", pooling: String = "mean_tokens",
  normalises: Bool = false, leavingOut: String? = nil, reshaping: String? = nil
) throws {
  var tensors: [String: Tensor] = [:]
  for (name, shape) in model.shapes where name != leavingOut {
    let values = TinyModels.formula(name, shape)
    let tensor = try Tensor(values, shape: name == reshaping ? [values.count, 1] : shape)
    tensors[prefix + name] = tensor
  }
  try SafetensorsFile.write(
    tensors, to: folder.appendingPathComponent("model.safetensors").path)
  try JSONEncoder().encode(model.config).write(to: folder.appendingPathComponent("config.json"))
  let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + (5..<40).map { "w\($0)" }
  try Data((words.joined(separator: "\n") + "\n").utf8)
    .write(to: folder.appendingPathComponent("vocab.txt"))
  let modules = ["Transformer", "Pooling"] + (normalises ? ["Normalize"] : [])
  try writeJSON(
    modules.map {
      ["type": "sentence_transformers.models.\($0)", "path": $0 == "Pooling" ? "1_Pooling" : ""]
    },
    to: folder.appendingPathComponent("modules.json"))
  let poolingFolder = folder.appendingPathComponent("1_Pooling")
  try FileManager.default.createDirectory(at: poolingFolder, withIntermediateDirectories: true)
  try writeJSON(
    ["pooling_mode_\(pooling)": true], to: poolingFolder.appendingPathComponent("config.json"))
}

func writeJSON(_ value: some Encodable, to url: URL) throws {
  try JSONEncoder().encode(value).write(to: url)
}
