internal import AkinCatalogue
internal import AkinNeural

/// Learns every item of every sequence from the items before it.
final class NextItemTraining: Trainable {
  private let network: NextItemNetwork
  private let sequences: Sequences
  private let pieces: [Range<Int>]
  private let validation: SequenceCases?
  private let settings: NextItem
  let parameters: [Parameter]
  /// Told the measures of each validation.
  var observe: ([String: Double]) -> Void = { _ in }

  init(
    _ network: NextItemNetwork, _ sequences: Sequences, validation: SequenceCases?,
    _ settings: NextItem
  ) {
    self.network = network
    self.sequences = sequences
    self.settings = settings
    self.validation = validation.flatMap {
      $0.count > 0 ? $0.spread(over: settings.validationCases) : nil
    }
    pieces = Self.pieces(of: sequences, longest: settings.longest)
    parameters = network.parameters
  }

  /// Stretches of `sequences.items` that are read at once: whole rows, longer ones cut from their
  /// end. One item more than is read, the last one being a target only.
  static func pieces(of sequences: Sequences, longest: Int) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    for row in 0..<sequences.count {
      var end = sequences.offsets[row + 1]
      let start = sequences.offsets[row]
      while end - start > 1 {
        let first = max(start, end - longest - 1)
        pieces.append(first..<end)
        end = first + 1
      }
    }
    return pieces
  }

  /// Pieces in random order, cut where a batch has its share of a step's predictions. Where an
  /// epoch is a part of a pass, the parts of one pass come from one order.
  func batches(epoch: Int, seed: UInt64) throws -> [[[Int]]] {
    let total = pieces.reduce(0) { $0 + $1.count - 1 }
    let parts = max(1, total / max(1, settings.rowsPerEpoch ?? total))
    let pass = Seeds.combined(settings.seed, UInt64(epoch / parts))
    let all = try Tensor.randomPermutation(pieces.count, using: Generator(seed: pass))
      .elements(as: Int.self)
    let part = epoch % parts
    let order = all[all.count * part / parts..<all.count * (part + 1) / parts]
    let share = max(1, settings.rowsPerStep / settings.threads)
    var batches: [[Int]] = [[]]
    var rows = 0
    for number in order {
      if rows >= share {
        batches.append([])
        rows = 0
      }
      batches[batches.count - 1].append(number)
      rows += pieces[number].count - 1
    }
    return stride(from: 0, to: batches.count, by: settings.threads).map {
      Array(batches[$0..<min($0 + settings.threads, batches.count)])
    }
  }

  func weight(of batch: [Int]) -> Double {
    Double(batch.reduce(0) { $0 + pieces[$1].count - 1 })
  }

  func loss(of batch: [Int], _ pass: Pass) throws -> Tensor {
    var histories = PackedHistories()
    var targets: [Int] = []
    for number in batch {
      let piece = sequences.items[pieces[number]]
      histories.append(piece.dropLast())
      targets += piece.dropFirst().map(Int.init)
    }
    let states = try network.states(histories, pass)
    guard let negatives = settings.negatives, negatives < sequences.itemCount else {
      return try states.softmaxLoss(table: network.table(), targets: Tensor(targets))
    }
    let drawn = try Competitors(
      targets: targets, draws: negatives, of: sequences.itemCount, seed: pass.nextSeed())
    return try states.softmaxLoss(
      table: network.rows(Tensor(drawn.items)), targets: Tensor(drawn.targets),
      bias: Tensor(drawn.corrections))
  }

  func validate() throws -> [String: Double] {
    guard let validation else { return [:] }
    let scorer = try NextItemScorer(network, itemCount: sequences.itemCount, settings)
    let measures = try CaseRanks.measure(
      validation, itemCount: sequences.itemCount, excludesHistory: settings.excludesHistory,
      threads: settings.threads
    ) { try scorer.score($0, into: $1, asProbabilities: false) }.means
    observe(measures)
    return measures
  }
}
