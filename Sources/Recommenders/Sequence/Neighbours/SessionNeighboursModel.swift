internal import AkinCatalogue
internal import Foundation

/// The fitted ``SessionNeighbours``: all sessions, and an index from items to sessions.
public struct SessionNeighboursModel: SequenceRecommender, Equatable {
  /// `session-neighbours`.
  public static let kind = "session-neighbours"
  /// How it was fitted; may be changed, for nothing of it is in the index.
  public var settings: SessionNeighbours
  /// The number of items that are ranked.
  public let itemCount: Int
  private let sequences: Sequences
  /// Sessions of each item, ascending and each once.
  private let starts: [Int]
  private let sessions: [Int32]
  /// The natural logarithm of sessions / sessions with the item.
  private let rarity: [Float]

  init(_ settings: SessionNeighbours, _ sequences: Sequences) {
    (self.settings, self.sequences) = (settings, sequences)
    itemCount = sequences.itemCount
    var starts = [Int](repeating: 0, count: itemCount + 1)
    var last = [Int32](repeating: -1, count: itemCount)
    for row in 0..<sequences.count {
      for item in sequences[row] where last[Int(item)] != row {
        last[Int(item)] = Int32(row)
        starts[Int(item) + 1] += 1
      }
    }
    let total = Float(max(1, sequences.count))
    rarity = starts.dropFirst().map { log(total / Float(max(1, $0))) }
    for item in 0..<itemCount { starts[item + 1] += starts[item] }
    var filled = starts
    var sessions = [Int32](repeating: 0, count: starts[itemCount])
    last = [Int32](repeating: -1, count: itemCount)
    for row in 0..<sequences.count {
      for item in sequences[row] where last[Int(item)] != row {
        last[Int(item)] = Int32(row)
        sessions[filled[Int(item)]] = Int32(row)
        filled[Int(item)] += 1
      }
    }
    (self.starts, self.sessions) = (starts, sessions)
  }

  /// Votes of the neighbours, 0 for items of none.
  public func score(
    _ histories: [ArraySlice<Int32>], into scores: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(scores.count == histories.count * itemCount, "a score for every item")
    scores.update(repeating: 0)
    var search = NeighbourSearch(sessions: sequences.count)
    for (row, history) in histories.enumerated() {
      let line = UnsafeMutableBufferPointer(
        rebasing: scores[row * itemCount..<(row + 1) * itemCount])
      score(history, &search, into: line)
    }
  }

  private func score(
    _ history: ArraySlice<Int32>, _ search: inout NeighbourSearch,
    into scores: UnsafeMutableBufferPointer<Float>
  ) {
    var weights: [Int32: Float] = [:]
    var places: [Int32: Int] = [:]
    var weight: Float = 1
    for (place, item) in history.reversed().prefix(settings.longest).enumerated() {
      if Int(item) < itemCount, weights[item] == nil {
        weights[item] = weight * pow(max(0.01, rarity[Int(item)]), settings.rarity)
        places[item] = place
      }
      weight *= settings.recency
    }
    // In the order of the history: sums do not depend on the order of a dictionary.
    for (item, _) in places.sorted(by: { $0.value < $1.value }) {
      let own = sessions[starts[Int(item)]..<starts[Int(item) + 1]].suffix(settings.candidates)
      search.add(own, weight: weights[item] ?? 0)
    }
    let count = Float(max(1, sequences.count))
    let closest = search.take(settings.neighbours) { session, similarity in
      let length = Float(sequences.offsets[session + 1] - sequences.offsets[session])
      let age = (count - Float(session)) / count
      return similarity * pow(length, -settings.lengthPenalty) * exp(-settings.ageing * age)
    }
    vote(closest, weights, into: scores)
    if settings.novelty != 0 {
      for item in scores.indices where scores[item] > 0 {
        scores[item] *= pow(max(0.01, rarity[item]), settings.novelty)
      }
    }
  }

  private func vote(
    _ closest: [(session: Int32, similarity: Float)], _ weights: [Int32: Float],
    into scores: UnsafeMutableBufferPointer<Float>
  ) {
    for (session, similarity) in closest {
      let row = sequences[Int(session)]
      // The match that matters most: of the latest item of the present session, its last place.
      var match = row.startIndex
      var best: Float = -1
      for place in row.indices {
        if let weight = weights[row[place]], weight >= best { (match, best) = (place, weight) }
      }
      var weight = similarity
      for place in row.indices[(match + 1)...] {
        scores[Int(row[place])] += weight
        weight *= settings.forward
      }
      weight = similarity * settings.backward
      for place in row.indices[..<match].reversed() {
        scores[Int(row[place])] += weight
        weight *= settings.forward
      }
      scores[Int(row[match])] += similarity * settings.backward
    }
  }

  /// Settings and sessions; the index is built again.
  public func archived() throws -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    archive.notes["settings"] = String(decoding: try encoder.encode(settings), as: UTF8.self)
    archive.notes["items"] = String(itemCount)
    archive.integers["items"] = sequences.items
    archive.integers["lengths"] = (0..<sequences.count).map { Int32(sequences[$0].count) }
    return archive
  }

  /// Takes the sessions.
  public init(_ archive: ModelArchive) throws {
    let itemCount = try archive.whole("items")
    let items = try archive.ordinals("items", below: itemCount)
    let lengths = try archive.ordinals("lengths")
    guard let notes = archive.notes["settings"],
      let settings = try? JSONDecoder().decode(SessionNeighbours.self, from: Data(notes.utf8)),
      lengths.allSatisfy({ $0 >= 0 }), lengths.reduce(0, { $0 + Int($1) }) == items.count
    else { throw archive.damaged("has no usable settings or sessions") }
    do { try settings.check() } catch { throw archive.damaged("has settings out of range") }
    var sequences = Sequences(itemCount: itemCount)
    var start = 0
    for length in lengths {
      sequences.append(items[start..<start + Int(length)])
      start += Int(length)
    }
    self.init(settings, sequences)
  }
}

/// Sums by session, and the largest of them.
struct NeighbourSearch {
  private var sums: [Float]
  private var touched: [Int32] = []

  init(sessions: Int) { sums = [Float](repeating: 0, count: sessions) }

  /// Adds `weight` to each session's sum. Positive weights only.
  mutating func add(_ sessions: ArraySlice<Int32>, weight: Float) {
    guard weight > 0 else { return }
    sums.withUnsafeMutableBufferPointer { sums in
      for session in sessions {
        if sums[Int(session)] == 0 { touched.append(session) }
        sums[Int(session)] += weight
      }
    }
  }

  /// The `count` sessions with the largest measure, ties to the latest; all sums are 0 again.
  mutating func take(
    _ count: Int, _ measure: (_ session: Int, _ sum: Float) -> Float
  ) -> [(session: Int32, similarity: Float)] {
    var found = touched.map { session -> (session: Int32, similarity: Float) in
      let sum = sums[Int(session)]
      sums[Int(session)] = 0
      return (session, measure(Int(session), sum))
    }
    touched.removeAll(keepingCapacity: true)
    if found.count > count {
      Self.select(&found, count)
      found.removeLast(found.count - count)
    }
    // A fixed order, so that sums of votes are the same whatever came before.
    return found.sorted { $0.session > $1.session }
  }

  /// Brings the `count` first ones to the front (Hoare, *Quickselect*, 1961).
  private static func select(_ values: inout [(session: Int32, similarity: Float)], _ count: Int) {
    func precedes(
      _ a: (session: Int32, similarity: Float), _ b: (session: Int32, similarity: Float)
    ) -> Bool {
      a.similarity != b.similarity ? a.similarity > b.similarity : a.session > b.session
    }
    var (low, high) = (0, values.count - 1)
    while low < high {
      let pivot = values[(low + high) / 2]
      var (left, right) = (low, high)
      while left <= right {
        while precedes(values[left], pivot) { left += 1 }
        while precedes(pivot, values[right]) { right -= 1 }
        if left <= right {
          values.swapAt(left, right)
          (left, right) = (left + 1, right - 1)
        }
      }
      if count - 1 <= right {
        high = right
      } else if count - 1 >= left {
        low = left
      } else {
        return
      }
    }
  }
}
