internal import AkinRecommenders
internal import AkinStorage
internal import Foundation

/// The recommender that a shop has trained: a folder with a description and one file a part, and
/// the folder's name in the shop's database. Training writes a new folder and then its name, so
/// that whoever reads has the old one or the new one, also after `kill -9`.
struct TrainedRecommender: Sendable {
  /// The description.
  struct Record: Codable, Sendable, Equatable {
    struct Part: Codable, Sendable, Equatable {
      var name: String
      /// Its weight in lists that may hold what the shopper has.
      var weight: Float
      /// Its weight in lists of what is new to the shopper.
      var newWeight: Float
      var form: WeightForm
      var file: String
    }
    /// The folder of the parts' files, within the shop's.
    var folder: String
    /// For each item the product that stood for it.
    var items: [String]
    /// The recommenders.
    var parts: [Part]
    /// The file of the order learnt for lists that may hold what the shopper has.
    var order: String?
    /// The file of that for lists of what is new.
    var newOrder: String?
    /// The heads that tell purchases and visits; `nil` where they were not asked for.
    var outcomes: ShopOutcomes.Record?
    /// What events were worth.
    var weights: EventWeights
    /// The comparison behind the choice.
    var report: TrainingReport
  }

  private static let descriptionName = "recommender.json"
  private static let outcomesName = "outcomes.safetensors"

  let record: Record
  /// For lists that may hold what the shopper has.
  let all: ShopOrder
  /// For lists of what is new to the shopper.
  let new: ShopOrder
  /// What a shopper does after the last step; `nil` where training was not asked for it.
  let outcomes: ShopOutcomes?

  /// The folder of the last training; `nil` before the first.
  static func folder(of store: ShopStore) throws -> String? { try store.kept(.recommender) }

  /// When the training in `folder` was done, in seconds since 1970-01-01 UTC.
  static func time(ofFolder folder: String) -> Double? {
    Double(folder.dropFirst(KeptWork.recommender.prefix.count)).map { $0 / 1_000 }
  }

  /// The description of the last training; `nil` before the first.
  ///
  /// - Throws: `StorageError`; `RecommenderError` `damaged` for a description that cannot be read.
  static func record(of store: ShopStore) throws -> Record? {
    guard let folder = try folder(of: store) else { return nil }
    let file = store.directory.appending(path: folder).appending(path: descriptionName)
    do {
      return try JSONDecoder().decode(Record.self, from: Data(contentsOf: file))
    } catch {
      throw RecommenderError(
        .damaged, "\(file.path(percentEncoded: false)): cannot be read; train the shop again")
    }
  }

  /// Loads what the shop trained last; `nil` before the first training.
  ///
  /// - Throws: `StorageError`, `SafetensorsError`, `RecommenderError` for damaged files.
  init?(of store: ShopStore) throws {
    guard let record = try Self.record(of: store) else { return nil }
    self.record = record
    let folder = store.directory.appending(path: record.folder)
    var models: [any Recommender] = []
    for part in record.parts {
      models.append(try ModelArchive(contentsOf: folder.appending(path: part.file)).model())
    }
    let parts = record.parts
    func order(_ file: String?, _ weight: (Record.Part) -> Float) throws -> ShopOrder {
      let blend = try Blend(
        zip(parts, models).filter { file != nil || weight($0.0) > 0 }.map { part, model in
          Blend.Part(name: part.name, weight: weight(part), model: model, form: part.form)
        })
      guard let file else { return .blend(blend) }
      return .learned(
        try LearnedOrder(ModelArchive(contentsOf: folder.appending(path: file)), blend))
    }
    all = try order(record.order, \.weight)
    new = try order(record.newOrder, \.newWeight)
    outcomes = try record.outcomes.map { try ShopOutcomes($0, in: folder) }
    guard all.itemCount == record.items.count, new.itemCount == record.items.count else {
      throw RecommenderError(
        .damaged, "\(folder.path(percentEncoded: false)): does not fit the shop; train it again")
    }
  }

  /// Writes the parts and then the record; what was trained before is removed.
  ///
  /// - Parameters:
  ///   - parts: each with its model; `file` is filled in.
  ///   - orders: what was learnt over all parts, for lists that may hold what the shopper has and for
  ///     those of what is new.
  ///   - outcomes: the heads and what is kept beside them; `file` is filled in.
  static func save(
    _ parts: [(part: Record.Part, model: any Recommender)],
    orders: (all: LearnedOrder?, new: LearnedOrder?),
    outcomes: (record: ShopOutcomes.Record, model: OutcomeModel)? = nil, items: [String],
    weights: EventWeights, report: TrainingReport, in store: ShopStore
  ) throws {
    let name = "\(KeptWork.recommender.prefix)\(UInt64(report.finished * 1_000))"
    let folder = store.directory.appending(path: name)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw EngineError(
        .cannotWrite,
        "\(folder.path(percentEncoded: false)): the folder cannot be made; nothing was changed")
    }
    let kept = try parts.map { part, model in
      var part = part
      part.file = "\(part.name).safetensors"
      try model.archived().write(to: folder.appending(path: part.file))
      return part
    }
    var record = Record(folder: name, items: items, parts: kept, weights: weights, report: report)
    func write(_ order: LearnedOrder?, _ file: String) throws -> String? {
      try order?.archived().write(to: folder.appending(path: file))
      return order == nil ? nil : file
    }
    record.order = try write(orders.all, "order.safetensors")
    record.newOrder = try write(orders.new, "order-new.safetensors")
    if let outcomes {
      record.outcomes = outcomes.record
      record.outcomes?.file = outcomesName
      try outcomes.model.archived().write(to: folder.appending(path: outcomesName))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let description = try encoder.encode(record)
    do {
      try description.write(to: folder.appending(path: descriptionName))
    } catch {
      throw EngineError(
        .cannotWrite,
        "\(folder.path(percentEncoded: false)): cannot be written; the shop keeps what it had")
    }
    try store.keep(name, as: .recommender)
  }
}
