internal import AkinNeural
internal import Foundation

/// The fitted ``NextItem``. Scores are logits of the softmax.
public final class NextItemModel: SequenceRecommender, @unchecked Sendable {
  // Safe: after `fit` nothing changes the network, and reading tensors from several threads is
  // what libtorch allows.
  private let network: NextItemNetwork
  private let scorer: NextItemScorer
  /// How it was trained.
  public let settings: NextItem
  /// The number of items that are ranked.
  public let itemCount: Int
  /// The epochs of training in order; empty for a model of a file.
  public let epochs: [NextItemEpoch]
  /// The epoch whose weights were kept, from 1; 0 for a model of a file.
  public let keptEpoch: Int
  /// `next-item`.
  public static let kind = "next-item"

  init(
    _ network: NextItemNetwork, itemCount: Int, _ settings: NextItem, _ epochs: [NextItemEpoch],
    kept: Int
  ) throws {
    self.network = network
    self.settings = settings
    self.itemCount = itemCount
    self.epochs = epochs
    keptEpoch = kept
    scorer = try NextItemScorer(network, itemCount: itemCount, settings)
  }

  /// Logits of all items after each history, 0 for a history without a known item.
  public func score(
    _ histories: [ArraySlice<Int32>], into scores: UnsafeMutableBufferPointer<Float>
  ) throws {
    try scorer.score(histories, into: scores, asProbabilities: false)
  }

  /// The softmax of the logits.
  func probabilities(
    _ histories: [ArraySlice<Int32>], into scores: UnsafeMutableBufferPointer<Float>
  ) throws {
    try scorer.score(histories, into: scores, asProbabilities: true)
  }

  /// A network of the same weights.
  func copiedNetwork() throws -> NextItemNetwork {
    let copy = try NextItemNetwork(itemCount: itemCount, settings)
    var tensors: [String: Tensor] = [:]
    for parameter in network.parameters {
      tensors[parameter.name] = try parameter.tensor.detached()
    }
    try copy.load(tensors)
    return copy
  }

  /// The settings and all weights.
  public func archived() throws -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    archive.notes["settings"] = String(decoding: try encoder.encode(settings), as: UTF8.self)
    archive.notes["items"] = String(itemCount)
    for parameter in network.parameters {
      archive.floats[parameter.name] = try parameter.tensor.detached().floats()
    }
    return archive
  }

  /// Takes settings and weights.
  public convenience init(_ archive: ModelArchive) throws {
    guard let notes = archive.notes["settings"],
      let settings = try? JSONDecoder().decode(NextItem.self, from: Data(notes.utf8)),
      settings.isPlausible
    else { throw archive.damaged("has no usable settings") }
    let itemCount = try archive.whole("items")
    guard itemCount > 0, archive.floats["items.table"]?.count == itemCount * settings.width else {
      throw archive.damaged("has no vector for every item")
    }
    let network = try NextItemNetwork(itemCount: itemCount, settings)
    var tensors: [String: Tensor] = [:]
    for parameter in network.parameters {
      let values = try archive.numbers(parameter.name, count: parameter.tensor.count)
      tensors[parameter.name] = try Tensor(values, shape: parameter.tensor.shape)
    }
    try network.load(tensors)
    try self.init(network, itemCount: itemCount, settings, [], kept: 0)
  }
}

extension NextItem {
  /// Whether sizes of a file can be those of a network.
  var isPlausible: Bool {
    [width, layers, heads, longest].allSatisfy { (1...65_536).contains($0) }
      && width % heads == 0 && deviation > 0 && (0..<1).contains(dropout)
  }
}

/// A network with its table of items laid out for products.
struct NextItemScorer: @unchecked Sendable {
  // Safe: reads tensors only.
  private let network: NextItemNetwork
  private let table: PackedLinear
  private let itemCount: Int
  private let longest: Int

  init(_ network: NextItemNetwork, itemCount: Int, _ settings: NextItem) throws {
    self.network = network
    self.itemCount = itemCount
    longest = settings.longest
    table = try PackedLinear(weight: network.table(), bias: nil)
  }

  /// - Parameter asProbabilities: whether logits become a softmax.
  func score(
    _ histories: [ArraySlice<Int32>], into scores: UnsafeMutableBufferPointer<Float>,
    asProbabilities: Bool
  ) throws {
    precondition(scores.count == histories.count * itemCount, "a score for every item")
    var packed = PackedHistories()
    var rows: [Int] = []
    for (row, history) in histories.enumerated() {
      let known = history.filter { $0 >= 0 && Int($0) < itemCount }.suffix(longest)
      if known.isEmpty {
        scores[(row * itemCount)..<((row + 1) * itemCount)].update(repeating: 0)
        continue
      }
      packed.append(known)
      rows.append(row)
    }
    guard !rows.isEmpty else { return }
    var failure: (any Error)?
    try ComputeThreads.serially {
      do {
        try withInferenceMode { try write(packed, rows, into: scores, asProbabilities) }
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private func write(
    _ packed: PackedHistories, _ rows: [Int], into scores: UnsafeMutableBufferPointer<Float>,
    _ asProbabilities: Bool
  ) throws {
    let states = try network.states(packed, .inference)
    let last = try Tensor(packed.starts.dropFirst().map { Int($0) - 1 })
    var logits = try table(states.indexSelect(dimension: 0, last))
    if asProbabilities { logits = try logits.softmax(dimension: -1) }
    try logits.withUnsafeBytes { bytes in
      let numbers = bytes.bindMemory(to: Float.self)
      for (index, row) in rows.enumerated() {
        _ = scores[(row * itemCount)...].update(
          fromContentsOf: numbers[index * itemCount..<(index + 1) * itemCount])
      }
    }
  }
}
