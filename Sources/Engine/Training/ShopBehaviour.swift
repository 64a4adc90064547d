internal import AkinCatalogue
internal import AkinStorage

/// A shop's histories as matrices of shoppers and items, parted in time.
///
/// Stage 0 is learnt from, stage 1 chooses, stage 2 reports. Where every deed has a time, the
/// stages are three spans of the calendar, the same for all shoppers: nothing of the future helps
/// to predict it. Otherwise they are the beginning, the end, and the very end of each history.
struct ShopBehaviour {
  /// How the stages were parted.
  enum Parting: Equatable {
    /// The times at which stages 1 and 2 begin, in seconds since 1970.
    case calendar(validation: Double, test: Double)
    /// By the place in each shopper's history.
    case order
  }

  /// The share of what is judged that stage 1 and stage 2 hold, each: a tenth, and up to a fifth
  /// where a tenth would be too few to choose by.
  static func heldOut(of targets: Int) -> Double {
    min(0.2, max(0.1, 2_000 / Double(max(1, targets))))
  }

  let items: ItemTable
  let shoppers: [ShopperName]
  /// What is judged: the strongest type of event that the shop has.
  let target: EventType
  let parting: Parting
  /// Deeds of products that the catalogue lacks.
  let unknown: Int
  private var deeds: [Deed] = []

  private struct Deed {
    var shopper: Int32
    var item: Int32
    var weight: Float
    var isTarget: Bool
    var time: Double?
    var stage = 0
  }

  /// Joins histories with the catalogue.
  ///
  /// - Parameter related: the nearest texts of each text by content.
  /// - Throws: ``EngineError`` `nothingToDo` where there is nothing to learn from.
  init(
    _ snapshot: BehaviourSnapshot, _ entries: [ProductEntry],
    related: [Int: [Neighbour]] = [:], weights: EventWeights
  ) throws(EngineError) {
    let items = ItemTable(entries, known: Set(snapshot.products), related: related)
    let numbers = snapshot.products.map { items.itemOfProduct[$0] }
    var types: Set<EventType> = []
    for history in snapshot.histories {
      for entry in history.entries where numbers[Int(entry.product)] != nil {
        types.insert(entry.type)
      }
    }
    guard let target = weights.strongest(of: types) else {
      throw EngineError(
        .nothingToDo,
        "the shop knows of no shopper's behaviour; build it with --events FILE, whose rows name a"
          + " user, visitor, session or order")
    }
    var (deeds, unknown): ([Deed], Int) = ([], 0)
    for (shopper, history) in snapshot.histories.enumerated() {
      for entry in history.entries {
        guard let item = numbers[Int(entry.product)] else {
          unknown += 1
          continue
        }
        guard weights[entry.type] > 0 else { continue }
        deeds.append(
          Deed(
            shopper: Int32(shopper), item: item, weight: weights[entry.type],
            isTarget: entry.type == target, time: entry.time))
      }
    }
    (self.items, self.target, self.unknown) = (items, target, unknown)
    shoppers = snapshot.histories.map(\.name)
    (self.deeds, parting) = Self.parted(deeds)
  }

  private static func parted(_ deeds: [Deed]) -> ([Deed], Parting) {
    var deeds = deeds
    let heldOut = heldOut(of: deeds.count { $0.isTarget })
    let times = deeds.lazy.filter(\.isTarget).compactMap(\.time).sorted()
    let isTimed = deeds.allSatisfy { $0.time != nil }
    if isTimed, let first = times.first, let last = times.last, last > first {
      func time(before share: Double) -> Double {
        times[min(times.count - 1, Int(Double(times.count) * (1 - share)))]
      }
      let (validation, test) = (time(before: 2 * heldOut), time(before: heldOut))
      for index in deeds.indices {
        let time = deeds[index].time ?? 0
        deeds[index].stage = time >= test ? 2 : time >= validation ? 1 : 0
      }
      return (deeds, .calendar(validation: validation, test: test))
    }
    var start = 0
    while start < deeds.count {
      var end = start
      while end < deeds.count, deeds[end].shopper == deeds[start].shopper { end += 1 }
      let targets = (start..<end).filter { deeds[$0].isTarget }
      if targets.count >= 3 {
        let held = max(1, Int(Double(targets.count) * heldOut))
        let (validation, test) = (targets[targets.count - 2 * held], targets[targets.count - held])
        for index in validation..<end { deeds[index].stage = index >= test ? 2 : 1 }
      }
      start = end
    }
    return (deeds, .order)
  }

  /// The number of deeds that count.
  var count: Int { deeds.count }

  /// All that shoppers did up to and with `stage`: weights add up, the latest time stays.
  func history(through stage: Int) -> Interactions {
    var builder = InteractionsBuilder()
    for deed in deeds where deed.stage <= stage {
      builder.append(
        user: Int(deed.shopper), item: Int(deed.item), weight: deed.weight, time: deed.time)
    }
    return builder.build(
      userCount: shoppers.count, itemCount: items.count, keepsRepeats: true)
  }

  /// The items that each shopper took in `stage`, by deeds of the type ``target``, repeats
  /// of earlier ones included.
  func targets(in stage: Int) -> Interactions {
    var builder = InteractionsBuilder()
    for deed in deeds where deed.stage == stage && deed.isTarget {
      builder.append(user: Int(deed.shopper), item: Int(deed.item))
    }
    return builder.build(userCount: shoppers.count, itemCount: items.count)
  }
}
