internal import AkinCatalogue
internal import AkinEncoders
internal import AkinSearch
internal import AkinStorage
internal import Foundation

/// How an encoder is tuned on judged queries.
public struct SearchTuning: Sendable {
  /// The time that tuning may take in all; reading the candidates by what was tuned comes on top.
  public var budget: Duration
  /// What all random choices follow from.
  public var seed: UInt64 = 0

  /// Within a time.
  public init(budget: Duration) { self.budget = budget }
}

extension TrainSearch {
  /// Tunes the shop's encoder on the queries of part 0, and fills in what it says of every product.
  ///
  /// A tuned encoder is too sure of pairs that it saw. The trees learn from part 0 how far to trust
  /// it, so each half of part 0 is scored by an encoder that learned from the other half; parts 1 and
  /// 2, as later queries, by one that learned from both.
  func tune(
    _ groups: [Group], _ tuning: SearchTuning
  ) throws -> (groups: [Group], encoder: TunedEncoder) {
    guard let summary = try BuildSummary.last(of: store) else { throw EngineError.emptyShop }
    var groups = groups
    let known = try texts(of: groups)
    func pairs(_ wanted: (Group) -> Bool) -> [TextPair] {
      groups.filter(wanted).flatMap { group in
        taught(group).compactMap { product, target in
          known[product].map { TextPair(group.query, $0, relevance: target) }
        }
      }
    }
    let valid = pairs { $0.part == 1 }
    // An encoder of a half takes half as long as that of both.
    func encoder(_ train: [TextPair], _ share: Double) throws -> TunedEncoder {
      var work = BiEncoderTuning()
      work.encoder = summary.model
      work.asksQueries = true
      (work.seed, work.budget) = (tuning.seed, tuning.budget * share)
      let stages = StageReporter(progress)
      work.report = { done, total, _ in try stages.report("Tuning the encoder", done, total) }
      defer { stages.end() }
      return try work.fit(train: train, valid: valid)
    }
    for half in 0..<2 {
      let other = try encoder(pairs { $0.part == 0 && $0.half != half }, 0.25).encoder()
      try fill(&groups, by: other, known) { $0.part == 0 && $0.half == half }
    }
    let whole = try encoder(pairs { $0.part == 0 }, 0.5)
    try fill(&groups, by: try whole.encoder(), known) { $0.part > 0 }
    return (groups, whole)
  }

  /// Results that nobody took, beside those that somebody did.
  private static let untaken = 20

  /// What an encoder learns from: judged products by their grades; taken ones from what stood there
  /// too and was not taken.
  private func taught(_ group: Group) -> [(id: String, target: Float)] {
    guard source == "clicks" else { return group.judged }
    let taken = Set(group.judged.map(\.id))
    return group.judged
      + group.candidates.filter { !taken.contains($0) }.prefix(Self.untaken).map { ($0, 0) }
  }

  /// What an encoder reads of each product.
  private func texts(of groups: [Group]) throws -> [String: String] {
    var texts: [String: String] = [:]
    for product in groups.lazy.flatMap({ $0.candidates + $0.judged.map(\.id) })
    where texts[product] == nil {
      texts[product] = try store.product(id: product).map { ProductText.compose($0.product) }
    }
    return texts
  }

  private func fill(
    _ groups: inout [Group], by encoder: TransformerEncoder, _ texts: [String: String],
    where isMeant: (Group) -> Bool
  ) throws {
    let places = groups.indices.filter { isMeant(groups[$0]) }
    let asked = try encoder.encode(places.map { groups[$0].query }, as: .query)
    let read = Set(places.flatMap { groups[$0].candidates }.compactMap { texts[$0] }).sorted()
    let rows = Dictionary(uniqueKeysWithValues: read.enumerated().map { ($1, $0) })
    progress.begin("Reading candidates", total: read.count, unit: "texts")
    var found: [Float] = []
    for start in stride(from: 0, to: read.count, by: 2_048) {
      try Task.checkCancellation()
      let chunk = Array(read[start..<min(start + 2_048, read.count)])
      found += try encoder.encode(chunk, as: .passage).values
      progress.advance(to: start + chunk.count)
    }
    progress.end("\(read.count.formatted()) texts")
    for (row, place) in places.enumerated() {
      let cosines = groups[place].candidates.map { product -> Float in
        guard let other = texts[product].flatMap({ rows[$0] }) else { return .nan }
        let vector = found[other * asked.dimension..<(other + 1) * asked.dimension]
        return zip(asked[row], vector).reduce(0) { $0 + $1.0 * $1.1 }
      }
      RankFeatures.fill(&groups[place].rows, tuned: cosines)
      groups[place].orders["tuned"] = groups[place].ordered(by: {
        let cosine = $0[RankFeatures.tunedColumns.lowerBound]
        return cosine.isNaN ? -2 : cosine
      })
    }
  }

  /// Writes the weights, and the vectors of all products' texts.
  func keep(_ tuned: TunedEncoder, in folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try TunedWeights.save(tuned, to: folder.appending(path: SearchEncoder.weightsName))
    let encoder = SearchEncoder(
      encoder: try tuned.encoder(), store: store, key: SearchEncoder.key(folder))
    var texts: Set<String> = []
    var last = -1
    while true {
      let page = try store.products(after: last, limit: 1_024)
      guard let end = page.last else { break }
      for stored in page { texts.insert(ProductText.compose(stored.product)) }
      last = end.ordinal
    }
    try encoder.keep(texts.sorted(), progress: progress)
  }
}
