public import AkinCatalogue

extension SparseMatrix {
  /// Shoppers as rows, items as columns, weights as values. O(interactions).
  public init(_ interactions: Interactions) {
    self.init(
      interactions,
      values: interactions.weights ?? [Float](repeating: 1, count: interactions.count))
  }

  /// Shoppers as rows, items as columns, with a value for each interaction. O(interactions).
  ///
  /// - Precondition: as many values as interactions.
  public init(_ interactions: Interactions, values: [Float]) {
    precondition(values.count == interactions.count, "one value an interaction")
    self.init(
      columnCount: interactions.itemCount, offsets: interactions.offsets,
      columns: interactions.items, values: values)
  }
}
