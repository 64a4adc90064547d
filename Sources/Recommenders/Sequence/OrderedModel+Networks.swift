public import AkinCatalogue

extension OrderedModel {
  /// Histories with the last item of a few of them taken away, and these as questions.
  private struct HeldOut {
    var train: Sequences
    var cases: SequenceCases

    /// The fewest questions by which an epoch can be told from the next.
    static let least = 100
    /// The most: more do not tell better.
    static let most = 4_000
    /// Histories must be longer to lend their last item.
    static let shortest = 2

    /// `nil` where fewer than ``least`` of every fifth history have an item to spare.
    init?(_ sequences: Sequences) {
      let long = (0..<sequences.count).filter { sequences[$0].count > Self.shortest }
      let wanted = min(Self.most, long.count / 5)
      guard wanted >= Self.least else { return nil }
      let rows = Set((0..<wanted).map { long[$0 * long.count / wanted] })
      train = Sequences(itemCount: sequences.itemCount)
      var held = train
      for row in 0..<sequences.count {
        let isHeld = rows.contains(row)
        train.append(isHeld ? sequences[row].dropLast() : sequences[row])
        if isHeld { held.append(sequences[row]) }
      }
      cases = .last(of: held)
    }
  }

  /// Whether so many histories have an item to spare that held-out items tell when to stop.
  static func canHoldOut(of interactions: Interactions) -> Bool {
    let long = (0..<interactions.userCount).count {
      interactions[$0].count > HeldOut.shortest
    }
    return long / 5 >= HeldOut.least
  }

  /// Trains a network on the shoppers' histories in their order. The last items of a fifth of them,
  /// four thousand at most, are held out to say after which epoch to stop; where there are too few,
  /// it trains for all its epochs.
  ///
  /// - Parameter former: a model of the same network that knows a part of the histories. It goes on
  ///   from there: for a third as many epochs as were its best, its rate falling to 0.
  /// - Throws: as ``NextItem/fit(_:validation:progress:)``.
  public static func fitting(
    _ network: NextItem, to interactions: Interactions, from former: OrderedModel? = nil,
    progress: FitProgress
  ) throws -> OrderedModel {
    let sequences = Self.sequences(of: interactions)
    if let known = former?.model as? NextItemModel {
      let epochs = max(1, Int((Double(known.keptEpoch) * 0.3).rounded()))
      return OrderedModel(
        try network.continued(from: known, on: sequences, epochs: epochs, progress: progress))
    }
    guard let held = HeldOut(sequences) else {
      return OrderedModel(try network.fit(sequences, validation: nil, progress: progress))
    }
    return OrderedModel(
      try network.fit(held.train, validation: held.cases, progress: progress))
  }
}

extension ShopCandidate {
  /// The fewest deeds that a network is worth trying on.
  static let leastForNetworks = 2_000

  /// The networks worth trying on a shop's interactions: none where they have no order, where they
  /// are few, or where too few histories can lend an item to say when to stop.
  public static func networks(for interactions: Interactions) -> [NextItem.Architecture] {
    interactions.count >= leastForNetworks && OrderedModel.knowsOrder(of: interactions)
      && OrderedModel.canHoldOut(of: interactions) ? [.sasrec, .gru4rec] : []
  }

  /// A network with settings for the amount of data and time.
  ///
  /// - Parameter seconds: what one training may take, about.
  public init(
    _ architecture: NextItem.Architecture, fitting interactions: Interactions, seconds: Double,
    seed: UInt64
  ) {
    var network = NextItem(
      architecture, fitting: OrderedModel.sequences(of: interactions), seconds: seconds)
    network.seed = seed
    network.excludesHistory = true
    network.validationCases = 4_000
    self.init(architecture.rawValue, .network(network), .counts)
  }

  /// Whether it is a network, which costs more to fit and to ask than all others together.
  public var isNetwork: Bool {
    if case .network = source { true } else { false }
  }
}
