internal import AkinEncoders
internal import Foundation

/// The encoder of a shop, told apart from others that may bear its name.
struct ShopModel {
  /// The name that finds it again: of the model store, or an absolute path.
  let name: String
  /// Under what its vectors are kept: the name, the content of its files and the number type.
  let key: String
  private let location: ModelLocation

  /// Finds the model, without loading it. A relative path becomes an absolute one, so that the
  /// shop can be asked from any folder.
  ///
  /// - Throws: `EncoderError` where there is no such model.
  init(named name: String) throws {
    self.name =
      name.contains("/")
      ? URL(filePath: name).standardizedFileURL.path(percentEncoded: false) : name
    let store = ModelStore()
    location = try store.locate(self.name)
    let fingerprint = try store.inspect(location).fingerprint()
    key = "\(self.name) \(fingerprint) \(NumericPrecision.fastest.rawValue)"
  }

  func load() throws -> any TextEncoder { try location.encoder() }

  /// The encoder with what a tuning changed of it.
  func load(tunedBy weights: URL) throws -> TransformerEncoder {
    try TunedWeights.encoder(location, tunedBy: weights)
  }
}
