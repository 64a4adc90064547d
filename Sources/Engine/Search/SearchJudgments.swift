internal import AkinCatalogue
package import AkinStorage
package import Foundation

/// What is known of how well products answer queries, to learn the order of search results from.
package struct SearchJudgments: Sendable {
  /// Products of one query with how relevant they are; larger is better.
  package struct Query: Sendable {
    package var text: String
    package var products: [(id: String, relevance: Float)]
  }

  /// Queries in the order of their first appearance.
  package private(set) var queries: [Query] = []
  private var places: [String: Int] = [:]

  package init() {}

  /// Adds a judgment; of several of one pair the largest counts.
  mutating func add(_ query: String, _ product: String, _ relevance: Float) {
    let key = Self.plain(query)
    let place = places[key] ?? queries.count
    if place == queries.count {
      places[key] = place
      queries.append(Query(text: key, products: []))
    }
    if let known = queries[place].products.firstIndex(where: { $0.id == product }) {
      queries[place].products[known].relevance =
        max(queries[place].products[known].relevance, relevance)
    } else {
      queries[place].products.append((product, relevance))
    }
  }

  private static func plain(_ query: String) -> String {
    query.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  // MARK: A file

  /// Reads lines of query, product and relevance, separated by tabs; a first line that names the
  /// columns is left out.
  ///
  /// - Throws: ``EngineError`` `unreadableInput` with the line.
  package init(file: URL) throws {
    let path = file.path(percentEncoded: false)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw EngineError(.unreadableInput, "\(path): cannot be read")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw EngineError(.unreadableInput, "\(path): is no UTF-8")
    }
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated() where line.contains(where: { !$0.isWhitespace })
    {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
      if index == 0, cells.first == "query" { continue }
      guard cells.count == 3, !cells[1].isEmpty, cells[0].contains(where: { !$0.isWhitespace })
      else {
        throw EngineError(
          .unreadableInput,
          "\(path), line \(index + 1): takes query, product and relevance, separated by tabs")
      }
      guard let relevance = Float(cells[2]), relevance.isFinite, relevance >= 0 else {
        throw EngineError(
          .unreadableInput,
          "\(path), line \(index + 1): the relevance takes a number from 0 up, not '\(cells[2].prefix(40))'"
        )
      }
      add(String(cells[0]), String(cells[1]), relevance)
    }
  }

  // MARK: Clicks

  /// Reads what shoppers did with search results, by the attribution tokens that came back: a look is
  /// worth 1, the basket or the wish list 2, a purchase 3.
  package init(clicksOf store: ShopStore) throws {
    try store.forEachEvent { event in
      guard let token = event.attribution, let query = SearchAttribution.query(of: token),
        let worth = Self.worth(of: event.type)
      else { return }
      add(query, event.product, worth)
    }
  }

  private static func worth(of type: EventType) -> Float? {
    switch type {
    case .selectItem, .viewItem: 1
    case .addToCart, .addToWishlist, .beginCheckout: 2
    case .purchase: 3
    case .viewItemList, .removeFromCart, .refund, .search: nil
    }
  }
}
