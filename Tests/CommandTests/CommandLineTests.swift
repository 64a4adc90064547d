import Foundation
import Testing

@Suite struct CommandLineTests {
  @Test(arguments: [
    "build", "similar", "search", "suggest", "search-train", "encode", "graph", "index", "report",
    "model", "doctor", "serve", "up", "key", "store", "backup", "restore",
  ])
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

  @Test func theInputIsNeverOverwritten() throws {
    let folder = try TemporaryFolder()
    let input = try folder.write("red coat\n", to: "texts.txt")
    #expect(try AkinProcess.run("encode", "--input", input, "--output", input).status == 64)
    #expect(try String(contentsOfFile: input, encoding: .utf8) == "red coat\n")
    let graph = try AkinProcess.run("graph", "--vectors", input, "--k", "1", "--output", input)
    #expect(graph.status == 64)
  }

  @Test func resultsThatCannotBeWritten() throws {
    let process = AkinProcess.process(["doctor"])
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 73)
  }

  @Test func graphOfEncodedTexts() throws {
    let folder = try TemporaryFolder()
    let input = try folder.write("red coat\nphone case\nblue coat\n", to: "texts.txt")
    let vectors = folder.path("vectors.npy")
    #expect(try AkinProcess.run("encode", "--input", input, "--output", vectors).status == 0)
    let ids = folder.path("ids.npy")
    let graph = try AkinProcess.run("graph", "--vectors", vectors, "--k", "1", "--output", ids)
    #expect(graph.status == 0, "\(graph.messages)")
    let bytes = try Data(contentsOf: URL(filePath: ids)).suffix(12)
    let nearest = bytes.withUnsafeBytes { bytes in
      (0..<3).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
    }
    #expect(nearest[0] == 2 && nearest[2] == 0)
  }

  @Test(arguments: [("AKIN_KERNEL", "abacus")])
  func unknownKernel(name: String, value: String) throws {
    let folder = try TemporaryFolder()
    let products = try folder.write("id,title\n1,coat\n2,hat\n", to: "products.csv")
    let build = AkinProcess.process(
      ["build", "--products", products, "--shop", folder.path("shop")])
    build.environment = ProcessInfo.processInfo.environment.merging([name: value]) { $1 }
    build.standardError = FileHandle.nullDevice
    try build.run()
    build.waitUntilExit()
    #expect(build.terminationStatus == 64)
  }
}
