/// What the numbers of a pair say of its type before a shop has taught anything: log-odds against
/// ``Relation/unrelated``, one weight a number.
///
/// The weights are set by hand from what the types mean; nothing of them was fitted. A share of what
/// is of one kind is the same article (`family`), and of that share what differs in size or colour is
/// a variant; the rest of the kind would do instead. What carries another's name, or says that it is
/// made for it, and is of another kind, goes with it.
public struct RelationPrior: Sendable, Codable, Equatable {
  /// For each of ``Relation/related`` one weight a number of ``RelationSignals``.
  private(set) var weights: [[Float]]
  /// Log-odds where nothing is known.
  private(set) var base: [Float]

  /// The weights of `docs/similarity.md`.
  public init() {
    base = Relation.related.map { Self.bases[$0] ?? 0 }
    weights = Relation.related.map { relation in
      let table = Self.table[relation] ?? [:]
      return RelationSignals.names.map { table[$0] ?? 0 }
    }
  }

  private static let bases: [Relation: Float] = [
    .same: -5, .variant: -4.5, .substitute: -3, .complement: -4,
  ]

  private static let table: [Relation: [String: Float]] = [
    .same: [
      "twin": 8.5, "variation": -3, "rival": -1, "carries": -3, "carried": -3, "meaning": 1,
      "model.agree": 2, "model.conflict": -1, "target": -2, "target.back": -2,
      "kind.apart": -2, "kind.accessory": -3, "kind.accessory.back": -3,
      "barcode.agree": 8, "barcode.conflict": -2, "bought": -2, "link.same": 15,
    ],
    .variant: [
      "twin": 5, "variation": 10, "rival": -1, "carries": -2, "carried": -2, "meaning": 1,
      "brand.conflict": -2, "target": -2, "target.back": -2,
      "kind.apart": -2, "kind.accessory": -3, "kind.accessory.back": -3,
      "barcode.agree": -3, "group.agree": 7, "link.variant": 15,
    ],
    .substitute: [
      "rival": 4, "twin": 2.5, "variation": 3, "score": 2, "meaning": 2,
      "target": -1.5, "target.back": -1.5,
      "kind.apart": -1, "kind.accessory": -2, "kind.accessory.back": -2, "kinds.viewed": 0.4,
      "kinds.bought": -0.2, "alike.viewed": 3, "alike.bought": -2,
      "bought": -4, "viewed": 8, "link.substitute": 15, "barcode.agree": -3,
    ],
    .complement: [
      "rival": -2, "twin": -2, "variation": -2, "meaning": 1,
      "carries": 4.5, "carried": -4, "madeFor": 3, "madeFor.back": -1, "brand.agree": 0.7,
      "target": 0.5, "target.back": -1.5,
      "kind.same": -1, "kind.apart": -1, "kind.accessory": 2.5, "reversed": -4,
      "series.conflict": -1.5, "number.conflict": -1, "cheaper": 0.7,
      "kinds.bought": 0.6, "kinds.viewed": -0.2, "alike.bought": 8, "alike.viewed": -2,
      "goesWith": 14, "viewed": -3, "link.complement": 15, "barcode.agree": -3,
    ],
  ]

  /// What each number adds to the log-odds of `relation`; 0 where nothing is known.
  func parts(_ row: [Float], _ relation: Relation) -> [Float] {
    guard relation != .unrelated else { return Array(repeating: 0, count: row.count) }
    let weights = weights[relation.ordinal]
    return row.indices.map { row[$0].isNaN ? 0 : weights[$0] * row[$0] }
  }

  /// The log-odds of each of `Relation.allCases`, from the numbers in `places` alone. O(numbers).
  func logits(_ row: [Float], in places: Range<Int>, withBase: Bool) -> [Double] {
    var sums = Relation.related.map { withBase ? Double(base[$0.ordinal]) : 0 }
    for place in places where !row[place].isNaN {
      for relation in sums.indices {
        sums[relation] += Double(weights[relation][place] * row[place])
      }
    }
    return sums + [0]
  }
}
