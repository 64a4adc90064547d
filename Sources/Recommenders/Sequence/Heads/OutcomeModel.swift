internal import AkinEvaluation
internal import AkinNeural
internal import Foundation

/// The fitted ``OutcomeHeads``.
public final class OutcomeModel: @unchecked Sendable {
  // Safe: after `fit` nothing changes the network, and reading tensors from several threads is
  // what libtorch allows.
  private let network: OutcomeNetwork
  private let scale: Standardisation
  private let time: (mean: Double, deviation: Double)
  /// How it was trained.
  public let settings: OutcomeHeads
  /// The number of items.
  public let itemCount: Int
  /// `outcome-heads`.
  public static let kind = "outcome-heads"

  init(
    _ network: OutcomeNetwork, _ scale: Standardisation, _ time: (mean: Double, deviation: Double),
    _ settings: OutcomeHeads, itemCount: Int
  ) {
    (self.network, self.scale, self.time) = (network, scale, time)
    (self.settings, self.itemCount) = (settings, itemCount)
  }

  /// What is expected after a step.
  public struct Outcome: Sendable, Equatable {
    /// The probability that something is bought within the horizon that was learnt.
    public var purchase: Double
    /// Seconds until the next step: the median.
    public var seconds: Double
  }

  /// What is expected after the last step of a shopper; `nil` for one without steps.
  public func expected(after own: [ShopperSteps.Step]) throws -> Outcome? {
    guard !own.isEmpty else { return nil }
    var steps = ShopperSteps(itemCount: itemCount)
    steps.append(own)
    return try outcomes([own.count - 1], of: steps, StepNumbers(steps)).first
  }

  /// What is expected after some steps, ascending, each read with what came before it.
  ///
  /// Shoppers are read in stretches of ``OutcomeHeads/longest`` steps that overlap by half, so that
  /// every step has at least half of that behind it where there is so much. O(steps · width²).
  func outcomes(_ wanted: [Int], of steps: ShopperSteps, _ numbers: StepNumbers) throws -> [Outcome]
  {
    var result = [Outcome](repeating: Outcome(purchase: 0, seconds: 0), count: wanted.count)
    var (packed, rows): (PackedSteps, [(row: Int, place: Int)]) = (PackedSteps(), [])
    func flush() throws {
      guard !rows.isEmpty else { return }
      try write(packed, rows, into: &result)
      (packed, rows) = (PackedSteps(), [])
    }
    var next = 0
    for shopper in 0..<steps.count {
      let range = steps.range(of: shopper)
      while next < wanted.count, wanted[next] < range.upperBound {
        let first = max(range.lowerBound, wanted[next] + 1 - max(1, settings.longest / 2))
        let stretch = first..<min(range.upperBound, first + settings.longest)
        let start = packed.positions.count
        packed.append(stretch, of: steps, numbers, scale, itemsPerStep: settings.itemsPerStep)
        while next < wanted.count, stretch.contains(wanted[next]) {
          rows.append((start + wanted[next] - stretch.lowerBound, next))
          next += 1
        }
        if packed.positions.count > 8_192 { try flush() }
      }
    }
    try flush()
    return result
  }

  private func write(
    _ packed: PackedSteps, _ rows: [(row: Int, place: Int)], into result: inout [Outcome]
  ) throws {
    let (logits, times) = try withInferenceMode {
      let states = try network.states(packed, .inference)
        .indexSelect(dimension: 0, Tensor(rows.map(\.row)))
      return (try network.purchases(states).floats(), try network.times(states).floats())
    }
    for (index, entry) in rows.enumerated() {
      let size = Double(times[index]) * time.deviation + time.mean
      result[entry.place] = Outcome(
        purchase: 1 / (1 + exp(-Double(logits[index]))), seconds: expm1(min(25, max(0, size))))
    }
  }

  /// The loss that training makes small: cross-entropy and absolute error of the standardised
  /// logarithm, added.
  func loss(_ outcomes: StepOutcomes, of steps: ShopperSteps, _ numbers: StepNumbers) throws
    -> Double
  {
    let purchases = try self.outcomes(outcomes.purchaseSteps, of: steps, numbers).map(\.purchase)
    let times = try self.outcomes(outcomes.timeSteps, of: steps, numbers).map { log1p($0.seconds) }
    let log = PointMetrics.logLoss(purchases, outcomes.isBought) ?? 0
    let absolute = PointMetrics.meanAbsoluteError(times, outcomes.seconds.map { log1p($0) }) ?? 0
    return log + absolute / time.deviation
  }
}

// MARK: Files

extension OutcomeModel {
  /// The settings and all weights.
  public func archived() throws -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    archive.notes["settings"] = String(decoding: try encoder.encode(settings), as: UTF8.self)
    archive.notes["items"] = String(itemCount)
    archive.floats["scale.means"] = scale.means
    archive.floats["scale.deviations"] = scale.deviations
    archive.notes["time.mean"] = "\(time.mean)"
    archive.notes["time.deviation"] = "\(time.deviation)"
    for parameter in network.parameters {
      archive.floats[parameter.name] = try parameter.tensor.detached().floats()
    }
    return archive
  }

  /// Takes settings and weights.
  ///
  /// - Throws: ``RecommenderError`` `damaged`.
  public convenience init(_ archive: ModelArchive) throws {
    guard archive.kind == Self.kind, let notes = archive.notes["settings"],
      let settings = try? JSONDecoder().decode(OutcomeHeads.self, from: Data(notes.utf8)),
      settings.encoder.isPlausible, (1...1_000).contains(settings.itemsPerStep)
    else { throw archive.damaged("has no usable settings") }
    let itemCount = try archive.whole("items")
    let width = StepNumbers.names.count
    let table = archive.floats["encoder.items.table"]?.count
    guard itemCount > 0, table == itemCount * settings.width else {
      throw archive.damaged("has no vector for every item")
    }
    let scale = Standardisation(
      means: try archive.numbers("scale.means", count: width),
      deviations: try archive.numbers("scale.deviations", count: width))
    guard let mean = archive.notes["time.mean"].flatMap(Double.init), mean.isFinite,
      let deviation = archive.notes["time.deviation"].flatMap(Double.init), deviation > 0,
      deviation.isFinite, scale.deviations.allSatisfy({ $0 > 0 })
    else {
      throw archive.damaged("has deviations that are not positive")
    }
    let network = try OutcomeNetwork(itemCount: itemCount, settings)
    var tensors: [String: Tensor] = [:]
    for parameter in network.parameters {
      let values = try archive.numbers(parameter.name, count: parameter.tensor.count)
      tensors[parameter.name] = try Tensor(values, shape: parameter.tensor.shape)
    }
    try network.load(tensors)
    self.init(
      network, scale, (mean, deviation), settings, itemCount: itemCount)
  }
}
