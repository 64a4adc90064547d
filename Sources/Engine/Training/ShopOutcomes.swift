internal import AkinCatalogue
internal import AkinRecommenders
internal import AkinStorage
internal import Foundation

/// The two heads that a training kept: what a shopper does after the last step.
struct ShopOutcomes: Sendable {
  /// What a shop keeps of them beside the network's file.
  struct Record: Codable, Sendable, Equatable {
    /// The network's file.
    var file: String
    /// Seconds within which a purchase counts.
    var horizon: Double
    /// The products that the network tells apart, in the order of its numbers.
    var products: [String]
  }

  /// What is to be expected of a shopper.
  struct Outlook: Sendable, Equatable {
    /// The probability that something is bought within the horizon after the last step.
    var purchase: Double
    /// That horizon, in seconds.
    var horizon: Double
    /// When the next step comes, in seconds since 1970-01-01 UTC: as likely earlier as later. It may
    /// have passed: the shopper is late.
    var nextVisit: Double
  }

  private let model: OutcomeModel
  private let horizon: Double
  private let numbers: [String: Int32]

  /// - Throws: `RecommenderError` `damaged` where the record does not fit the model.
  init(_ record: Record, _ model: OutcomeModel) throws {
    guard record.horizon > 0, record.products.count <= model.itemCount else {
      throw RecommenderError(.damaged, "\(record.file): does not fit the shop; train it again")
    }
    self.model = model
    horizon = record.horizon
    numbers = Dictionary(
      record.products.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
  }

  /// Loads what `record` names in `folder`.
  init(_ record: Record, in folder: URL) throws {
    try self.init(
      record, OutcomeModel(ModelArchive(contentsOf: folder.appending(path: record.file))))
  }

  /// What is to be expected after some deeds in any order; `nil` where none has a time.
  /// O(n · log n + steps that are read · width²).
  func outlook(after deeds: [ShopperScorer.Deed]) throws -> Outlook? {
    let timed = deeds.enumerated().compactMap { place, deed in
      deed.time.map { (place: place, time: $0, deed: deed) }
    }
    var steps: [ShopperSteps.Step] = []
    for (_, time, deed) in timed.sorted(by: { ($0.time, $0.place) < ($1.time, $1.place) }) {
      if steps.last?.time != time {
        steps.append(.init(time: time, items: [], isPurchase: false))
      }
      if let item = numbers[deed.product] { steps[steps.count - 1].items.append(item) }
      if deed.type == .purchase { steps[steps.count - 1].isPurchase = true }
    }
    guard let last = steps.last, let expected = try model.expected(after: steps) else { return nil }
    return Outlook(
      purchase: expected.purchase, horizon: horizon, nextVisit: last.time + expected.seconds)
  }
}
