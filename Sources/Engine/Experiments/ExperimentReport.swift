internal import AkinCatalogue
internal import AkinEvaluation
internal import AkinStorage

/// What came of an experiment: of each variant how many shoppers saw a list, clicked a product of it,
/// put something into the basket, bought, and for how much; and how sure the differences are.
///
/// A shopper counts for the variant of the first of his names (user, visitor, session) that was
/// exposed, and what he did counts from his first list on. Clicks count by the token that they
/// brought back; baskets, orders and refunds whatever led to them.
package struct ExperimentReport: Sendable, Encodable {
  /// One variant.
  package struct VariantResult: Sendable, Encodable {
    package var id: String
    package var counts: Counts
    /// Of the shoppers; `nil` where there are none.
    package var rates: Rates?
    /// By currency; an empty name where events had none.
    package var revenue: [String: Double]
    /// Against the first variant; `nil` for the first itself.
    package var against: Comparisons?
  }

  /// Shoppers who did something at least once.
  package struct Counts: Sendable, Encodable, Equatable {
    package var exposed = 0
    package var clicked = 0
    package var basket = 0
    package var bought = 0
  }

  /// Shares of the shoppers, and revenue a shopper where it is all of one currency.
  package struct Rates: Sendable, Encodable {
    package var clicked: Double
    package var basket: Double
    package var bought: Double
    package var revenue: Double?
  }

  /// How a variant differs from the first; `nil` where a group is too small to say anything.
  package struct Comparisons: Sendable, Encodable {
    package var clicked: Comparison?
    package var basket: Comparison?
    package var bought: Comparison?
    package var revenue: Comparison?
  }

  /// A difference with bounds that hold at every look (``ConfidenceSequence``).
  package struct Comparison: Sendable, Encodable {
    /// In the measure's own unit.
    package var difference: Double
    package var lower: Double
    package var upper: Double
    /// The same relative to the first variant's rate; `nil` where that is 0.
    package var lift: Double?
    package var liftLower: Double?
    package var liftUpper: Double?
    package var pValue: Double
    /// Whether the bounds leave 0 out: the difference is more than chance.
    package var isSure: Bool
  }

  /// What had come of each variant by the end of a day of 24 hours since the start.
  package struct Day: Sendable, Encodable {
    /// Its end, in seconds since 1970-01-01 UTC.
    package var until: Double
    package var counts: [String: Counts]
    /// By variant, what a look on that day saw of clicks, baskets and orders.
    package var against: [String: Comparisons]
  }

  package var variants: [VariantResult]
  /// The first day first; at most ``longest``, the last ones.
  package var days: [Day]
  /// The probability of ever being wrong about one variant or another.
  package var alpha: Double

  static let alpha = 0.05
  static let longest = 366
}

/// Counts what shoppers of an experiment did.
struct ExperimentTally {
  private struct Shopper {
    var variant: Int
    var first: Double
    var clicked: Double?
    var basket: Double?
    var bought: Double?
    var revenue: [String: Double] = [:]

    mutating func take(_ event: Event, at time: Double, isClick: Bool) {
      switch event.type {
      case .viewItem, .selectItem: break
      case .addToCart: basket = basket ?? time
      case .purchase:
        bought = bought ?? time
        add(event, 1)
      case .refund: return add(event, -1)
      default: return
      }
      if isClick { clicked = clicked ?? time }
    }

    private mutating func add(_ event: Event, _ sign: Double) {
      guard let price = event.price else { return }
      revenue[price.currency ?? "", default: 0] += sign * price.amount * event.quantity
    }
  }

  private let experiment: Experiment
  private var shoppers: [ShopperName: Shopper] = [:]

  init(_ experiment: Experiment, _ exposures: [Exposure]) {
    self.experiment = experiment
    let places = Dictionary(
      experiment.plan.variants.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { $1 })
    for exposure in exposures {
      guard let variant = places[exposure.variant] else { continue }
      shoppers[exposure.shopper] = Shopper(variant: variant, first: exposure.first)
    }
  }

  /// Takes an event.
  mutating func take(_ event: Event) {
    guard let name = event.shoppers.first(where: { shoppers[$0] != nil }),
      let time = event.time, let first = shoppers[name]?.first,
      // Clients' clocks say whole seconds, so an event may seem to be a moment before its list.
      time >= first.rounded(.down), time <= experiment.stopped ?? .infinity
    else { return }
    let trial = event.attribution.flatMap(AttributionToken.init)?.trial
    shoppers[name]?.take(event, at: time, isClick: trial?.experiment == experiment.id)
  }

  /// - Parameter now: until when days are told.
  func report(now: Double) -> ExperimentReport {
    let groups = experiment.plan.variants.indices.map { variant in
      shoppers.values.filter { $0.variant == variant }
    }
    let currencies = Set(shoppers.values.flatMap(\.revenue.keys))
    let currency = currencies.count == 1 ? currencies.first : nil
    let results = experiment.plan.variants.indices.map { index in
      ExperimentReport.VariantResult(
        id: experiment.plan.variants[index].id, counts: Self.counts(groups[index], by: .infinity),
        rates: Self.rates(groups[index], currency),
        revenue: groups[index].reduce(into: [:]) { $0.merge($1.revenue, uniquingKeysWith: +) },
        against: index == 0 ? nil : compare(groups[index], groups[0], currency))
    }
    return ExperimentReport(
      variants: results, days: days(groups, now: now), alpha: ExperimentReport.alpha)
  }

  private static func counts(_ group: [Shopper], by time: Double) -> ExperimentReport.Counts {
    ExperimentReport.Counts(
      exposed: group.count { $0.first <= time },
      clicked: group.count { $0.clicked.map { $0 <= time } ?? false },
      basket: group.count { $0.basket.map { $0 <= time } ?? false },
      bought: group.count { $0.bought.map { $0 <= time } ?? false })
  }

  private static func rates(_ group: [Shopper], _ currency: String?) -> ExperimentReport.Rates? {
    guard !group.isEmpty else { return nil }
    let counts = counts(group, by: .infinity)
    func rate(_ count: Int) -> Double { Double(count) / Double(group.count) }
    return ExperimentReport.Rates(
      clicked: rate(counts.clicked), basket: rate(counts.basket), bought: rate(counts.bought),
      revenue: currency.map { currency in
        group.reduce(0) { $0 + ($1.revenue[currency] ?? 0) } / Double(group.count)
      })
  }

  /// How two groups differ; `nil` where one is too small to say anything.
  private func comparison(
    _ group: ConfidenceSequence.Group, _ control: ConfidenceSequence.Group
  ) -> ExperimentReport.Comparison? {
    // Every variant is compared with the first: together they may be wrong as seldom as one.
    let others = Double(experiment.plan.variants.count - 1)
    let alpha = ExperimentReport.alpha / others
    guard let found = ConfidenceSequence(group, against: control, alpha: alpha) else {
      return nil
    }
    func relative(_ value: Double) -> Double? { control.mean > 0 ? value / control.mean : nil }
    return ExperimentReport.Comparison(
      difference: found.difference, lower: found.lower, upper: found.upper,
      lift: relative(found.difference), liftLower: relative(found.lower),
      liftUpper: relative(found.upper), pValue: min(1, found.pValue * others),
      isSure: found.lower > 0 || found.upper < 0)
  }

  /// Of shares alone, without revenue.
  private func compare(_ counts: ExperimentReport.Counts, _ control: ExperimentReport.Counts)
    -> ExperimentReport.Comparisons
  {
    func share(_ deed: KeyPath<ExperimentReport.Counts, Int>) -> ExperimentReport.Comparison? {
      comparison(
        .init(successes: counts[keyPath: deed], of: counts.exposed),
        .init(successes: control[keyPath: deed], of: control.exposed))
    }
    return ExperimentReport.Comparisons(
      clicked: share(\.clicked), basket: share(\.basket), bought: share(\.bought))
  }

  private func compare(_ group: [Shopper], _ control: [Shopper], _ currency: String?)
    -> ExperimentReport.Comparisons
  {
    var found = compare(
      Self.counts(group, by: .infinity), Self.counts(control, by: .infinity))
    found.revenue = currency.flatMap {
      comparison(Self.revenue(of: group, $0), Self.revenue(of: control, $0))
    }
    return found
  }

  private static func revenue(of group: [Shopper], _ currency: String) -> ConfidenceSequence.Group {
    let count = Double(group.count)
    let mean = group.reduce(0) { $0 + ($1.revenue[currency] ?? 0) } / max(1, count)
    let squares = group.reduce(0) { sum, shopper in
      let distance = (shopper.revenue[currency] ?? 0) - mean
      return sum + distance * distance
    }
    return .init(count: group.count, mean: mean, variance: squares / max(1, count - 1))
  }

  private func days(_ groups: [[Shopper]], now: Double) -> [ExperimentReport.Day] {
    guard let started = experiment.started else { return [] }
    let end = min(now, experiment.stopped ?? now)
    let count = max(1, Int(((end - started) / 86_400).rounded(.up)))
    return (max(0, count - ExperimentReport.longest)..<count).map { day in
      let until = started + Double(day + 1) * 86_400
      let counts = groups.map { Self.counts($0, by: until) }
      let ids = experiment.plan.variants.map(\.id)
      let against = zip(ids, counts).dropFirst().map { ($0, compare($1, counts[0])) }
      return ExperimentReport.Day(
        until: until, counts: Dictionary(zip(ids, counts), uniquingKeysWith: { $1 }),
        against: Dictionary(against, uniquingKeysWith: { $1 }))
    }
  }
}

extension LiveShop {
  /// What has come of an experiment so far; `nil` where it has not begun. O(events since then), and
  /// up to a year of days times shoppers.
  package func report(on experiment: Experiment) throws -> ExperimentReport? {
    guard let started = experiment.started else { return nil }
    try saveExposures()
    var tally = ExperimentTally(experiment, try store.exposures(to: experiment.id))
    try store.forEachEvent(since: started.rounded(.down)) { tally.take($0) }
    return tally.report(now: now())
  }
}
