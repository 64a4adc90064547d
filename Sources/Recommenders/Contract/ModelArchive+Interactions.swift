internal import AkinCatalogue

extension ModelArchive {
  /// Keeps interactions among the parts, without their times.
  mutating func store(_ interactions: Interactions) {
    notes["items"] = "\(interactions.itemCount)"
    integers["rows"] = (0..<interactions.userCount).map { Int32(interactions[$0].count) }
    integers["items"] = interactions.items
    if let weights = interactions.weights { floats["weights"] = weights }
  }

  /// The interactions kept.
  ///
  /// - Throws: ``RecommenderError`` `damaged`.
  func interactions() throws(RecommenderError) -> Interactions {
    let itemCount = try whole("items")
    let items = try ordinals("items", below: itemCount)
    let rows = try ordinals("rows")
    guard rows.allSatisfy({ $0 >= 0 }), rows.reduce(0, { $0 + Int($1) }) == items.count else {
      throw damaged("has rows that do not add up")
    }
    let weights = floats["weights"] == nil ? nil : try numbers("weights", count: items.count)
    var builder = InteractionsBuilder()
    var entry = 0
    for (user, count) in rows.enumerated() {
      for _ in 0..<count {
        builder.append(user: user, item: Int(items[entry]), weight: weights?[entry] ?? 1)
        entry += 1
      }
    }
    return builder.build(userCount: rows.count, itemCount: itemCount)
  }
}
