internal import AkinCatalogue
internal import AkinRanking
internal import AkinSearch
internal import AkinStorage
internal import Hummingbird

/// The parameters of a request's address, read with limits.
struct Query {
  private let request: Request

  init(_ request: Request) { self.request = request }

  func text(_ name: String) throws(Problem) -> String? {
    guard let value = request.uri.queryParameters[Substring(name)] else { return nil }
    guard value.utf8.count <= 4_096 else { throw .field(name, "is longer than 4096 bytes") }
    return String(value)
  }

  func identifier(_ name: String) throws(Problem) -> String? {
    guard let text = try text(name) else { return nil }
    guard (1...BatchBody.identifierLimit).contains(text.utf8.count) else {
      throw .field(name, "takes 1 to \(BatchBody.identifierLimit) bytes")
    }
    return text
  }

  /// The shopper's names: `user`, `visitor`, `session`.
  func names() throws(Problem) -> [ShopperName] {
    [
      try identifier("user").map(ShopperName.user),
      try identifier("visitor").map(ShopperName.visitor),
      try identifier("session").map(ShopperName.session),
    ].compactMap(\.self)
  }

  func list(_ name: String) throws(Problem) -> [String]? {
    try text(name)?.split(separator: ",").map(String.init)
  }

  func integer(_ name: String, in range: ClosedRange<Int>, default value: Int) throws(Problem)
    -> Int
  {
    guard let text = try text(name) else { return value }
    guard let number = Int(text), range.contains(number) else {
      throw .field(name, "takes a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func number(_ name: String) throws(Problem) -> Double? {
    guard let text = try text(name) else { return nil }
    guard let number = Double(text), number.isFinite else { throw .field(name, "takes a number") }
    return number
  }

  func flag(_ name: String) throws(Problem) -> Bool {
    switch try text(name) {
    case nil, "false", "0": false
    case "true", "1": true
    default: throw .field(name, "takes true or false")
    }
  }

  func choice<Value: RawRepresentable & CaseIterable>(
    _ name: String, default value: Value
  ) throws(Problem) -> Value where Value.RawValue == String {
    guard let text = try text(name) else { return value }
    guard let choice = Value(rawValue: text) else {
      throw .field(
        name, "takes one of " + Value.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  /// `brand`, `category`, `availability`, `price_min`, `price_max`, and further fields as
  /// `filter=colour=black;size=M|L`.
  func filter() throws -> ProductFilter {
    var filter = ProductFilter()
    filter.brand = try list("brand")
    filter.category = try list("category")
    let least = try number("price_min")
    let most = try number("price_max")
    if least != nil || most != nil { filter.price = .init(min: least, max: most) }
    filter.availability = try list("availability").map(Self.availability)
    // The grammar is that of search.
    for part in try text("filter")?.split(separator: ";") ?? [] {
      switch try SearchFilter(parsing: String(part)) {
      case .price(let minimum, let maximum): filter.price = .init(min: minimum, max: maximum)
      case .value("brand", let values): filter.brand = values
      case .value("category", let values): filter.category = values
      case .value("id", let values): filter.id = values
      case .value("availability", let values):
        filter.availability = try Self.availability(values)
      case .value(let field, let values):
        filter.attributes = (filter.attributes ?? [:]).merging([field: values]) { $1 }
      }
    }
    return filter
  }

  private static func availability(_ states: [String]) throws(Problem) -> [Availability] {
    var known: [Availability] = []
    for state in states {
      guard let value = Availability(rawValue: state) else {
        throw .field(
          "availability", "takes " + Availability.allCases.map(\.rawValue).joined(separator: ", "))
      }
      known.append(value)
    }
    return known
  }
}
