import AkinEncoders
import AkinEngine
import ArgumentParser
import Foundation

struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Turn texts into vectors.",
    discussion: """
      One text a line in, a NumPy file of float32 (n, d) with rows of unit length out. E5 models
      read texts as passages unless --query says that they are what shoppers type.

      Example:
        akin encode --model minilm-l6 --input titles.txt --output vectors.npy
      """)

  @Option(help: "A name of `akin model list`, or a Hugging Face directory (with a slash).")
  var model = BuildOptions.defaultModel

  @Option(help: "A UTF-8 text file, one text a line.")
  var input: String

  @Option(help: "The .npy file to write.")
  var output: String

  @Flag(help: "The texts are queries, not passages.")
  var query = false

  @Option(help: "fp32, bf16 or int8; the fastest one on this processor where left out.")
  var precision: String?

  func validate() throws {
    if let precision, NumericPrecision(rawValue: precision) == nil {
      throw ValidationError("--precision takes fp32, bf16 or int8, not '\(precision)'.")
    }
  }

  func run() throws {
    let precision = precision.flatMap(NumericPrecision.init(rawValue:)) ?? .fastest
    let encoder = try ModelStore().encoder(named: model, precision: precision)
    try EncodeTexts(encoder: encoder, progress: TerminalProgress()).run(
      input: URL(filePath: input), output: URL(filePath: output), as: query ? .query : .passage)
  }
}
