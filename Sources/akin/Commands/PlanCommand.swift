import AkinEngine
import ArgumentParser
import Foundation

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Foretell time, memory, disk and recall of an index and a graph on this machine.",
    discussion: """
      Works for a second or two to learn how fast the machine is; nothing is kept. `akin index add`
      and `akin graph` take the same --memory.

      Example:
        akin plan --products 1000000 --dimension 384 --memory 512M
      """)

  @Option(help: "How many vectors there will be.")
  var products: Int

  @Option(help: "Components of a vector; `akin model inspect` names a model's.")
  var dimension = 384

  @Option(name: .customLong("k"), help: "Neighbours of each product in the graph.")
  var count = 100

  @Option(help: "Memory to stay within, such as 512M or 2G.")
  var memory: MemorySize?

  @Option(help: "fp32 or bf16: what the index keeps vectors in.")
  var precision = RowPrecision.fp32

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...1_000_000_000).contains(products) else {
      throw ValidationError("--products takes a number from 1 to a billion, not \(products).")
    }
    guard (1...16_384).contains(dimension) else {
      throw ValidationError("--dimension takes a number from 1 to 16384, not \(dimension).")
    }
    guard (1...8_192).contains(count) else {
      throw ValidationError("--k takes a number from 1 to 8192, not \(count).")
    }
  }

  func run() throws {
    let plan = try PlanResources().run(
      products: products, dimension: dimension,
      precision: precision.value, k: count, memory: memory?.bytes)
    if json {
      try Terminal.printJSON(plan)
    } else {
      let limit = memory.map { " within \(Self.size($0.bytes))" } ?? ""
      Terminal.print(
        "\(products.formatted()) vectors of \(dimension) components\(limit), kernel \(plan.kernel)")
      for way in plan.ways { Terminal.print("\n" + Self.lines(way)) }
    }
    for reason in plan.missing { Terminal.warn("akin: \(reason)") }
    if plan.ways.isEmpty { throw ExitCode(ExitStatus.usage) }
  }

  private static func lines(_ way: PlanResources.Plan.Way) -> String {
    var rows = [
      ("layout", way.layout), ("time to build", time(way.seconds)),
      ("memory to build", size(way.memoryBytes)), ("on disk", size(way.diskBytes)),
    ]
    if way.servingBytes > 0 { rows.append(("read by searches", size(way.servingBytes))) }
    rows.append(
      ("recall", way.recall == 1 ? "1, exact" : "\(way.recall) on average, or as a search asks"))
    return "akin \(way.name)\n"
      + rows.map { "  " + $0.0.padding(toLength: 18, withPad: " ", startingAt: 0) + $0.1 }
      .joined(separator: "\n")
  }

  private static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<10: String(format: "%.1f s", seconds)
    case ..<120: String(format: "%.0f s", seconds)
    case ..<7_200: String(format: "%.0f min", seconds / 60)
    default: String(format: "%.1f h", seconds / 3_600)
    }
  }

  private static func size(_ bytes: Int) -> String {
    bytes < 10 << 30
      ? "\((bytes + (1 << 19)) >> 20) MiB"
      : String(format: "%.1f GiB", Double(bytes) / 1_073_741_824)
  }
}
