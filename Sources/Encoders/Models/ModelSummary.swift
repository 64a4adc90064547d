import Foundation

/// What a model is, for display.
public struct ModelSummary: Hashable, Sendable {
  /// Where it is and how it is called.
  public var location: ModelLocation
  /// Sizes and settings of the network.
  public var network: Network
  /// Whether vectors have unit length.
  public var normalises: Bool
  /// What is put before a text.
  public var prefixes: TextPrefixes
  /// Tokens of a text beyond which its end is ignored.
  public var maximumTokens: Int
  /// Number of weights, by the configuration.
  public var parameters: Int
  /// The files and their sizes in bytes, by name.
  public var files: [File]

  /// A network by its family.
  public enum Network: Hashable, Sendable {
    /// Of the BERT family, and how token states become a vector.
    case transformer(TransformerConfiguration, Pooling)
    /// Trained by the shop.
    case compact(CompactConfiguration)
  }

  /// Length of a vector.
  public var dimension: Int {
    switch network {
    case .transformer(let configuration, _): configuration.hidden
    case .compact(let configuration): configuration.dimension
    }
  }
  /// Bytes of all files.
  public var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

  /// A file of the model.
  public struct File: Hashable, Sendable {
    /// Its path within the model's folder.
    public var name: String
    /// Its size.
    public var bytes: Int
  }
}

extension ModelStore {
  /// Describes a model from its settings, without loading weights.
  public func inspect(_ name: String) throws(EncoderError) -> ModelSummary {
    try inspect(try locate(name))
  }

  /// Describes a model from its settings, without loading weights.
  public func inspect(_ location: ModelLocation) throws(EncoderError) -> ModelSummary {
    guard FileAccess.isFolder(location.url) else {
      let configuration = try PackedModelFile(location.url).configuration
      return ModelSummary(
        location: location, network: .transformer(configuration, .mean), normalises: true,
        prefixes: ModelParts.e5Prefixes, maximumTokens: configuration.maximumTokens,
        parameters: configuration.parameters,
        files: [
          .init(
            name: location.url.lastPathComponent, bytes: FileAccess.size(of: location.url) ?? 0)
        ])
    }
    if location.isCompact {
      let configuration = try CompactEncoder.settings(in: location.url)
      return ModelSummary(
        location: location, network: .compact(configuration), normalises: true,
        prefixes: TextPrefixes(), maximumTokens: configuration.maximumTokens,
        parameters: configuration.parameters,
        files: Self.files(CompactEncoder.fileNames, in: location.url))
    }
    let directory = try ModelDirectory(location.url)
    return ModelSummary(
      location: location,
      network: .transformer(directory.configuration, directory.pooling),
      normalises: directory.normalises, prefixes: directory.prefixes,
      maximumTokens: directory.maximumTokens, parameters: directory.configuration.parameters,
      files: Self.files(ModelDirectory.fileNames + [directory.poolingFile], in: location.url))
  }

  /// Those of `names` that are there.
  private static func files(_ names: [String], in folder: URL) -> [ModelSummary.File] {
    names.compactMap { name in
      FileAccess.size(of: folder.appendingPathComponent(name)).map {
        ModelSummary.File(name: name, bytes: $0)
      }
    }
  }
}

extension TransformerConfiguration {
  /// Weights of the encoder: embeddings and blocks, no pooler and no head.
  public var parameters: Int {
    let embeddings = (vocabulary + positions + tokenTypes + 2) * hidden
    let attention = 4 * (hidden * hidden + hidden)
    let feedForward = 2 * hidden * intermediate + intermediate + hidden
    return embeddings + layers * (attention + feedForward + 4 * hidden)
  }
}
