import AkinCatalogue
import Foundation

/// Pairs of products with a label, as in `COL name VAL value …` lines and in OpenBG's JSON lines.
struct LabelledPairs {
  var left: [Product] = []
  var right: [Product] = []
  var labels: [Bool] = []

  /// Lines of the Ditto repository's form.
  init(lines file: URL) throws {
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      left.append(Self.product(parts[0]))
      right.append(Self.product(parts[1]))
      labels.append(parts[2] == "1")
    }
  }

  private static func product(_ side: Substring) -> Product {
    var product = Product(id: "", title: "")
    for field in side.split(separator: "COL ") {
      guard let mark = field.firstRange(of: " VAL") else { continue }
      let name = field[..<mark.lowerBound].trimmingCharacters(in: .whitespaces)
      let value = field[mark.upperBound...].trimmingCharacters(in: .whitespaces)
      guard !value.isEmpty else { continue }
      switch name {
      case "title", "name": product.title = value
      case "manufacturer", "brand": product.brand = value
      case "modelno": product.mpn = value
      case "category": product.categories = [[value]]
      case "price": product.price = Double(value).map { Price(amount: $0) }
      case "description": product.description = value
      default: product.attributes.append(Attribute(name: name, value: .text(value)))
      }
    }
    return product
  }

  private struct Row: Decodable {
    var title_a: String
    var attrs_a: [[String]]
    var title_b: String
    var attrs_b: [[String]]
    var label: Int
  }

  /// OpenBG's pairs.
  init(json file: URL) throws {
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
      left.append(Self.product(row.title_a, row.attrs_a))
      right.append(Self.product(row.title_b, row.attrs_b))
      labels.append(row.label == 1)
    }
  }

  private static func product(_ title: String, _ attributes: [[String]]) -> Product {
    var product = Product(id: "", title: title)
    for pair in attributes where pair.count == 2 {
      if pair[0] == "品牌", product.brand == nil {
        product.brand = pair[1]
      } else {
        product.attributes.append(Attribute(name: pair[0], value: .text(pair[1])))
      }
    }
    return product
  }
}

/// F1 of scores against labels.
enum PairScores {
  /// The threshold with the highest F1, and that F1.
  static func best(_ scores: [Float], _ labels: [Bool]) -> (threshold: Float, f1: Double) {
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    let positives = labels.count { $0 }
    var hits = 0
    var best: (threshold: Float, f1: Double) = (.infinity, 0)
    for (place, index) in order.enumerated() {
      hits += labels[index] ? 1 : 0
      let f1 = 2 * Double(hits) / Double(place + 1 + positives)
      if f1 > best.f1 { best = (scores[index], f1) }
    }
    return best
  }

  static func f1(_ scores: [Float], _ labels: [Bool], threshold: Float) -> Double {
    let chosen = scores.indices.filter { scores[$0] >= threshold }
    return 2 * Double(chosen.count { labels[$0] }) / Double(chosen.count + labels.count { $0 })
  }

  /// The probability that a positive pair scores above a negative one, ties counting half.
  static func auc(_ scores: [Float], _ labels: [Bool]) -> Double {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var sum = 0.0
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      let rank = Double(start + end + 1) / 2
      sum += rank * Double(order[start..<end].count { labels[$0] })
      start = end
    }
    let positives = Double(labels.count { $0 })
    return (sum - positives * (positives + 1) / 2)
      / (positives * (Double(labels.count) - positives))
  }
}
