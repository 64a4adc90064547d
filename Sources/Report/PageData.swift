internal import AkinCatalogue
internal import Foundation

/// The report as the page's scripts read it: compact, cut and rounded.
enum PageData {
  /// JSON that can stand in a script element.
  static func json(of report: ShopReport) throws(ReportError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if let index = report.map?.points.firstIndex(where: { !($0.x.isFinite && $0.y.isFinite) }) {
      throw ReportError(code: .numberNotFinite, location: "map.points.\(index)")
    }
    do {
      return scriptSafe(Array(try encoder.encode(Page(report))))
    } catch EncodingError.invalidValue(_, let context) {
      throw notFinite(context.codingPath)
    } catch {
      // JSONEncoder has no other failure for a tree of structs, strings and numbers.
      throw notFinite([])
    }
  }

  private static func notFinite(_ path: [any CodingKey]) -> ReportError {
    let location = path.map { $0.intValue.map(String.init) ?? $0.stringValue }
    return ReportError(code: .numberNotFinite, location: location.joined(separator: "."))
  }

  /// Escapes what could end the element or a line. In JSON these stand in strings only.
  static func scriptSafe(_ json: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(json.count + json.count / 32)
    var index = 0
    while index < json.count {
      let byte = json[index]
      if byte == 0xE2, index + 2 < json.count, json[index + 1] == 0x80,
        json[index + 2] == 0xA8 || json[index + 2] == 0xA9
      {
        result += Array(json[index + 2] == 0xA8 ? "\\u2028".utf8 : "\\u2029".utf8)
        index += 3
        continue
      }
      switch byte {
      case UInt8(ascii: "<"): result += Array("\\u003c".utf8)
      case UInt8(ascii: ">"): result += Array("\\u003e".utf8)
      case UInt8(ascii: "&"): result += Array("\\u0026".utf8)
      default: result.append(byte)
      }
      index += 1
    }
    return result
  }

  /// The report with its map in columns.
  private struct Page: Encodable {
    var report: ShopReport
    var map: Columns?

    init(_ report: ShopReport) {
      map = report.map.map(Columns.init)
      self.report = report.trimmed()
      self.report.map = nil
    }
  }

  /// A map as parallel arrays, coordinates as integers 0 … 10,000 of the longer side.
  private struct Columns: Encodable {
    var method: String
    var explained: [Double]
    var categories: [String]
    var x: [Int] = []
    var y: [Int] = []
    var category: [Int] = []
    var label: [String] = []

    /// - Precondition: All coordinates are finite.
    init(_ map: ProductMap) {
      method = map.method
      explained = map.explained.map { $0.rounded(to: 4) }
      categories = map.categories.map { PageLimits.cut($0, PageLimits.label) }
      let points = map.points
      let left = points.map(\.x).min() ?? 0
      let bottom = points.map(\.y).min() ?? 0
      let width = (points.map(\.x).max() ?? 0) - left
      let side = max(width, (points.map(\.y).max() ?? 0) - bottom)
      let scale = side > 0 && side.isFinite ? 10_000 / side : 0
      for point in points {
        x.append(Self.cell((point.x - left) * scale))
        y.append(Self.cell((point.y - bottom) * scale))
        let known = map.categories.indices.contains(point.category)
        category.append(known ? point.category : -1)
        label.append(PageLimits.cut(point.label, PageLimits.label))
      }
    }

    /// Coordinates further apart than a number can say all fall into the corner.
    private static func cell(_ position: Double) -> Int {
      position.isFinite ? Int(position.rounded()) : 0
    }
  }
}

extension ShopReport {
  /// With texts cut and numbers rounded to what the page shows.
  fileprivate func trimmed() -> ShopReport {
    var report = self
    report.shop = PageLimits.cut(shop, PageLimits.title)
    report.samples = samples.map { sample in
      SampleProduct(
        product: sample.product.trimmed(),
        similar: sample.similar.map { $0.trimmed() },
        boughtTogether: sample.boughtTogether.map { $0.trimmed() },
        relations: sample.relations.map { $0.trimmed() })
    }
    report.timings = timings.map {
      BuildTiming(step: $0.step, seconds: $0.seconds.rounded(to: 3), detail: $0.detail)
    }
    report.quality?.trim()
    return report
  }
}

extension ReportNeighbour {
  fileprivate func trimmed() -> ReportNeighbour {
    var face = product.trimmed()
    face.description = nil
    return ReportNeighbour(product: face, score: score.rounded(to: 4))
  }
}

extension ReportRelation {
  fileprivate func trimmed() -> ReportRelation {
    var list = self
    list.entries = entries.map { entry in
      var face = entry.product.trimmed()
      face.description = nil
      return Entry(
        product: face, probability: entry.probability.rounded(to: 3),
        evidence: entry.evidence.map { part in
          Part(
            source: PageLimits.cut(part.source, PageLimits.label),
            contribution: part.contribution.rounded(to: 2),
            detail: part.detail.prefix(3).map { PageLimits.cut($0, PageLimits.label) })
        })
    }
    return list
  }
}

extension ProductFace {
  fileprivate func trimmed() -> ProductFace {
    var face = self
    face.id = PageLimits.cut(id, PageLimits.label)
    face.title = PageLimits.cut(title, PageLimits.title)
    face.brand = brand.map { PageLimits.cut($0, PageLimits.label) }
    face.variant = variant.map { PageLimits.cut($0, PageLimits.label) }
    face.language = language.map { PageLimits.cut($0, PageLimits.label) }
    face.price?.currency = price?.currency.map { PageLimits.cut($0, PageLimits.label) }
    face.category = category.prefix(6).map { PageLimits.cut($0, PageLimits.label) }
    face.description = description.map { PageLimits.cut($0, PageLimits.description) }
    return face
  }
}

extension QualityReport {
  /// Cuts the shop's own words; counts stay as they are.
  fileprivate mutating func trim() {
    files = files.map { $0.trimmed() }
    for index in attributes.indices { Self.cut(&attributes[index].name) }
    for index in categories.indices { Self.cut(&categories[index].name) }
    for index in languages.indices { Self.cut(&languages[index].name) }
    for index in currencies.indices { Self.cut(&currencies[index].name) }
    for index in findings.indices {
      Self.cut(&findings[index].kind)
      Self.cut(&findings[index].label)
    }
    for index in nearDuplicates.indices { Self.trim(&nearDuplicates[index].examples) }
    for index in findings.indices { Self.trim(&findings[index].examples) }
    Self.trim(&exactDuplicateExamples)
  }

  private static func cut(_ text: inout String) { text = PageLimits.cut(text, PageLimits.label) }

  private static func trim(_ examples: inout [Example]) {
    for index in examples.indices {
      cut(&examples[index].id)
      examples[index].title = PageLimits.cut(examples[index].title, PageLimits.title)
      examples[index].note = examples[index].note.map { PageLimits.cut($0, PageLimits.title) }
    }
  }
}

extension QualityReport.File {
  fileprivate func trimmed() -> Self {
    func cut(_ text: String) -> String { PageLimits.cut(text, PageLimits.label) }
    var file = self
    file.name = cut(name)
    file.format = cut(format)
    file.encoding = encoding.map(cut)
    file.rejects = Dictionary(rejects.map { (cut($0), $1) }, uniquingKeysWith: +)
    for index in file.mapping.indices {
      file.mapping[index].column = cut(mapping[index].column)
      file.mapping[index].role = cut(mapping[index].role)
    }
    return file
  }
}

extension Double {
  /// To `digits` decimals; what is not finite stays as it is.
  fileprivate func rounded(to digits: Int) -> Double {
    let scale = pow(10, Double(digits))
    let result = (self * scale).rounded() / scale
    return result.isFinite ? result : self
  }
}
