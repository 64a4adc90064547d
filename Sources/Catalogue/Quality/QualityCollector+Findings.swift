import Foundation

/// What looks wrong.
extension QualityCollector {
  func addFindings(
    to report: inout QualityReport, _ example: (Int, String?) -> QualityReport.Example
  ) {
    func find(
      _ kind: String, _ label: String, notes: [Int: String] = [:], _ test: (Facts) -> Bool
    ) {
      var count = 0
      var examples: [QualityReport.Example] = []
      for (ordinal, fact) in facts.enumerated() where test(fact) {
        count += 1
        if examples.count < 5 { examples.append(example(ordinal, notes[ordinal])) }
      }
      guard count > 0 else { return }
      report.findings.append(
        QualityReport.Finding(kind: kind, label: label, products: count, examples: examples))
    }
    find("price_unreadable", "price cannot be read", notes: unreadablePrices) {
      $0.issues.contains(.unreadablePrice)
    }
    find("price_range", "price is a range, the lower end was taken") {
      $0.issues.contains(.priceRange)
    }
    find("price_negative", "price below zero") { $0.issues.contains(.negativePrice) }
    find("price_zero", "price is 0") { $0.suspicions.contains(.zero) }
    find("price_one", "price is 1 or 0.01") { $0.suspicions.contains(.one) }
    find("price_placeholder", "price looks like a placeholder (9999 …)") {
      $0.suspicions.contains(.placeholder)
    }
    find("sale_above_price", "sale price above the regular one") {
      $0.suspicions.contains(.saleAbove)
    }
    find("bad_gtin", "gtin has a wrong length or check digit") { $0.issues.contains(.badGTIN) }
    find("availability_unknown", "availability in unknown words") {
      $0.issues.contains(.unknownAvailability)
    }
    find("currency_unknown", "currency unknown") { $0.issues.contains(.unknownCurrency) }
    find("mojibake", "texts look wrongly decoded") { $0.suspicions.contains(.mojibake) }
    addSharedCodes(to: &report, example)
    addOutliers(to: &report, example)
    report.findings.sort { ($1.products, $0.kind) < ($0.products, $1.kind) }
  }

  /// Products with the same valid bar code: probably one product under several identifiers.
  private func addSharedCodes(
    to report: inout QualityReport, _ example: (Int, String?) -> QualityReport.Example
  ) {
    let order = facts.indices.filter { facts[$0].gtin != 0 }.sorted {
      (facts[$0].gtin, $0) < (facts[$1].gtin, $1)
    }
    var count = 0
    /// The first two products of each code.
    var pairs: [(first: Int, second: Int)] = []
    var start = 0
    for end in 1...max(order.count, 1) where !order.isEmpty {
      if end < order.count, facts[order[end]].gtin == facts[order[start]].gtin { continue }
      if end - start > 1 {
        count += end - start
        pairs.append((order[start], order[start + 1]))
      }
      start = end
    }
    guard count > 0 else { return }
    pairs.sort { $0.second < $1.second }
    report.findings.append(
      QualityReport.Finding(
        kind: "shared_gtin", label: "same bar code as another product, probably the same one",
        products: count,
        examples: pairs.prefix(5).map {
          example($0.second, "same bar code as \(example($0.first, nil).id)")
        }))
  }

  /// The value that half of them lie below, by Hoare's selection; expected linear time.
  private static func median(of values: [Float]) -> Float {
    var values = values
    let middle = values.count / 2
    var low = 0
    var high = values.count - 1
    while low < high {
      let pivot = values[low + (high - low) / 2]
      var (left, right) = (low, high)
      while left <= right {
        while values[left] < pivot { left += 1 }
        while values[right] > pivot { right -= 1 }
        if left <= right {
          values.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if middle <= right { high = right } else if middle >= left { low = left } else { break }
    }
    return values[middle]
  }

  /// Prices further than five robust standard deviations (1.4826 times the median absolute
  /// deviation, at least 0.15) from the median of their category, on a logarithmic scale; only
  /// categories with 20 prices or more.
  private func addOutliers(
    to report: inout QualityReport, _ example: (Int, String?) -> QualityReport.Example
  ) {
    var byGroup: [UInt64: [Int]] = [:]
    for (ordinal, fact) in facts.enumerated() where !fact.logPrice.isNaN {
      byGroup[UInt64(fact.category) << 8 | UInt64(fact.currency), default: []].append(ordinal)
    }
    var outliers: [(ordinal: Int, deviation: Float, median: Float)] = []
    for ordinals in byGroup.values where ordinals.count >= 20 {
      let logs = ordinals.map { facts[$0].logPrice }
      let median = Self.median(of: logs)
      let scale = max(1.4826 * Self.median(of: logs.map { abs($0 - median) }), 0.15)
      for ordinal in ordinals {
        let deviation = abs(facts[ordinal].logPrice - median) / scale
        if deviation > 5 { outliers.append((ordinal, deviation, median)) }
      }
    }
    guard !outliers.isEmpty else { return }
    outliers.sort { ($1.deviation, $0.ordinal) < ($0.deviation, $1.ordinal) }
    report.findings.append(
      QualityReport.Finding(
        kind: "price_outlier", label: "price far from its category's", products: outliers.count,
        examples: outliers.prefix(5).map { outlier in
          let price = (exp(Double(facts[outlier.ordinal].logPrice)) * 100).rounded() / 100
          let median = (exp(Double(outlier.median)) * 100).rounded() / 100
          return example(
            outlier.ordinal,
            "\(NumberText.write(price)), category median \(NumberText.write(median))")
        }))
  }
}
