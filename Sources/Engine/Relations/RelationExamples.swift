internal import AkinAlike
internal import AkinCatalogue
internal import AkinSimilarity
internal import AkinStorage

/// Pairs of texts whose type a shop knows without being asked: bar codes, groups, what was looked at
/// or bought together, known links, and pairs of which nothing speaks for any type.
struct RelationExamples {
  /// A pair and where it belongs.
  struct Example {
    var from: Int
    var to: Int
    var relation: Relation
    /// Pairs of one key stay in one part.
    var key: String
  }

  /// Which part an example is in.
  enum Part: CaseIterable { case train, validation, test }

  private(set) var examples: [Example] = []
  /// Where each type's pairs come from.
  private(set) var sources: [Relation: Set<String>] = [:]
  private let data: StoredRelationData
  private var taken: Set<Int64> = []
  private var generator: SplitMix64
  private let seed: UInt64

  /// Pairs of a type at most; more teach little more.
  private static let most = 8_000
  /// Pairs of one group at most.
  private static let mostOfGroup = 12
  /// What a score in baskets or visits is worth notice from.
  private static let least: Float = 0.04
  /// Partners of one text that are looked at.
  private static let partners = 6

  init(_ data: StoredRelationData, _ entries: [Int: Product], links: KnownLinks?, seed: UInt64)
    throws
  {
    self.data = data
    self.seed = seed
    generator = SplitMix64(seed: seed)
    if let links {
      for link in links.pairs {
        add(link.from, link.to, link.relation, key: Self.key(link.from, link.to), "known links")
      }
    }
    addGroups(entries, .same, "bar codes") { $0.gtin }
    addGroups(entries, .variant, "item groups") { $0.itemGroup }
    try addBehaviour(entries)
    try addUnrelated(entries, links)
  }

  /// The examples of a part: a hash of their key decides.
  func part(_ part: Part) -> [Example] {
    examples.filter { example in
      let slot = Self.hash("\(seed) \(example.key)") % 5
      return slot == 0 ? part == .test : slot == 1 ? part == .validation : part == .train
    }
  }

  private mutating func add(
    _ from: Int, _ to: Int, _ relation: Relation, key: String, _ source: String
  ) {
    guard from != to, taken.insert(Int64(from) << 32 | Int64(to)).inserted else { return }
    examples.append(Example(from: from, to: to, relation: relation, key: key))
    sources[relation, default: []].insert(source)
  }

  private static func key(_ from: Int, _ to: Int) -> String { "\(min(from, to)) \(max(from, to))" }

  private func isTaken(_ from: Int, _ to: Int) -> Bool {
    taken.contains(Int64(from) << 32 | Int64(to)) || taken.contains(Int64(to) << 32 | Int64(from))
  }

  /// 64-bit FNV-1a, its bits mixed.
  private static func hash(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD >> 20
  }

  // MARK: What the catalogue says

  private mutating func addGroups(
    _ faces: [Int: Product], _ relation: Relation, _ source: String,
    by field: (Product) -> String?
  ) {
    var groups: [String: [Int]] = [:]
    for (text, face) in faces.sorted(by: { $0.key < $1.key }) {
      if let name = field(face) { groups[name, default: []].append(text) }
    }
    var left = Self.most
    for (name, texts) in groups.sorted(by: { $0.key < $1.key }) where texts.count > 1 && left > 0 {
      var count = 0
      for one in texts {
        for other in texts where one != other && count < Self.mostOfGroup {
          guard !isTaken(one, other) || taken.contains(Int64(other) << 32 | Int64(one)),
            left > 0
          else { continue }
          // What one bar code says is the same is no variant, whatever its group.
          if relation == .variant, let code = faces[one]?.gtin, code == faces[other]?.gtin {
            continue
          }
          add(one, other, relation, key: "\(source) \(name)", source)
          (count, left) = (count + 1, left - 1)
        }
      }
    }
  }

  // MARK: What shoppers say

  /// What is of one kind, was looked at together and hardly bought together would do instead; what was bought
  /// together and is of another kind goes with it. Which way round is not in the baskets: a pair of
  /// which the source is named after the target, or made for it, is left out.
  private mutating func addBehaviour(_ faces: [Int: Product]) throws {
    var left: [Relation: Int] = [.substitute: Self.most, .complement: Self.most]
    let kinds = faces.mapValues { $0.categories.first ?? [] }
    for text in shuffled(data.texts) {
      let (bought, viewed) = (try data.bought(text), try data.viewed(text))
      let hasBoth = bought != nil && viewed != nil
      for (other, score) in Self.best(viewed) where hasBoth && score >= Self.least {
        guard (bought?[other] ?? 0) < score / 4, kinds[text] == kinds[other],
          left[.substitute, default: 0] > 0, !isTaken(text, other)
        else { continue }
        left[.substitute, default: 0] -= 1
        add(text, other, .substitute, key: Self.key(text, other), "viewed, not bought together")
      }
      for (other, score) in Self.best(bought) where score >= Self.least {
        guard let one = kinds[text], let two = kinds[other], !one.isEmpty, !two.isEmpty,
          one != two, left[.complement, default: 0] > 0, !isTaken(text, other)
        else { continue }
        left[.complement, default: 0] -= 1
        add(text, other, .complement, key: Self.key(text, other), "bought together")
      }
    }
  }

  private static func best(_ scores: [Int: Float]?) -> [(key: Int, value: Float)] {
    Array(
      (scores ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(partners))
  }

  // MARK: What nothing speaks for

  /// For each pair of a type one with the same source and a target of another pair and another kind,
  /// so that targets are as popular; and for each source a text that is near by content, of another kind, that
  /// shoppers had in sight and never took or looked at with it.
  private mutating func addUnrelated(_ faces: [Int: Product], _ links: KnownLinks?) throws {
    let targets = examples.map(\.to)
    guard !targets.isEmpty else { return }
    let kinds = faces.mapValues { $0.categories.first ?? [] }
    var sources: Set<Int> = []
    for example in examples where example.relation != .unrelated {
      let from = example.from
      let (bought, viewed) = (try data.bought(from), try data.viewed(from))
      func isFree(_ to: Int) -> Bool {
        to != from && !isTaken(from, to) && bought?[to] == nil && viewed?[to] == nil
          && (kinds[from]?.isEmpty ?? true || kinds[from] != kinds[to])
          && (faces[from]?.itemGroup == nil || faces[from]?.itemGroup != faces[to]?.itemGroup)
          && (faces[from]?.gtin == nil || faces[from]?.gtin != faces[to]?.gtin)
      }
      for _ in 0..<8 {
        let to = targets[Int.random(in: 0..<targets.count, using: &generator)]
        guard isFree(to) else { continue }
        add(from, to, .unrelated, key: example.key, "drawn by popularity")
        break
      }
      guard sources.insert(from).inserted, bought != nil || viewed != nil else { continue }
      for neighbour in try data.list(from, k: 30).reversed() {
        let to = neighbour.item
        guard isFree(to), let one = kinds[from], let two = kinds[to], !one.isEmpty, one != two,
          try data.bought(to) != nil || data.viewed(to) != nil
        else { continue }
        add(from, to, .unrelated, key: Self.key(from, to), "near, never taken together")
        break
      }
    }
  }

  private mutating func shuffled(_ texts: [Int]) -> [Int] {
    texts.shuffled(using: &generator)
  }

  /// Leaves out the examples that `isOdd` says contradict what they are called.
  mutating func drop(_ isOdd: (Example) throws -> Bool) rethrows {
    examples = try examples.filter { try !isOdd($0) }
  }
}
