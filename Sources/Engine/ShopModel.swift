internal import AkinEncoders
internal import Foundation

/// The encoder of a shop, told apart from others that may bear its name.
struct ShopModel {
  /// The name that finds it again: of the model store, or an absolute path.
  let name: String
  /// Under what its vectors are kept: the name, the content of its files and the number type.
  let key: String
  private let location: ModelLocation
  private let precision: NumericPrecision

  /// Finds the model, without loading it. A relative path becomes an absolute one, so that the
  /// shop can be asked from any folder.
  ///
  /// A shop keeps the number type that it was first built in, so that its vectors stay comparable
  /// whichever of its servers encodes: vectors of two types are nearly, not quite the same.
  ///
  /// - Parameter former: under what the shop's vectors are kept already.
  /// - Throws: `EncoderError` where there is no such model.
  init(named name: String, as former: String? = nil) throws {
    self.name =
      name.contains("/")
      ? URL(filePath: name).standardizedFileURL.path(percentEncoded: false) : name
    let store = ModelStore()
    location = try store.locate(self.name)
    let fingerprint = try store.inspect(location).fingerprint()
    let kept = former.flatMap(Self.precision)
    precision = kept.flatMap { $0.isSupported ? $0 : nil } ?? .fastest
    key = "\(self.name) \(fingerprint) \(precision.rawValue)"
  }

  /// The model that a shop was built with.
  ///
  /// - Throws: ``EngineError`` `modelChanged` where it has changed since, or worked in numbers that
  ///   this processor lacks; `EncoderError`.
  init(of summary: BuildSummary) throws {
    try self.init(named: summary.model, as: summary.modelKey)
    guard key != summary.modelKey else { return }
    if let kept = Self.precision(summary.modelKey), !kept.isSupported {
      throw EngineError(
        .modelChanged,
        "the shop was built in \(kept.rawValue), which this processor lacks; build it again here")
    }
    throw EngineError(
      .modelChanged,
      "the model '\(summary.model)' is no longer the one the shop was built with; build it again")
  }

  private static func precision(_ key: String) -> NumericPrecision? {
    key.split(separator: " ").last.flatMap { NumericPrecision(rawValue: String($0)) }
  }

  func load() throws -> any TextEncoder { try location.encoder(precision: precision) }

  /// The encoder with what a tuning changed of it.
  func load(tunedBy weights: URL) throws -> TransformerEncoder {
    try TunedWeights.encoder(location, tunedBy: weights)
  }
}
