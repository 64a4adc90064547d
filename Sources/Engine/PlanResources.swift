public import AkinSimilarity
internal import Foundation

/// The use case "will it fit, and how long will it take?": what a live index and an exact graph of
/// so many vectors need on this machine, before anything is built.
public struct PlanResources {
  /// The answer.
  public struct Plan: Sendable, Equatable, Codable {
    /// One way to answer "what is near?".
    public struct Way: Sendable, Equatable, Codable {
      /// The command: `index` or `graph`.
      public var name: String
      /// How the work is cut, in words.
      public var layout: String
      /// Seconds to build.
      public var seconds: Double
      /// Bytes of memory while it is built.
      public var memoryBytes: Int
      /// Bytes on disk at the end.
      public var diskBytes: Int
      /// Bytes of files that answers read all the time; 0 where answers are stored.
      public var servingBytes: Int
      /// The share of the true nearest that is found.
      public var recall: Double
    }

    /// What was asked.
    public var products: Int
    /// Components of a vector.
    public var dimension: Int
    /// The limit, where one was given.
    public var memoryLimit: Int?
    /// The instruction set that was measured.
    public var kernel: String
    /// The ways that fit.
    public var ways: [Way]
    /// Why a way is missing.
    public var missing: [String]
  }

  /// Creates the use case.
  public init() {}

  /// Measures this machine for a second or two and plans.
  ///
  /// - Parameters:
  ///   - precision: what the index keeps vectors in.
  ///   - k: neighbours of each product in the graph.
  ///   - memory: bytes to stay within; for the graph half of the machine's where `nil`.
  /// - Throws: `IndexStoreError` where no temporary file can be written; `SimilarityError`.
  public func run(
    products: Int, dimension: Int, precision: IndexPrecision = .float32, k: Int, memory: Int?
  ) throws -> Plan {
    let speed = try MachineSpeed.measure(dimension: dimension)
    var plan = Plan(
      products: products, dimension: dimension, memoryLimit: memory,
      kernel: "\(try Kernel.preferred())", ways: [], missing: [])
    do throws(GraphError) {
      let index = try IndexPlan(
        items: products, dimension: dimension, precision: precision, memory: memory, speed: speed)
      let count = index.segments.count
      plan.ways.append(
        Plan.Way(
          name: "index",
          layout: "\(count.formatted()) \(count == 1 ? "segment" : "segments"), the largest of "
            + "\((index.segments.max() ?? 0).formatted()) rows",
          seconds: index.seconds, memoryBytes: index.buildBytes, diskBytes: index.diskBytes,
          servingBytes: index.searchedBytes, recall: IndexSnapshot.usualRecall))
    } catch {
      plan.missing.append("index: \(error)")
    }
    do {
      let graph = try SimilarityGraph(k: k, memory: memory)
      let layout = try graph.layout(count: products, dimension: dimension)
      plan.ways.append(
        Plan.Way(
          name: "graph",
          layout: "k = \(k), rows in \(layout.blocks.formatted()) "
            + (layout.blocks == 1 ? "block" : "blocks")
            + (layout.isBounded ? ", vectors read by windows" : ", vectors resident"),
          seconds: speed.seconds(ofGraph: layout),
          memoryBytes: layout.predictedMemory, diskBytes: products * k * 8, servingBytes: 0,
          recall: 1))
    } catch let error as GraphError {
      plan.missing.append("graph: \(error)")
    }
    return plan
  }
}
