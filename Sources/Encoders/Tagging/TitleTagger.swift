import AkinNeural
public import Foundation
import Synchronization

/// Finds in titles what they name: brand, product, model, whatever types the training titles had.
///
/// ```swift
/// let tagger = try TaggerTraining().fit(train: titles, valid: held)
/// try tagger.save(to: folder)
/// try tagger.spans(of: ["羚跑商务背包双肩包男士"])
/// ```
public final class TitleTagger: @unchecked Sendable {
  // All properties are constants; the tensors are only read (see ``TransformerModel``).

  /// What is known of a tagger.
  public struct Card: Codable, Sendable, Equatable {
    /// The pretrained encoder's name and the fingerprint of its files; `nil` where none was used.
    public var encoder: String?
    /// The fingerprint.
    public var encoderFingerprint: String?
    /// Titles that it learned from.
    public var titles: Int
    /// The epoch that was kept, and the seconds that training took.
    public var epoch: Int, seconds: Double
    /// What it found in the validation titles.
    public var validation: SpanMeasures
    /// What a dictionary of the training titles' stretches finds there.
    public var dictionary: SpanMeasures
  }

  private struct Stored: Codable {
    var card: Card
    var scheme: TagScheme
    var vocabulary: CharacterVocabulary
    var sizes: TaggerNetwork.Sizes
  }

  /// What is known of it.
  public let card: Card
  private let scheme: TagScheme
  private let vocabulary: CharacterVocabulary
  private let sizes: TaggerNetwork.Sizes
  private let network: TaggerNetwork
  private let states: CharacterStates?
  private let decoder: ConditionalField.Decoder

  /// Characters of a batch.
  private static let budget = 2_048

  init(
    card: Card, scheme: TagScheme, vocabulary: CharacterVocabulary, sizes: TaggerNetwork.Sizes,
    network: TaggerNetwork, states: CharacterStates?
  ) throws(NeuralError) {
    self.card = card
    self.scheme = scheme
    self.vocabulary = vocabulary
    self.sizes = sizes
    self.network = network
    self.states = states
    decoder = try network.field.decoder()
  }

  /// The types of stretches that it knows, sorted.
  public var types: [String] { scheme.types }

  /// The stretches of each title, in order, none over another. What lies beyond the encoder's limit
  /// (some 500 characters) has none.
  public func spans(of titles: [String]) throws -> [[TitleSpan]] {
    let limit = states?.limit ?? 512
    let scalars = titles.map { Array($0.unicodeScalars.prefix(limit)) }
    let plan = BatchPlan(
      lengths: scalars.map(\.count), budget: Self.budget, workers: ComputeThreads.count)
    let results = Mutex<(spans: [[TitleSpan]], error: (any Error)?)>(
      ([[TitleSpan]](repeating: [], count: titles.count), nil))
    try ComputeThreads.concurrently(plan.batches.count) { [self] batch, _ in
      let members = plan.order[plan.batches[batch]].filter { !scalars[$0].isEmpty }
      guard !members.isEmpty else { return }
      do {
        let found = try spans(of: members.map { scalars[$0] })
        results.withLock { results in
          for (member, spans) in zip(members, found) { results.spans[member] = spans }
        }
      } catch {
        results.withLock { $0.error = $0.error ?? error }
      }
    }
    return try results.withLock { results in
      if let error = results.error { throw error }
      return results.spans
    }
  }

  private func spans(of titles: [[Unicode.Scalar]]) throws -> [[TitleSpan]] {
    var input = TaggerNetwork.Input()
    for title in titles { vocabulary.add(title, to: &input) }
    if let states { input.states = try states.states(of: titles.map { $0[...] }) }
    let scores = try withoutGradient { try network(input, .inference).floats() }
    let count = scheme.count
    return titles.indices.map { title in
      let rows = Int(input.starts[title])..<Int(input.starts[title + 1])
      let tags = decoder.best(scores[rows.lowerBound * count..<rows.upperBound * count])
      return scheme.spans(of: tags, in: titles[title])
    }
  }

  /// Measures it on marked titles.
  public func evaluate(_ titles: [TaggedTitle]) throws -> SpanMeasures {
    SpanMeasures(zip(titles.map(\.spans), try spans(of: titles.map(\.title))).map { ($0, $1) })
  }

  // MARK: Files

  private static let cardName = "tagger.json"
  private static let weightsName = "tagger.safetensors"

  /// Writes the tagger into a folder, which is made if it is not there; the card comes last.
  ///
  /// - Throws: ``TaggerError`` `.notWritable`.
  public func save(to folder: URL) throws(TaggerError) {
    let path = folder.path(percentEncoded: false)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let tensors = Dictionary(
        uniqueKeysWithValues: network.parameters.map { ($0.name, $0.tensor) })
      try SafetensorsFile.write(
        tensors, to: folder.appending(path: Self.weightsName).path(percentEncoded: false))
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      try encoder.encode(
        Stored(card: card, scheme: scheme, vocabulary: vocabulary, sizes: sizes)
      ).write(to: folder.appending(path: Self.cardName), options: .atomic)
    } catch {
      throw TaggerError(.notWritable, "the tagger cannot be written: \(error)", path: path)
    }
  }

  /// Reads the tagger that ``save(to:)`` wrote.
  ///
  /// - Parameter store: where the pretrained encoder is found.
  /// - Throws: ``TaggerError`` `.damagedModel`; ``EncoderError`` where the encoder is missing.
  public convenience init(folder: URL, store: ModelStore = ModelStore()) throws {
    let path = folder.path(percentEncoded: false)
    func damaged(_ what: String) -> TaggerError {
      TaggerError(.damagedModel, "\(what); name a folder that `akin tag train` wrote", path: path)
    }
    guard let data = FileManager.default.contents(atPath: path + "/" + Self.cardName),
      let stored = try? JSONDecoder().decode(Stored.self, from: data)
    else { throw damaged("there is no whole tagger") }
    let card = stored.card
    var states: CharacterStates?
    if let name = card.encoder {
      let location = try store.locate(name)
      guard try store.inspect(location).fingerprint() == card.encoderFingerprint else {
        throw damaged("the encoder '\(name)' is not the one that the tagger was trained with")
      }
      states = try CharacterStates(location.parts())
    }
    let vocabulary = stored.vocabulary.sizes
    guard stored.sizes.states == states?.width ?? 0,
      vocabulary == (stored.sizes.characters, stored.sizes.pairs)
    else { throw damaged("its parts do not fit each other") }
    let network = try TaggerNetwork(stored.sizes, stored.scheme, using: Generator(seed: 0))
    do {
      let file = try SafetensorsFile(path: path + "/" + Self.weightsName)
      var tensors: [String: Tensor] = [:]
      for entry in file.entries { tensors[entry.name] = try file.tensor(entry.name) }
      try network.load(tensors)
    } catch { throw damaged("its weights cannot be read (\(error))") }
    try self.init(
      card: card, scheme: stored.scheme, vocabulary: stored.vocabulary, sizes: stored.sizes,
      network: network, states: states)
  }
}
