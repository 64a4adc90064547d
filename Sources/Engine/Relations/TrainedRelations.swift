internal import AkinAlike
internal import AkinStorage
internal import Foundation

/// What a shop's pairs taught of their types: a folder with one description, and the folder's name
/// in the shop's database. Training writes a new folder and then its name, so that whoever reads has
/// the old one or the new one, also after `kill -9`.
struct TrainedRelations: Codable, Sendable {
  /// The trees and their calibration.
  var model: RelationModel
  /// The links that training was given.
  var links: [ProductLink]
  /// Figures on pairs that neither trees nor calibration saw.
  var report: RelationReport

  private static let fileName = "relations.json"

  /// The folder of the last training; `nil` before the first.
  static func folder(of store: ShopStore) throws -> String? { try store.kept(.relations) }

  /// Loads what the shop was taught last; `nil` before the first training.
  ///
  /// - Throws: `StorageError`; ``EngineError`` `unreadableInput` for a damaged file.
  init?(of store: ShopStore) throws {
    guard let folder = try Self.folder(of: store) else { return nil }
    let file = store.directory.appending(path: folder).appending(path: Self.fileName)
    let damaged = EngineError(
      .unreadableInput,
      "\(file.path(percentEncoded: false)): cannot be read; train again: akin relate train")
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
    } catch { throw damaged }
    guard model.isSound(width: model.width), model.width >= RelationSignals.indirectCount else {
      throw damaged
    }
  }

  init(model: RelationModel, links: [ProductLink], report: RelationReport) {
    (self.model, self.links, self.report) = (model, links, report)
  }

  /// Writes the folder and then its name; what was taught before is removed.
  func save(in store: ShopStore) throws {
    let name = "\(KeptWork.relations.prefix)\(UInt64(report.finished * 1_000))"
    let folder = store.directory.appending(path: name)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let body = try encoder.encode(self)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try body.write(to: folder.appending(path: Self.fileName), options: .atomic)
    } catch {
      throw EngineError(
        .cannotWrite,
        "\(folder.path(percentEncoded: false)): cannot be written; the shop keeps what it had")
    }
    try store.keep(name, as: .relations)
  }
}
