import Foundation
import Testing

@Suite struct CommandLineTests {
  @Test(arguments: ["build", "similar", "encode", "report", "model", "doctor"])
  func everyCommandExplainsItself(command: String) throws {
    let help = try AkinProcess.run(command, "--help")
    #expect(help.status == 0)
    #expect(help.text.contains("akin \(command)"))
    #expect(help.text.contains("Example"))
  }

  @Test func wrongArguments() throws {
    #expect(try AkinProcess.run("similar", "--shop", "x").status == 64)
    #expect(try AkinProcess.run("similar", "--shop", "x", "1", "--k", "0").status == 64)
    #expect(try AkinProcess.run("nonsense").status == 64)
  }

  @Test func noShop() throws {
    let folder = try TemporaryFolder()
    let answer = try AkinProcess.run("similar", "--shop", folder.path("none"), "1")
    #expect(answer.status == 65)
    #expect(answer.messages.contains("akin build"))
  }

  @Test func doctorNamesWhatWillBeUsed() throws {
    let answer = try AkinProcess.run("doctor", "--json")
    #expect(answer.status == 0, "\(answer.text)")
    #expect(answer.text.contains("libtorch") && answer.text.contains("multilingual-e5-small"))
  }

  @Test(arguments: ["multilingual-e5-small", "minilm-l6"])
  func encodesLines(model: String) throws {
    let folder = try TemporaryFolder()
    let input = try folder.write("iPhone 12 手机壳\n\nred coat\n", to: "texts.txt")
    let output = folder.path("vectors.npy")
    let answer = try AkinProcess.run(
      "encode", "--model", model, "--input", input, "--output", output)
    #expect(answer.status == 0, "\(answer.messages)")
    let file = try Data(contentsOf: URL(filePath: output))
    #expect(file.prefix(6) == Data([0x93]) + Data("NUMPY".utf8))
    let header = String(decoding: file.dropFirst(10).prefix(118), as: UTF8.self)
    #expect(header.contains("'<f4'") && header.contains("(3, 384)"))
    let values = file.suffix(3 * 384 * 4).withUnsafeBytes { bytes in
      (0..<3 * 384).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    for row in 0..<3 {
      let length = values[row * 384..<(row + 1) * 384].reduce(0) { $0 + $1 * $1 }
      #expect(abs(length - 1) < 1e-3)
    }
  }

  @Test func unknownModel() throws {
    let folder = try TemporaryFolder()
    let input = try folder.write("a\n", to: "texts.txt")
    let answer = try AkinProcess.run(
      "encode", "--model", "no-such-model", "--input", input, "--output", folder.path("v.npy"))
    #expect(answer.status == 69)
    #expect(answer.messages.contains("akin model list"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("v.npy")))
  }
}
