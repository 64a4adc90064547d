/// What shoppers did, one step after the other: deeds of one moment, such as the products of a
/// basket, are one step.
public struct ShopperSteps: Sendable {
  /// Deeds of one moment.
  public struct Step: Sendable, Equatable {
    /// Seconds since 1970.
    public var time: Double
    /// The items, in any order.
    public var items: [Int32]
    /// Whether something was bought.
    public var isPurchase: Bool

    /// Creates a step.
    public init(time: Double, items: [Int32], isPurchase: Bool) {
      (self.time, self.items, self.isPurchase) = (time, items, isPurchase)
    }
  }

  /// All steps, shopper after shopper, oldest first.
  public private(set) var steps: [Step] = []
  /// Where each shopper's begin, one more than there are shoppers.
  public private(set) var offsets = [0]
  /// The number of items.
  public let itemCount: Int

  /// Nobody yet.
  public init(itemCount: Int) { self.itemCount = itemCount }

  /// Adds a shopper.
  ///
  /// - Precondition: times ascend strictly, items are in `0 ..< itemCount`.
  public mutating func append(_ own: [Step]) {
    precondition(zip(own, own.dropFirst()).allSatisfy { $0.time < $1.time }, "times that ascend")
    precondition(
      own.allSatisfy { $0.items.allSatisfy { (0..<itemCount).contains(Int($0)) } }, "known items")
    steps += own
    offsets.append(steps.count)
  }

  /// The number of shoppers.
  public var count: Int { offsets.count - 1 }

  /// The steps of a shopper.
  public func range(of shopper: Int) -> Range<Int> { offsets[shopper]..<offsets[shopper + 1] }
}

/// Three spans of the calendar: what is learnt from, what chooses, what reports.
public struct OutcomeSpans: Sendable, Equatable {
  /// When the second span begins, and the third, in seconds since 1970; the third ends after the
  /// last step.
  public let validation: Double, test: Double, end: Double

  /// Parts steps so that the second and the third hold a tenth each; `nil` where all are of one
  /// moment.
  public init?(of steps: ShopperSteps) {
    let times = steps.steps.map(\.time).sorted()
    guard let first = times.first, let last = times.last, last > first else { return nil }
    validation = times[times.count * 8 / 10]
    test = times[times.count * 9 / 10]
    end = last
    guard first < validation, validation < test, test < last else { return nil }
  }

  /// The beginning and the end of each span.
  var bounds: [(from: Double, to: Double)] {
    [(-.infinity, validation), (validation, test), (test, end)]
  }
}

/// What came after each step of a span: whether something was bought within a horizon, and how long
/// it was until the next step.
///
/// A step counts for the purchase only where the whole horizon lies in its span, for the time only
/// where the next step does. So a span's answers tell nothing of the next one, and what is not known
/// yet is no answer; times longer than what is left of the span are missing, for all models alike.
public struct StepOutcomes: Sendable {
  /// Steps whose purchases are known.
  public private(set) var purchaseSteps: [Int] = []
  /// Whether something was bought in a later step within the horizon.
  public private(set) var isBought: [Bool] = []
  /// Steps whose next one is known.
  public private(set) var timeSteps: [Int] = []
  /// Seconds until the next step.
  public private(set) var seconds: [Double] = []

  init(_ steps: ShopperSteps, from: Double, to: Double, horizon: Double) {
    for shopper in 0..<steps.count {
      let range = steps.range(of: shopper)
      var nextPurchase = Double.infinity
      var found: [(step: Int, isBought: Bool)] = []
      for index in range.reversed() {
        let time = steps.steps[index].time
        if time >= from, time + horizon <= to {
          found.append((index, nextPurchase <= time + horizon))
        }
        if steps.steps[index].isPurchase { nextPurchase = time }
      }
      for entry in found.reversed() {
        purchaseSteps.append(entry.step)
        isBought.append(entry.isBought)
      }
      for index in range.dropLast() {
        let (time, next) = (steps.steps[index].time, steps.steps[index + 1].time)
        guard time >= from, next < to else { continue }
        timeSteps.append(index)
        seconds.append(next - time)
      }
    }
  }
}
