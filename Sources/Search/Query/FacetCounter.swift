internal import CKernels
internal import Foundation

/// Counts the values of the asked fields among all matches.
struct FacetCounter {
  private let request: SearchRequest
  private let wantsPrices: Bool
  private var counts: [String: [String: Int]] = [:]
  private var bands: [Int: Int] = [:]

  init(_ request: SearchRequest) {
    self.request = request
    wantsPrices = request.facets.contains("price")
  }

  mutating func add(_ selected: UnsafeBufferPointer<UInt16>, of segment: Segment) {
    guard !request.facets.isEmpty, !selected.isEmpty else { return }
    if wantsPrices {
      for product in selected {
        if let band = Self.band(of: segment.prices[Int(product)]) { bands[band, default: 0] += 1 }
      }
    }
    let wanted = Set(request.facets)
    guard wanted != ["price"] else { return }
    var found = [UInt32](repeating: 0, count: segment.facetNames.count)
    akin_facets_count(
      selected.baseAddress, selected.count, segment.facetOffsets.baseAddress,
      segment.facets.baseAddress, &found)
    for (number, count) in found.enumerated() where count > 0 {
      let facet = segment.facet(number)
      guard wanted.contains(facet.field) else { continue }
      counts[facet.field, default: [:]][facet.value, default: 0] += Int(count)
    }
  }

  func finish() -> [String: [SearchResults.FacetValue]] {
    var result: [String: [SearchResults.FacetValue]] = [:]
    for (field, values) in counts {
      result[field] = values.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .prefix(request.facetValues)
        .map { SearchResults.FacetValue(value: $0.key, count: $0.value) }
    }
    if wantsPrices {
      result["price"] = bands.sorted { $0.key < $1.key }.map {
        SearchResults.FacetValue(
          value: Self.text(Self.edge($0.key)) + ".." + Self.text(Self.edge($0.key + 1)),
          count: $0.value)
      }
    }
    return result
  }

  /// Bands begin at 0, 1, 2, 5, 10, 20, 50 …
  static func edge(_ band: Int) -> Double {
    band == 0 ? 0 : [1, 2, 5][(band - 1) % 3] * pow(10, Double((band - 1) / 3))
  }

  static func band(of price: Float) -> Int? {
    guard price.isFinite, price >= 0 else { return nil }
    var band = 0
    while band < 40, Double(price) >= edge(band + 1) { band += 1 }
    return band
  }

  private static func text(_ edge: Double) -> String {
    edge < 1e15 ? "\(Int(edge))" : "\(edge)"
  }
}
