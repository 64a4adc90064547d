internal import AkinNeural

/// Steps in, a state for each, and two numbers of it.
final class OutcomeNetwork: Layer {
  private let encoder: NextItemNetwork
  private let moments: Linear
  private let purchase: Linear
  private let time: Linear
  private let settings: OutcomeHeads

  init(itemCount: Int, _ settings: OutcomeHeads) throws(NeuralError) {
    self.settings = settings
    encoder = try NextItemNetwork(itemCount: itemCount, settings.encoder)
    let generator = try Generator(seed: Seeds.combined(settings.seed, 7))
    moments = try Linear(StepNumbers.names.count, settings.width, using: generator)
    purchase = try Linear(settings.width, 1, using: generator)
    time = try Linear(settings.width, 1, using: generator)
  }

  /// States after each step: `[steps, width]`.
  func states(_ packed: PackedSteps, _ pass: Pass) throws(NeuralError) -> Tensor {
    let width = StepNumbers.names.count
    let numbers = try moments(
      Tensor(packed.numbers, shape: [packed.numbers.count / width, width]))
    let bags = try encoder.bags(
      packed.items, weights: packed.weights, each: settings.itemsPerStep)
    let states = try encoder.states(
      bags + numbers, packed.positions, starts: packed.starts, pass)
    // The numbers once more, past the encoder: what simple models know stays within reach.
    return try states + numbers
  }

  /// The log-odds of a purchase: `[rows]`.
  func purchases(_ states: Tensor) throws(NeuralError) -> Tensor {
    try purchase(states).flatten()
  }

  /// The standardised logarithm of the time: `[rows]`.
  func times(_ states: Tensor) throws(NeuralError) -> Tensor { try time(states).flatten() }

  func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(encoder, "encoder")
    visitor.visit(moments, "moments")
    visitor.visit(purchase, "purchase")
    visitor.visit(time, "time")
  }
}

/// Some shoppers' steps laid end to end.
struct PackedSteps {
  private(set) var items: [Int32] = []
  /// What each item's vector counts: their mean is a step's, 0 stands for no item.
  private(set) var weights: [Float] = []
  private(set) var numbers: [Float] = []
  private(set) var positions: [Int32] = []
  private(set) var starts: [Int32] = [0]

  /// Adds consecutive steps of one shopper.
  mutating func append(
    _ range: Range<Int>, of steps: ShopperSteps, _ known: StepNumbers, _ scale: Standardisation,
    itemsPerStep each: Int
  ) {
    for step in range {
      let own = steps.steps[step].items
      for slot in 0..<each {
        let place = own.count <= each ? slot : slot * own.count / each
        items.append(place < own.count ? own[place] : 0)
        weights.append(place < own.count ? 1 / Float(min(each, own.count)) : 0)
      }
      numbers += scale.applied(known.row(step))
    }
    positions += 0..<Int32(range.count)
    starts.append(Int32(positions.count))
  }
}
