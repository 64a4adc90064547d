// swift-tools-version: 6.2
import PackageDescription

// What set-up unpacked: the native libraries that Swift packages cannot carry.
let dependencies = Context.packageDirectory + "/.deps"

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

/// A C++ target behind an `extern "C"` header, over libraries that set-up unpacked.
func shim(
  _ name: String, includes: [String], libraryFolder: String, libraries: [String]
) -> Target {
  .target(
    name: name,
    cxxSettings: [
      .unsafeFlags(includes.flatMap { ["-isystem", "\(dependencies)/\($0)"] } + ["-O2"])
    ],
    linkerSettings: [
      .unsafeFlags(
        ["-L\(dependencies)/\(libraryFolder)"]
          + ["-Xlinker", "-rpath", "-Xlinker", "\(dependencies)/\(libraryFolder)"]
          + libraries.map { "-l\($0)" })
    ])
}

/// A Swift module: folder `Sources/Text`, module `AkinText`, tests in `Tests/TextTests`.
func module(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [])
  -> Target
{
  .target(
    name: "Akin" + name, dependencies: dependencies, path: "Sources/" + name,
    resources: resources, swiftSettings: swiftSettings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "Akin\(name)Tests", dependencies: [.init(stringLiteral: "Akin" + name)] + dependencies,
    path: "Tests/\(name)Tests", exclude: exclude, swiftSettings: swiftSettings)
}

let package = Package(
  name: "akin",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "akin", targets: ["akin"]),
    .library(name: "Akin", targets: ["AkinEngine"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // Native libraries, each behind a small C header.
    shim(
      "CTorch", includes: ["torch/include", "torch/include/torch/csrc/api/include"],
      libraryFolder: "torch/lib", libraries: ["torch_cpu", "c10"]),
    shim(
      "CArrow", includes: ["pyarrow/include"],
      libraryFolder: "pyarrow", libraries: [":libarrow.so.2600", ":libparquet.so.2600"]),
    .target(
      name: "CSimdjson", cxxSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "CFeed", cSettings: [.unsafeFlags(["-O2"])]),
    .target(
      name: "CXML", cxxSettings: [.unsafeFlags(["-isystem", "/usr/include/libxml2"])],
      linkerSettings: [.linkedLibrary("xml2")]),
    .target(
      name: "CICU",
      linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("icui18n")]),

    .systemLibrary(name: "CPostgres"),
    .target(name: "COpenCC", linkerSettings: [.linkedLibrary("opencc")]),
    .target(name: "CSnowball", linkerSettings: [.linkedLibrary("stemmer")]),

    // Hot loops in C, dispatched at run time.
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),

    // The modules, from the bottom up.
    module(
      "Catalogue",
      [
        "CArrow", "CFeed", "CICU", "CSimdjson", "CXML",
      ]),
    module("Text", ["CICU", "COpenCC", "CSnowball"]),
    module("Neural", ["CKernels", "CTorch"]),
    module("Encoders", ["AkinNeural", "AkinText", "AkinCatalogue"]),
    module("Similarity", ["AkinCatalogue", "CKernels"]),
    module("Trees", ["AkinSimilarity"]),
    module(
      "Search", ["AkinCatalogue", "AkinSimilarity", "AkinText", "AkinTrees", "CKernels"],
      resources: [.embedInCode("Lexicon/lexicon.txt")]),
    module("Alike", ["AkinCatalogue", "AkinText", "AkinEncoders", "AkinSimilarity"]),
    module("Evaluation", ["AkinCatalogue", "AkinSimilarity", "CKernels"]),
    module(
      "Recommenders",
      [
        "AkinCatalogue", "AkinEvaluation", "AkinNeural", "AkinSimilarity", "AkinTrees", "CKernels",
      ]),
    module("Ranking", ["AkinCatalogue"]),
    module(
      "Storage", ["AkinCatalogue", "CPostgres", .product(name: "GRDB", package: "GRDB.swift")]),
    module(
      "Report", ["AkinCatalogue"],
      resources: ["html", "css", "sheet.css", "words.js", "page.js", "quality.js", "map.js"].map {
        .embedInCode($0.contains(".") ? "Page/\($0)" : "Page/page.\($0)")
      }),
    module(
      "Engine",
      [
        "AkinCatalogue", "AkinText", "AkinNeural", "AkinEncoders", "AkinAlike", "AkinSimilarity",
        "AkinEvaluation", "AkinRecommenders", "AkinRanking", "AkinSearch", "AkinStorage",
        "AkinReport", "AkinTrees",
      ]),
    module(
      "Server",
      [
        "AkinEngine", "AkinAlike", "AkinCatalogue", "AkinEncoders", "AkinRanking", "AkinSearch",
        "AkinStorage", "AkinReport",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Yams", package: "Yams"),
      ],
      resources: [
        "openapi.json", "dashboard.html", "dashboard.css", "demo.html", "demo.css", "app.js",
        "words.js", "parts.js", "search.js", "overview.js", "products.js", "shopper.js", "rules.js",
        "work.js", "demo.js", "charts.js", "map.js", "evaluation.js",
        "experiments.js",
      ].map { .embedInCode("Resources/\($0)") }),
    .executableTarget(
      name: "akin",
      dependencies: [
        "AkinEngine", "AkinAlike", "AkinCatalogue", "AkinEncoders", "AkinEvaluation",
        "AkinRecommenders", "AkinSearch",
        "AkinServer", "AkinSimilarity", "AkinStorage", "AkinTrees",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/akin", swiftSettings: swiftSettings),
    .executableTarget(
      name: "akin-bench-encode", dependencies: ["AkinEncoders", "AkinNeural"],
      path: "Benchmarks/Encode", exclude: ["compare.py", "run"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "akin-bench-catalogue", dependencies: ["AkinCatalogue"],
      path: "Benchmarks/Catalogue", exclude: ["generate", "run"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "akin-bench-graph", dependencies: ["AkinSimilarity"], path: "Benchmarks/Graph",
      exclude: ["README.md", "compare.py", "run", "scale.py"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "akin-bench-index", dependencies: ["AkinSimilarity", "AkinCatalogue"],
      path: "Benchmarks/Index", exclude: ["compare.py", "kill", "run"], swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "akin-bench-alike",
      dependencies: ["AkinAlike", "AkinEncoders", "AkinSimilarity", "AkinCatalogue"],
      path: "Benchmarks/Alike", exclude: ["minhash.py", "run"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "akin-bench-search",
      dependencies: [
        "AkinSearch", "AkinCatalogue", "AkinEncoders", "AkinSimilarity", "AkinTrees",
      ],
      path: "Benchmarks/Search", exclude: ["compare.py", "corpus.py", "run", "tantivy-speed.py"],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "akin-bench-sparse", dependencies: ["AkinSimilarity", "AkinCatalogue"],
      path: "Benchmarks/Sparse", exclude: ["compare.py", "run"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "akin-bench-recommend",
      dependencies: ["AkinCatalogue", "AkinEngine", "AkinRecommenders"],
      path: "Benchmarks/Recommend",
      exclude: ["compare.py", "run", "scale.py"],
      swiftSettings: swiftSettings),

    .executableTarget(
      name: "akin-bench-match", dependencies: ["AkinEncoders"], path: "Benchmarks/Match",
      exclude: ["run"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "akin-bench-sequence",
      dependencies: ["AkinEngine", "AkinRecommenders", "AkinCatalogue"],
      path: "Benchmarks/Sequence", exclude: ["compare.py", "run"], swiftSettings: swiftSettings),

    tests("Catalogue", ["CArrow", "CFeed"], exclude: ["Fixtures"]),
    tests("Text", exclude: ["Fixtures"]),
    tests("Neural", ["CKernels"]),
    tests("Encoders", ["AkinNeural"], exclude: ["Fixtures"]),
    // Is killed by the tests of the index on disk.
    .executableTarget(
      name: "akin-index-writer", dependencies: ["AkinSimilarity"], path: "Tests/IndexWriter",
      swiftSettings: swiftSettings),

    // Asks for the best kernel where the system refuses AMX.
    .target(name: "TileRefusal", dependencies: ["CKernels"], path: "Tests/TileRefusal"),

    tests(
      "Similarity", ["AkinCatalogue", "CKernels", "TileRefusal", "akin-index-writer"],
      exclude: ["Durable/Fixtures"]),
    tests("Trees"),
    tests("Search", ["AkinCatalogue", "AkinText", "AkinTrees", "CKernels"]),
    tests("Alike", ["AkinCatalogue", "AkinEncoders", "AkinSimilarity"]),
    tests("Evaluation", ["AkinCatalogue"]),
    tests(
      "Recommenders",
      ["AkinCatalogue", "AkinEvaluation", "AkinSimilarity", "AkinTrees", "CKernels"]),
    tests("Ranking", ["AkinCatalogue"]),
    // Starts a PostgreSQL server for those that follow.
    .target(
      name: "PostgresServer", path: "Tests/PostgresServer", swiftSettings: swiftSettings),
    tests("Storage", ["AkinCatalogue", "PostgresServer"]),
    tests("Report", ["AkinCatalogue"]),
    tests(
      "Engine",
      [
        "AkinCatalogue", "AkinAlike", "AkinSearch", "AkinStorage", "AkinEncoders",
        "AkinEvaluation", "AkinRecommenders",
      ]),
    tests(
      "Server",
      [
        "PostgresServer",
        "AkinCatalogue", "AkinEncoders", "AkinEngine", "AkinRanking", "AkinSimilarity",
        "AkinStorage",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ]),
    .testTarget(
      name: "AkinCommandTests",
      dependencies: ["akin", "AkinCatalogue", "AkinStorage", "PostgresServer"],
      path: "Tests/CommandTests",
      swiftSettings: swiftSettings),
  ],
  cxxLanguageStandard: .cxx20
)

/// `AKIN_MODULE=Similarity swift test` builds and tests one module and what it rests on: seconds
/// where the whole package takes minutes. Several names are separated by commas.
if let chosen = Context.environment["AKIN_MODULE"], !chosen.isEmpty {
  let modules = chosen.split(separator: ",").map(String.init)
  let targets = Dictionary(uniqueKeysWithValues: package.targets.map { ($0.name, $0) })
  var kept: Set<String> = []
  var next = modules.flatMap { [$0, "Akin" + $0, "Akin\($0)Tests"] }
  while let name = next.popLast() {
    guard let target = targets[name], kept.insert(name).inserted else { continue }
    for case .byNameItem(let dependency, _) in target.dependencies { next.append(dependency) }
  }
  package.targets.removeAll { !kept.contains($0.name) }
  package.products.removeAll { product in
    let names = (product as? Product.Library)?.targets ?? (product as? Product.Executable)?.targets
    return !(names ?? []).allSatisfy(kept.contains)
  }
}
