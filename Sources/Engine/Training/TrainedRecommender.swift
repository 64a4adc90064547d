internal import AkinRecommenders
internal import AkinStorage
internal import Foundation

/// The recommender that a shop has trained: a record in its database, and one file a part in a
/// folder beside it. Training writes a new folder and then the record, so that whoever reads has
/// the old one or the new one, also after `kill -9`.
struct TrainedRecommender: Sendable {
  /// The record in the shop's database.
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
    /// The comparison behind the choice.
    var report: TrainingReport
  }

  static let recordName = "recommender"
  private static let folderPrefix = "recommender-"

  let record: Record
  /// For lists that may hold what the shopper has.
  let all: Blend
  /// For lists of what is new to the shopper.
  let new: Blend

  /// The record of the last training; `nil` before the first.
  static func record(of store: ShopStore) throws -> Record? {
    guard let body = try store.record(recordName) else { return nil }
    return try JSONDecoder().decode(Record.self, from: Data(body.utf8))
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
    func blend(_ weight: (Record.Part) -> Float) throws -> Blend {
      try Blend(
        zip(record.parts, models).filter { weight($0.0) > 0 }.map { part, model in
          Blend.Part(name: part.name, weight: weight(part), model: model, form: part.form)
        })
    }
    all = try blend(\.weight)
    new = try blend(\.newWeight)
    guard all.itemCount == record.items.count, new.itemCount == record.items.count else {
      throw RecommenderError(
        .damaged, "\(folder.path(percentEncoded: false)): does not fit the shop; train it again")
    }
  }

  /// Writes the parts and then the record; what was trained before is removed.
  ///
  /// - Parameter parts: each with its model; `file` is filled in.
  static func save(
    _ parts: [(part: Record.Part, model: any Recommender)], items: [String],
    report: TrainingReport, in store: ShopStore
  ) throws {
    let name = "\(folderPrefix)\(UInt64(report.finished * 1_000))"
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
    let record = Record(folder: name, items: items, parts: kept, report: report)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let body = String(decoding: try encoder.encode(record), as: UTF8.self)
    try store.setRecord(recordName, to: body)
    removeFolders(of: store, except: name)
  }

  /// Folders of earlier and of interrupted trainings. One that cannot be removed only takes room.
  private static func removeFolders(of store: ShopStore, except kept: String) {
    let files = FileManager.default
    let names = (try? files.contentsOfDirectory(atPath: store.directory.path)) ?? []
    for name in names where name.hasPrefix(folderPrefix) && name != kept {
      try? files.removeItem(at: store.directory.appending(path: name))
    }
  }
}
