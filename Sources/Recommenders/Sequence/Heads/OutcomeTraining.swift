internal import AkinNeural
internal import AkinSimilarity
internal import Foundation

/// Learns the answers of every step of every shopper.
final class OutcomeTraining: Trainable {
  private let network: OutcomeNetwork
  private let data: OutcomeData
  private let settings: OutcomeHeads
  private let pieces: [Range<Int>]
  /// Of each step the answers, not a number where they are not known.
  private let labels: [Float]
  private let times: [Float]
  let parameters: [Parameter]

  init(_ network: OutcomeNetwork, _ data: OutcomeData, _ settings: OutcomeHeads) {
    (self.network, self.data, self.settings) = (network, data, settings)
    parameters = network.parameters
    var labels = [Float](repeating: .nan, count: data.steps.steps.count)
    var times = labels
    for (step, isBought) in zip(data.train.purchaseSteps, data.train.isBought) {
      labels[step] = isBought ? 1 : 0
    }
    for (step, seconds) in zip(data.train.timeSteps, data.train.seconds) {
      times[step] = Float((log1p(seconds) - data.time.mean) / data.time.deviation)
    }
    (self.labels, self.times) = (labels, times)
    pieces = Self.pieces(data, longest: settings.longest).filter { piece in
      piece.contains { !labels[$0].isNaN || !times[$0].isNaN }
    }
  }

  /// The train steps of each shopper, long rows cut from their end.
  private static func pieces(_ data: OutcomeData, longest: Int) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    for shopper in 0..<data.steps.count {
      let range = data.steps.range(of: shopper)
      var end = range.lowerBound
      while end < range.upperBound, data.steps.steps[end].time < data.spans.validation { end += 1 }
      while end > range.lowerBound {
        let start = max(range.lowerBound, end - longest)
        pieces.append(start..<end)
        end = start
      }
    }
    return pieces
  }

  func batches(epoch: Int, seed: UInt64) throws -> [[[Int]]] {
    var generator = SplitMix64(seed: seed)
    let all = pieces.reduce(0) { $0 + $1.count }
    let share = max(1, min(settings.rowsPerStep, all / 20) / settings.threads)
    var batches: [[Int]] = [[]]
    var rows = 0
    for number in pieces.indices.shuffled(using: &generator) {
      if rows >= share {
        batches.append([])
        rows = 0
      }
      batches[batches.count - 1].append(number)
      rows += pieces[number].count
    }
    return stride(from: 0, to: batches.count, by: settings.threads).map {
      Array(batches[$0..<min($0 + settings.threads, batches.count)])
    }
  }

  func weight(of batch: [Int]) -> Double { Double(batch.reduce(0) { $0 + pieces[$1].count }) }

  func loss(of batch: [Int], _ pass: Pass) throws -> Tensor {
    var packed = PackedSteps()
    var (bought, dwelt): ([Int], [Int]) = ([], [])
    var (labels, times): ([Float], [Float]) = ([], [])
    for number in batch {
      let piece = pieces[number]
      let start = packed.positions.count
      packed.append(
        piece, of: data.steps, data.numbers, data.scale, itemsPerStep: settings.itemsPerStep)
      for step in piece {
        let row = start + step - piece.lowerBound
        if !self.labels[step].isNaN {
          bought.append(row)
          labels.append(self.labels[step])
        }
        if !self.times[step].isNaN {
          dwelt.append(row)
          times.append(self.times[step])
        }
      }
    }
    let states = try pass.dropout(network.states(packed, pass), settings.dropout)
    var parts: [Tensor] = []
    if !bought.isEmpty {
      let rows = try states.indexSelect(dimension: 0, Tensor(bought))
      parts.append(try Loss.binary(network.purchases(rows), labels: Tensor(labels)))
    }
    if !dwelt.isEmpty {
      let rows = try states.indexSelect(dimension: 0, Tensor(dwelt))
      parts.append(try Loss.meanAbsolute(network.times(rows), Tensor(times)))
    }
    return try parts.count == 2 ? parts[0] + parts[1] : parts[0]
  }

  func validate() throws -> [String: Double] {
    let model = OutcomeModel(
      network, data.scale, data.time, settings, itemCount: data.steps.itemCount)
    return ["loss": try model.loss(data.validation, of: data.steps, data.numbers)]
  }
}
