public import AkinAlike
internal import AkinCatalogue
internal import AkinSimilarity
internal import AkinStorage
public import Foundation

/// Links between products that a shop knows, by identifier.
public struct ProductLink: Sendable, Codable, Hashable {
  /// The product that has the link.
  public var from: String
  /// The product that it leads to.
  public var to: String
  /// What the target is to the source.
  public var relation: Relation

  /// Creates a link.
  public init(from: String, to: String, relation: Relation) {
    (self.from, self.to, self.relation) = (from, to, relation)
  }

  /// Reads links from a table of three columns: product, product, type. O(file).
  ///
  /// - Throws: `FeedError`; ``EngineError`` `unreadableInput` with file and line.
  public static func read(_ file: URL) throws -> [ProductLink] {
    let path = file.path(percentEncoded: false)
    let reader = try Feed.open(path: path)
    var links: [ProductLink] = []
    func fault(_ line: Int, _ what: String) -> EngineError {
      EngineError(.unreadableInput, "\(path), line \(line): \(what)")
    }
    try reader.forEach { item in
      switch item {
      case .malformed(let line, _, _, let reason): throw fault(line, reason)
      case .record(let record):
        let cells = record.fields.prefix(3).map {
          String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard cells.count == 3, !cells[0].isEmpty, !cells[1].isEmpty else {
          throw fault(record.line, "a link is a product, a product and a type")
        }
        guard let relation = Relation(rawValue: cells[2].lowercased()) else {
          let known = Relation.allCases.map(\.rawValue).joined(separator: ", ")
          throw fault(record.line, "'\(cells[2])' is no type; the types are \(known)")
        }
        links.append(ProductLink(from: cells[0], to: cells[1], relation: relation))
      }
    }
    return links
  }
}

/// Known links between a shop's texts, and what their graph says of other pairs.
struct KnownLinks: Sendable {
  private let relations: [Int: [Int: Set<Relation>]]
  /// What the whole graph says, or for training what it says without each of some parts of the
  /// links; empty where links are too few.
  private let features: [RelationFeatures]
  /// Links whose products the catalogue has.
  let count: Int

  /// Links of which fewer say nothing of other pairs.
  private static let least = 200

  /// The links between products that are there; `nil` for none at all.
  ///
  /// - Parameter parts: into how many parts links fall for training, so that no pair is judged by a
  ///   graph that holds its own link.
  init?(_ links: [ProductLink], in store: ShopStore, parts: Int = 1) throws {
    guard !links.isEmpty else { return nil }
    let entries = try store.productEntries()
    let textOf = Dictionary(entries.map { ($0.id, $0.text) }) { first, _ in first }
    var relations: [Int: [Int: Set<Relation>]] = [:]
    var graph: [RelationGraph.Kind: [(from: Int, to: Int)]] = [:]
    var count = 0
    for link in links {
      guard let from = textOf[link.from], let to = textOf[link.to], from != to else { continue }
      relations[from, default: [:]][to, default: []].insert(link.relation)
      // What is the same from one side is so from the other.
      if link.relation == .same || link.relation == .variant {
        relations[to, default: [:]][from, default: []].insert(link.relation)
      }
      if link.relation == .complement { graph[.complement, default: []].append((from, to)) }
      if link.relation == .substitute { graph[.substitute, default: []].append((from, to)) }
      count += 1
    }
    self.relations = relations
    self.count = count
    let inGraph = graph.values.reduce(0) { $0 + $1.count }
    let texts = (entries.map(\.text).max() ?? -1) + 1
    features =
      inGraph < Self.least
      ? []
      : try (0..<parts).map { part in
        RelationFeatures(
          try RelationGraph(
            count: texts,
            links: graph.mapValues { links in
              links.filter { parts == 1 || Self.part($0.from, $0.to, of: parts) != part }
            }))
      }
  }

  /// The part of an unordered pair.
  private static func part(_ from: Int, _ to: Int, of parts: Int) -> Int {
    var hash = UInt64(min(from, to)) << 32 | UInt64(max(from, to))
    hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
    return Int((hash ^ hash >> 33) % UInt64(max(1, parts)))
  }

  /// Numbers that the graph says of a pair.
  var width: Int { features.isEmpty ? 0 : RelationFeatures.names.count }

  /// What the graph says of a pair; for training without its own links.
  func row(from: Int, to: Int) -> [Float] {
    guard !features.isEmpty else { return [] }
    return features[Self.part(from, to, of: features.count)].row(from: from, to: to)
  }

  /// What a pair is known as.
  func relations(from: Int, to: Int) -> Set<Relation> { relations[from]?[to] ?? [] }

  /// The texts that a text is linked to.
  func targets(of text: Int) -> [Int] { (relations[text] ?? [:]).keys.sorted() }

  /// Every pair with what it is known as.
  var pairs: [(from: Int, to: Int, relation: Relation)] {
    relations.sorted { $0.key < $1.key }.flatMap { from, targets in
      targets.sorted { $0.key < $1.key }.flatMap { to, kinds in
        kinds.map { (from, to, $0) }
      }
    }
  }
}
