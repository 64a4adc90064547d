import Foundation
import Testing

/// `akin index`, each command as a process of its own.
@Suite struct IndexCommandTests {
  static let dimension = 8

  let folder: TemporaryFolder
  let index: String

  init() throws {
    folder = try TemporaryFolder()
    index = folder.path("index")
  }

  /// Row r points mostly along axis r mod 8.
  static func vectors(_ rows: Range<Int>) -> [[Float]] {
    rows.map { row in
      (0..<dimension).map { $0 == row % dimension ? 1 : Float(row) / 1_000 }
    }
  }

  /// Writes NumPy's format.
  func write(_ rows: [[Float]], to name: String, dimension: Int = dimension) throws -> String {
    var header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows.count), \(dimension)), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    let start = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0])
    let values = rows.flatMap(\.self).withUnsafeBytes { Data($0) }
    try (start + Data(header.utf8) + values).write(to: URL(filePath: folder.path(name)))
    return folder.path(name)
  }

  func run(_ arguments: String...) throws -> AkinProcess {
    try AkinProcess.run(["index"] + arguments)
  }

  /// 40 items: identifiers p0 …, price = row, stock = every third is out.
  func fill() throws {
    let vectors = try write(Self.vectors(0..<40), to: "vectors.npy")
    let ids = try folder.write((0..<40).map { "p\($0)\n" }.joined(), to: "ids.txt")
    let facts = try folder.write(
      (0..<40).map {
        "{\"price\": \($0), \"inStock\": \($0 % 3 > 0), \"brand\": \"\($0 < 20 ? "索尼" : "LG")\"}\n"
      }.joined(), to: "facts.jsonl")
    let created = try run("create", index, "--dimension", "\(Self.dimension)")
    #expect(created.status == 0, "\(created.messages)")
    let added = try run("add", index, "--vectors", vectors, "--ids", ids, "--attributes", facts)
    #expect(added.status == 0, "\(added.messages)")
    #expect(added.messages.contains("40 items"))
  }

  @Test func fromVectorsToAnswers() throws {
    try fill()
    let query = try write(Self.vectors(3..<4), to: "query.npy")
    let found = try run("search", index, "--vectors", query, "--k", "2")
    #expect(found.status == 0, "\(found.messages)")
    #expect(found.text.hasPrefix("0\t1\tp3\t"))
    #expect(found.text.split(separator: "\n").count == 2)

    let filtered = try run(
      "search", index, "--vectors", query, "--k", "50", "--filter", "price=10..39", "--filter",
      "inStock=true", "--filter", "brand!=索尼", "--filter", "id!=p20", "--json")
    #expect(filtered.status == 0, "\(filtered.messages)")
    let answers =
      try JSONSerialization.jsonObject(with: filtered.output) as? [[String: Any]] ?? []
    let matches = answers.first?["matches"] as? [[String: Any]] ?? []
    let expected = Set((21..<40).filter { $0 % 3 > 0 }.map { "p\($0)" })
    #expect(Set(matches.compactMap { $0["id"] as? String }) == expected)
    #expect(answers.first?["shortfall"] as? String == "\(expected.count) items pass the filter")

    let deleted = try run("delete", index, "p3", "p4", "nobody")
    #expect(deleted.status == 0 && deleted.messages.contains("2 items, 1 were not there"))
    let after = try run("search", index, "--vectors", query, "--k", "1")
    #expect(!after.text.contains("p3\t"))
    let figures = try run("stats", index, "--json").json()
    #expect(figures["items"] as? Int == 38 && figures["dimension"] as? Int == Self.dimension)
    #expect(try run("stats", index).text.contains("38"))
  }

  @Test func snapshotDamageAndRestore() throws {
    try fill()
    let (snapshot, restored) = (folder.path("monday"), folder.path("restored"))
    #expect(try run("compact", index).status == 0)
    #expect(try run("snapshot", index, snapshot, "--copy").status == 0)
    #expect(try run("snapshot", index, snapshot).status == 73)
    let whole = try run("verify", index)
    #expect(whole.status == 0 && whole.text.isEmpty)

    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: index).first {
        $0.hasPrefix("segment-")
      })
    let file = URL(filePath: index).appending(path: name)
    var bytes = try Data(contentsOf: file)
    bytes[200] ^= 16
    try bytes.write(to: file)
    let damaged = try run("verify", index)
    #expect(damaged.status == 65)
    #expect(damaged.text.contains("\(name), ") && damaged.text.contains("byte 200: bit 4"))
    let query = try write(Self.vectors(3..<4), to: "query.npy")
    let refused = try run("search", index, "--vectors", query)
    #expect(refused.status == 65 && refused.messages.contains("akin index restore"))
    #expect(try run("restore", index, restored).status == 65)
    #expect(try run("restore", snapshot, restored).status == 0)
    #expect(try run("search", restored, "--vectors", query, "--k", "1").text.contains("p3\t"))
  }

  @Test func whatIsWrongIsSaid() throws {
    let vectors = try write(Self.vectors(0..<3), to: "vectors.npy")
    let none = try run("add", index, "--vectors", vectors)
    #expect(none.status == 65 && none.messages.contains("akin index create"))
    #expect(try run("create", index, "--dimension", "0").status == 64)
    let precision = try run("create", index, "--dimension", "4", "--precision", "int8")
    #expect(precision.status == 64 && precision.messages.contains("'fp32' and 'bf16'"))
    #expect(try run("create", index, "--dimension", "4").status == 0)
    #expect(try run("create", index, "--dimension", "4").status == 73)
    let other = try run("add", index, "--vectors", vectors)
    #expect(other.status == 65 && other.messages.contains("8 components"))
    let bad = try write([[1, 2, 3, 4], [1, .nan, 0, 0]], to: "bad.npy", dimension: 4)
    let refused = try run("add", index, "--vectors", bad)
    #expect(refused.status == 65 && refused.messages.contains("row 1"), "\(refused.messages)")
    let good = try write([[1, 2, 3, 4], [1, 0, 0, 0]], to: "good.npy", dimension: 4)
    let ids = try folder.write("a\n", to: "ids.txt")
    let short = try run("add", index, "--vectors", good, "--ids", ids)
    #expect(short.status == 65 && short.messages.contains("1 identifiers for 2 vectors"))
    let facts = try folder.write("{}\n[]\n", to: "facts.jsonl")
    let broken = try run("add", index, "--vectors", good, "--attributes", facts)
    #expect(broken.status == 65 && broken.messages.contains("facts.jsonl:2:"))
    #expect(try run("search", index, "--vectors", good, "--filter", "price").status == 64)
    let empty = try run("search", index, "--vectors", good, "--k", "1")
    #expect(empty.status == 0 && empty.messages.contains("the index holds 0 items"))
    let held = open(folder.path("index/LOCK"), O_RDWR)
    defer { close(held) }
    #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
    #expect(try run("add", index, "--vectors", good).status == 75)
    #expect(try run("stats", index).status == 0)
  }
}
