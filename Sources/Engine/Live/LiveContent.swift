internal import AkinCatalogue
internal import AkinSimilarity

/// The vectors of a serving shop's texts and their neighbours, exact at any moment.
///
/// Most texts belong to a graph: their lists among themselves were made by a build. Texts that came
/// since are few; they are compared with every query, so that a product is found as soon as its
/// vector is there, without touching the graph. They stand in tiers, each at least twice as large as the
/// next, so that a text is packed anew only as often as tiers grow together: O(log n) times.
struct LiveContent: Sendable {
  /// What a build made. Never changes.
  private final class Graph: Sendable {
    let vectors: Vectors
    private let index: Index
    /// Text of each row.
    let texts: [Int]
    /// Row of each text, -1 for none.
    let rows: [Int]
    /// Neighbours of each row, as texts.
    let lists: NeighbourLists

    private enum Index: Sendable {
      case exact(ExactNeighbours)
      case listed(ListedRows)
    }

    init(vectors: Vectors, texts: [Int], lists: NeighbourLists, leastListed: Int) throws {
      self.vectors = vectors
      index =
        vectors.count < leastListed
        ? .exact(try ExactNeighbours(vectors)) : .listed(try ListedRows(vectors))
      self.texts = texts
      self.lists = lists
      var rows = [Int](repeating: -1, count: (texts.max() ?? -1) + 1)
      for (row, text) in texts.enumerated() { rows[text] = row }
      self.rows = rows
    }

    /// The rows nearest to a vector, best first.
    func search(_ query: Vectors, k: Int, isExact: Bool) throws -> [Neighbour] {
      switch index {
      case .exact(let index): try index.search(query, k: min(k, texts.count))[0].map { $0 }
      case .listed(let rows):
        try rows.search(
          query.values, k: min(k, texts.count), recall: isExact ? 1 : LiveContent.recall)
      }
    }
  }

  /// Texts from which on the nearest of them are looked for in lists: fewer are compared within a
  /// millisecond.
  static let leastListed = 20_000
  /// The share of the nearest texts that lists are asked for.
  static let recall = 0.99

  let dimension: Int
  private var graph: Graph
  /// Texts outside the graph that are packed together.
  private struct Tier: Sendable {
    /// The place of its first text in ``recentTexts``.
    var first: Int
    var index: ExactNeighbours
  }

  private var tiers: [Tier] = []
  private var recentTexts: [Int] = []
  private var recentRows: [Int: Int] = [:]

  /// Vectors of `texts`, row after row, with the lists of those that a build compared.
  ///
  /// - Parameter leastListed: texts with lists from which on they are searched by inverted lists.
  init(
    dimension: Int, texts: [Int], values: [Float], lists: [Int: [Neighbour]],
    leastListed: Int = LiveContent.leastListed
  ) throws {
    self.dimension = dimension
    var known = Vectors(dimension: dimension)
    var knownTexts: [Int] = []
    var fresh = Vectors(dimension: dimension)
    var freshTexts: [Int] = []
    for (row, text) in texts.enumerated() {
      let vector = values[row * dimension..<(row + 1) * dimension]
      if lists[text] != nil {
        try known.append(vector)
        knownTexts.append(text)
      } else {
        try fresh.append(vector)
        freshTexts.append(text)
      }
    }
    var rows = NeighbourLists()
    for text in knownTexts { rows.append(lists[text] ?? []) }
    graph = try Graph(
      vectors: known, texts: knownTexts, lists: rows, leastListed: leastListed)
    try add(fresh, texts: freshTexts)
  }

  /// Texts with a vector.
  var count: Int { graph.texts.count + recentTexts.count }

  /// Texts outside the graph.
  var recentCount: Int { recentTexts.count }

  /// Whether `text` has a vector.
  func contains(_ text: Int) -> Bool { recentRows[text] != nil || row(text) != nil }

  /// The vector of `text`.
  func vector(_ text: Int) -> ArraySlice<Float>? {
    if let row = recentRows[text], let tier = tiers.last(where: { $0.first <= row }) {
      return tier.index.vectors[row - tier.first]
    }
    return row(text).map { graph.vectors[$0] }
  }

  /// Adds texts that have no vector yet. O(texts · dimension · log of the recent ones), in the mean.
  mutating func add(_ vectors: Vectors, texts: [Int]) throws {
    var first = recentTexts.count
    var fresh = Vectors(dimension: dimension)
    for (row, text) in texts.enumerated() where !contains(text) {
      try fresh.append(vectors[row])
      recentRows[text] = recentTexts.count
      recentTexts.append(text)
    }
    guard fresh.count > 0 else { return }
    while let last = tiers.last, last.index.vectors.count < 2 * fresh.count {
      tiers.removeLast()
      fresh = try Vectors(
        values: last.index.vectors.values + fresh.values, dimension: dimension)
      first = last.first
    }
    tiers.append(Tier(first: first, index: try ExactNeighbours(fresh)))
  }

  /// The `k` texts nearest to `text`, best first, without itself. O(recent texts · dimension) where
  /// the graph's list is long enough, else O(texts · dimension).
  func neighbours(of text: Int, k: Int) throws -> [Neighbour] {
    guard let vector = vector(text) else { return [] }
    let query = try Vectors(values: Array(vector), dimension: dimension)
    var found: [Neighbour]
    let recent = try searchRecent(query, k: k + 1)
    if let row = row(text), !graph.lists[row].isEmpty {
      let list = graph.lists[row]
      found = Array(list.prefix(k)) + rescaled(recent, amid: list, of: vector)
      if list.count < min(k, graph.texts.count - 1) {
        found += beyond(list, try searchGraph(query, k: k + 1, isExact: true), text)
      }
    } else {
      found = try searchGraph(query, k: k + 1, isExact: true) + recent
    }
    found.removeAll { $0.item == text }
    return Array(found.sorted { $0.precedes($1) }.prefix(k))
  }

  /// Texts that a list is too short for, in the order of their cosines: all below the list's last,
  /// whose measure knows more than the cosine.
  private func beyond(_ list: [Neighbour], _ found: [Neighbour], _ text: Int) -> [Neighbour] {
    let known = Set(list.map(\.item)).union([text])
    let further = found.filter { !known.contains($0.item) }
    guard let best = further.first, let last = list.last else { return further }
    return further.map {
      Neighbour(item: $0.item, score: last.score.nextDown + $0.score - best.score)
    }
  }

  /// Recent texts are known by their cosine alone, lists by a measure that joins more than that:
  /// until a build scores a recent text, it stands just before those of the list that are farther by
  /// vector.
  private func rescaled(
    _ recent: [Neighbour], amid list: [Neighbour], of vector: ArraySlice<Float>
  ) -> [Neighbour] {
    guard !recent.isEmpty, let last = list.last else { return recent }
    let cosines = list.compactMap { neighbour in
      self.vector(neighbour.item).map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }.sorted(by: >)
    return recent.map { text in
      let place = cosines.count { $0 > text.score }
      let score = place < list.count ? list[place].score.nextUp : last.score.nextDown
      return Neighbour(item: text.item, score: score)
    }
  }

  /// The `k` texts nearest to a vector, best first: all of them up to ``leastListed`` texts, beyond
  /// that ``recall`` of those of the graph on average. O(texts · dimension) at most.
  func search(_ vector: [Float], k: Int) throws -> [Neighbour] {
    let query = try Vectors(values: vector, dimension: dimension)
    let found =
      try searchGraph(query, k: k, isExact: false) + searchRecent(query, k: k)
    return Array(found.sorted { $0.precedes($1) }.prefix(k))
  }

  private func row(_ text: Int) -> Int? {
    graph.rows.indices.contains(text) && graph.rows[text] >= 0 ? graph.rows[text] : nil
  }

  private func searchGraph(_ query: Vectors, k: Int, isExact: Bool) throws -> [Neighbour] {
    try graph.search(query, k: k, isExact: isExact)
      .map { Neighbour(item: graph.texts[$0.item], score: $0.score) }
  }

  private func searchRecent(_ query: Vectors, k: Int) throws -> [Neighbour] {
    try tiers.flatMap { tier in
      try tier.index.search(query, k: min(k, tier.index.vectors.count))[0]
        .map { Neighbour(item: recentTexts[tier.first + $0.item], score: $0.score) }
    }
  }
}

extension LiveContent {
  /// The texts of `lists` with those lists; others are let go.
  func withLists(_ lists: [Int: [Neighbour]]) throws -> LiveContent {
    let texts = lists.keys.filter(contains).sorted()
    var values: [Float] = []
    values.reserveCapacity(texts.count * dimension)
    for text in texts { if let vector = vector(text) { values += vector } }
    return try LiveContent(dimension: dimension, texts: texts, values: values, lists: lists)
  }

  /// Adds those of `texts` that `other` has a vector of and this has not.
  mutating func take(_ texts: Set<Int>, from other: LiveContent) throws {
    var vectors = Vectors(dimension: dimension)
    var missing: [Int] = []
    for text in texts.sorted() where !contains(text) {
      guard let vector = other.vector(text) else { continue }
      try vectors.append(vector)
      missing.append(text)
    }
    try add(vectors, texts: missing)
  }
}
