import Foundation
import Testing

@Suite struct PlanCommandTests {
  @Test func bothWaysAreForetold() throws {
    let run = try AkinProcess.run(
      "plan", "--products", "50000", "--dimension", "64", "--memory", "1G", "--json")
    #expect(run.status == 0, "\(run.messages)")
    let ways = try #require(try run.json()["ways"] as? [[String: Any]])
    #expect(ways.compactMap { $0["name"] as? String } == ["index", "graph"])
    for way in ways {
      #expect(try #require(way["seconds"] as? Double) > 0)
      #expect(try #require(way["memoryBytes"] as? Int) <= 1 << 30)
      #expect(try #require(way["diskBytes"] as? Int) > 0)
    }
  }

  @Test func halfPrecisionTakesLessOfTheDisk() throws {
    func bytes(_ precision: String) throws -> Int {
      let run = try AkinProcess.run(
        "plan", "--products", "50000", "--dimension", "384", "--precision", precision, "--json")
      let ways = try #require(try run.json()["ways"] as? [[String: Any]])
      return try #require(ways.first?["diskBytes"] as? Int)
    }
    #expect(try bytes("fp32") - bytes("bf16") > 50_000 * 384 * 2 * 99 / 100)
  }

  @Test func whatDoesNotFitIsSaid() throws {
    let run = try AkinProcess.run("plan", "--products", "50000", "--memory", "40M")
    #expect(run.status == 64)
    #expect(run.messages.contains("index:") && run.messages.contains("graph:"))
  }

  @Test(arguments: [["--products", "0"], ["--products", "10", "--dimension", "0"], []])
  func wrongArgumentsAreNamed(arguments: [String]) throws {
    let run = try AkinProcess.run(["plan"] + arguments)
    #expect(run.status == 64)
    #expect(run.messages.contains("products") || run.messages.contains("dimension"))
  }
}
