internal import CKernels
internal import Foundation

/// Counts the values of the asked fields among all matches. Spellings of one value are one: `Sony`,
/// `SONY` and 索尼, under the most frequent of them.
struct FacetCounter {
  private let request: SearchRequest
  private let reader: QueryReader
  private let lexicon: Lexicon
  private let wantsPrices: Bool
  private var counts: [String: [String: Int]] = [:]
  private var bands: [Int: Int] = [:]

  init(_ request: SearchRequest, reader: QueryReader, lexicon: Lexicon) {
    self.request = request
    self.reader = reader
    self.lexicon = lexicon
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
      result[field] = joined(values, of: field).sorted {
        ($1.count, $0.value) < ($0.count, $1.value)
      }.prefix(request.facetValues).map(\.self)
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

  /// The values with those that are spellings of another counted to the most frequent one.
  private func joined(_ values: [String: Int], of field: String) -> [SearchResults.FacetValue] {
    var groups: [String: (value: String, most: Int, count: Int)] = [:]
    for (value, count) in values {
      let key = reader.facetKey(value, of: field, in: lexicon)
      guard let known = groups[key] else {
        groups[key] = (value, count, count)
        continue
      }
      let leads = (count, known.value) > (known.most, value)
      groups[key] = (
        leads ? value : known.value, max(count, known.most), known.count + count
      )
    }
    return groups.values.map { SearchResults.FacetValue(value: $0.value, count: $0.count) }
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
