package import AkinAlike
package import AkinRanking

/// A list of products for a shopper, with what there is to say about it.
package struct ProductShelf: Sendable {
  /// One product of the list.
  package struct Item: Sendable {
    /// The product.
    package var product: LiveProduct
    /// Larger is better, comparable within the list.
    package var score: Float
    /// The parts of the score.
    package var evidence: [Evidence]
    /// Further products with the same text, which are not listed.
    package var sameText = 0
    /// How likely it is what the list's type says, in a list of one type.
    package var probability: Float?
    /// The rules that moved it, by id.
    package var rules: [String] = []
  }

  /// Best first.
  package var items: [Item] = []
  /// How many were asked for.
  package var requested: Int
  /// Why there are fewer than asked for.
  package var reason: String?
  /// What each rule did.
  package var effects: [RuleEffect] = []
}

/// Which list is wanted.
package enum ShelfKind: String, Sendable, Codable, CaseIterable {
  /// Alike by their texts.
  case similar
  /// Taken together in baskets.
  case boughtTogether = "bought_together"
  /// What most shoppers want.
  case popular
  /// What this shopper may want next.
  case forYou = "for_you"
}

/// What is asked for.
package struct ShelfRequest: Sendable {
  /// The kind of list.
  package var kind: ShelfKind
  /// What products must be to the one that the list belongs to, in a similar list; `nil` for all
  /// that are alike.
  package var relation: Relation?
  /// How many products.
  package var count: Int
  /// The product that the list belongs to.
  package var product: String?
  /// Which products may be shown.
  package var filter = ProductFilter()
  /// Products that are not shown.
  package var excluded: Set<String> = []
  /// The shopper, where he is known.
  package var user: String?
  /// The shopper's last deeds, newest first.
  package var history: [ShopperMemory.Deed] = []
  /// Whether the answer will show why.
  package var explains = false
  /// Where the shop shows the list, in its own words.
  package var page: String?
  /// The groups that the shopper belongs to, in the shop's own words.
  package var audiences: Set<String> = []
  /// Rules to apply instead of the shop's, for a preview; `nil` for the shop's own.
  package var rules: [Rule]?
  /// What an experiment changes for this shopper; `nil` for nothing.
  package var variant: Experiment.Variant?

  package init(_ kind: ShelfKind, count: Int, product: String? = nil) {
    self.kind = kind
    self.count = count
    self.product = product
  }
}
