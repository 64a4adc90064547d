public import AkinCatalogue
internal import Foundation

/// What a shopper takes again and again: in groceries most of the next basket.
///
/// The score of an item of the shopper's own history is w · ½^(age / halfLife) · r, where w is its
/// weight there, its age counts from the latest interaction that was learnt from (or the shopper's
/// own latest, where that is newer), and r is how readily people take the item again:
///
/// r = (those who took it more than once + α · mean rate) / (those who took it + α)
///
/// so that milk comes back and a phone does not. Items outside the history score 0. Personal
/// frequency with recency is the baseline that neural next-basket recommenders have to beat: Faggioli,
/// Polato and Aiolli, *Recency aware collaborative filtering for next basket recommendation*,
/// UMAP 2020. O(n).
public struct Habit: RecommenderAlgorithm, Equatable, Codable {
  /// Seconds after which a deed counts half; `nil` for no decay. Without times nothing decays.
  public var halfLife: Double?
  /// α: takers by whom the mean rate is believed.
  public var smoothing: Float

  /// Creates the algorithm.
  public init(halfLife: Double? = 60 * 86_400, smoothing: Float = 10) {
    self.halfLife = halfLife
    self.smoothing = smoothing
  }

  /// Learns how readily each item is taken again.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> HabitModel {
    if let halfLife, !(halfLife > 0) {
      throw RecommenderError(.badSetting, "a half-life must be positive, not \(halfLife) s")
    }
    guard smoothing >= 0 else {
      throw RecommenderError(.badSetting, "smoothing must be at least 0, not \(smoothing)")
    }
    try progress(0, 1)
    var (takers, returns) = (
      [Float](repeating: 0, count: interactions.itemCount),
      [Float](repeating: 0, count: interactions.itemCount)
    )
    for (entry, item) in interactions.items.enumerated() {
      takers[Int(item)] += 1
      let weight = interactions.weights.map { $0[entry] } ?? 1
      returns[Int(item)] += min(1, max(0, weight - 1))
    }
    let mean = takers.reduce(0, +) > 0 ? returns.reduce(0, +) / takers.reduce(0, +) : 0
    let rates = zip(takers, returns).map { takers, returns in
      takers + smoothing > 0 ? (returns + smoothing * mean) / (takers + smoothing) : 0
    }
    return HabitModel(rates: rates, halfLife: halfLife, latest: interactions.times?.max())
  }
}

/// The fitted ``Habit``.
public struct HabitModel: Recommender, Equatable {
  /// `habit`.
  public static let kind = "habit"
  /// How readily each item is taken again, in `0 ... 1`.
  public let rates: [Float]
  /// Seconds after which a deed counts half.
  public let halfLife: Double?
  /// The latest time that was learnt from, in seconds since 1970.
  public let latest: Double?

  init(rates: [Float], halfLife: Double?, latest: Double?) {
    self.rates = rates
    self.halfLife = halfLife
    self.latest = latest
  }

  /// The number of items that are ranked.
  public var itemCount: Int { rates.count }

  /// Scores what each shopper has; the rest is 0. O(shoppers · items) to clear, O(history) to score.
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    try RecommenderError.check(shoppers.histories.itemCount, against: itemCount)
    scores.update(repeating: 0)
    for (line, user) in shoppers.rows.enumerated() {
      for (item, score) in own(user, shoppers.histories) {
        scores[line * itemCount + Int(item)] = score
      }
    }
  }

  private func own(_ user: Int, _ histories: Interactions) -> [(item: Int32, score: Float)] {
    let row = histories.range(of: user)
    let now = row.lazy.compactMap { histories.times?[$0] }.max().map { max($0, latest ?? $0) }
    return row.map { entry in
      var score = (histories.weights?[entry] ?? 1) * rates[Int(histories.items[entry])]
      if let halfLife, let now, let times = histories.times {
        score *= Float(exp2((times[entry] - now) / halfLife))
      }
      return (histories.items[entry], score)
    }
  }

  /// Nothing: habits do not tell what is alike.
  public func similarItems(to item: Int, k: Int) throws -> [Neighbour] { [] }

  /// The item itself, where the shopper has it.
  public func explain(_ item: Int, for shopper: Shoppers) throws -> [Neighbour]? {
    own(shopper.rows.lowerBound, shopper.histories).filter { Int($0.item) == item }
      .map { Neighbour(item: item, score: $0.score) }
  }

  /// The model's parts for a file.
  public func archived() throws -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    archive.floats["rates"] = rates
    archive.notes["half_life"] = halfLife.map { "\($0)" }
    archive.notes["latest"] = latest.map { "\($0)" }
    return archive
  }

  /// The model of such parts.
  ///
  /// - Throws: ``RecommenderError`` `damaged`.
  public init(_ archive: ModelArchive) throws {
    let rates = try archive.numbers("rates")
    func optional(_ name: String) throws -> Double? {
      guard let text = archive.notes[name] else { return nil }
      guard let value = Double(text), value.isFinite else {
        throw archive.damaged("'\(name)' is no number")
      }
      return value
    }
    self.init(rates: rates, halfLife: try optional("half_life"), latest: try optional("latest"))
  }
}
