import AkinEngine
import AkinSimilarity
import ArgumentParser
import Foundation

struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Keep vectors on disk and search them while they change.",
    discussion: """
      What `add` and `delete` have reported is on disk, whatever happens to the machine. One process
      at a time writes; searching, verifying and the figures need no turn.

      Example:
        akin index create my-index --dimension 384
        akin index add my-index --vectors vectors.npy --ids ids.txt --attributes facts.jsonl
        akin index search my-index --vectors queries.npy --k 10 --filter "price=10..50"
      """,
    subcommands: [
      IndexCreateCommand.self, IndexAddCommand.self, IndexDeleteCommand.self,
      IndexSearchCommand.self, IndexCompactCommand.self, IndexVerifyCommand.self,
      IndexSnapshotCommand.self, IndexRestoreCommand.self, IndexStatsCommand.self,
    ])
}

/// The folder of an index.
struct IndexFolderOption: ParsableArguments {
  @Argument(help: ArgumentHelp("The folder of the index.", valueName: "dir"))
  var directory: String

  var url: URL { URL(filePath: directory, directoryHint: .isDirectory) }

  func open(
    for access: DurableIndex.Access, policy: MaintenancePolicy = MaintenancePolicy()
  ) throws -> DurableIndex {
    let index = try DurableIndex.open(url, for: access, policy: policy)
    if index.tornBytes > 0, access == .writing {
      Terminal.warn(
        "A crash had left \(ByteCount.text(index.tornBytes)) of a change that was not finished;"
          + " they were cut off.")
    }
    return index
  }
}

struct IndexCreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make an empty index in a new folder.",
    discussion: "Example: akin index create my-index --dimension 384")

  @OptionGroup var folder: IndexFolderOption

  @Option(help: "Components of a vector.")
  var dimension: Int

  @Option(help: "cosine, or dot for inner products.")
  var measure = "cosine"

  @Option(help: "fp32, or bf16 for vectors of half the size: scores are off by about 0.0003.")
  var precision = RowPrecision.fp32

  func validate() throws {
    guard (1...IndexLimits.dimension).contains(dimension) else {
      throw ValidationError(
        "--dimension takes a number from 1 to \(IndexLimits.dimension), not \(dimension).")
    }
    guard ["cosine", "dot"].contains(measure) else {
      throw ValidationError("--measure takes cosine or dot, not '\(measure)'.")
    }
  }

  func run() throws {
    let index = try DurableIndex.create(
      at: folder.url, dimension: dimension, measure: measure == "dot" ? .innerProduct : .cosine,
      precision: precision.value)
    try index.close()
    Terminal.warn(
      "Created \(folder.directory). Next: akin index add \(folder.directory) --vectors FILE.npy")
  }
}

struct IndexAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Put vectors into an index, replacing those of one identifier.",
    discussion: """
      A NumPy file of float32 (n, d). Identifiers are the lines of --ids, else the row numbers.
      Attributes are JSON objects, one a line: texts, numbers, true and false, lists of strings.
      What is added when it is stopped stays; adding the file again completes it.

      Example:
        akin index add my-index --vectors vectors.npy --ids ids.txt --attributes facts.jsonl
      """)

  @OptionGroup var folder: IndexFolderOption

  @Option(help: "The .npy file of vectors.")
  var vectors: String

  @Option(help: "A text file of identifiers, one a line.")
  var ids: String?

  @Option(help: "A file of JSON objects, one a line.")
  var attributes: String?

  @Option(
    help: "Memory to stay within, such as 512M; segments stay smaller. `akin plan` foretells it.")
  var memory: MemorySize?

  func run() throws {
    let policy = try AddVectors.policy(
      for: URL(filePath: vectors), to: folder.url, memory: memory?.bytes)
    let index = try folder.open(for: .writing, policy: policy)
    let result = Result {
      try AddVectors(progress: TerminalProgress()).run(
        vectors: URL(filePath: vectors), ids: ids.map { URL(filePath: $0) },
        attributes: attributes.map { URL(filePath: $0) }, to: index)
    }
    try index.close()
    _ = try result.get()
  }
}

struct IndexDeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Take items out of an index.",
    discussion: "Example: akin index delete my-index 101 102")

  @OptionGroup var folder: IndexFolderOption

  @Argument(help: ArgumentHelp("The identifiers.", valueName: "id"))
  var ids: [String]

  func run() throws {
    let index = try folder.open(for: .writing)
    let snapshot = index.snapshot
    let missing = Set(ids).filter { snapshot.item($0) == nil }.count
    let result = Result { try index.apply(ids.map { .delete($0) }) }
    try index.close()
    try result.get()
    Terminal.warn(
      "Deleted \(Set(ids).count - missing) items"
        + (missing > 0 ? ", \(missing) were not there" : "")
    )
  }
}

struct IndexSearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Find the items nearest to vectors.",
    discussion: """
      A NumPy file of float32 (n, d) or (d) in; a line of query, rank, identifier and score out for
      each item, best first, separated by tabs. Exactly k, or the reason why there are fewer.

      Example:
        akin index search my-index --vectors queries.npy --k 10 --filter "brand=Sony|索尼" \\
          --filter price=10..50 --filter inStock=true --filter "id!=101"
      """)

  @OptionGroup var folder: IndexFolderOption

  @Option(help: "The .npy file of queries.")
  var vectors: String

  @Option(name: .customLong("k"), help: "Items of each query.")
  var count = 10

  @Option(
    name: .customLong("filter"),
    help: ArgumentHelp(
      "A condition: brand=A|B, price=10..50, inStock=true, id!=101. May be repeated.",
      valueName: "field=value"))
  var filters: [String] = []

  @Option(help: "The share of the nearest items to find on average, up to 1.")
  var recall = IndexSnapshot.usualRecall

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...100_000).contains(count) else {
      throw ValidationError("--k takes a number from 1 to 100000, not \(count).")
    }
    guard recall > 0, recall <= 1 else {
      throw ValidationError("--recall takes a share up to 1, not \(recall).")
    }
  }

  func run() throws {
    var search = SearchVectors(k: count, filter: try IndexFilter.parse(filters))
    search.recall = recall
    let index = try folder.open(for: .reading)
    let answers = try search.run(queries: URL(filePath: vectors), in: index)
    if json { return try Terminal.printJSON(answers) }
    for answer in answers {
      for (rank, match) in answer.matches.enumerated() {
        Terminal.print("\(answer.query)\t\(rank + 1)\t\(match.id)\t\(match.score)")
      }
      if let shortfall = answer.shortfall {
        Terminal.warn("Query \(answer.query): \(answer.matches.count) of \(count): \(shortfall).")
      }
    }
  }
}
