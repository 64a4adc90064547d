internal import AkinAlike
internal import AkinCatalogue
internal import AkinSimilarity
internal import AkinStorage
internal import Foundation

/// Judges pairs of a shop's texts: by what was trained where there is something, else by what the
/// types mean.
///
/// `@unchecked Sendable`: `lock` is held whenever the reader, which keeps the state of native
/// libraries, or what was read are used.
final class RelationScorer: @unchecked Sendable {
  /// A text with what it is to the one that was asked about.
  struct Answer {
    var text: Int
    var account: RelationAccount
  }

  /// A directed pair, ready to be judged.
  struct Pair {
    var from: Int
    var to: Int
    /// The numbers of `RelationSignals`.
    var row: [Float]
    /// What the graph of known links says.
    var links: [Float]
    var behaviour: RelationSignals.Behaviour
  }

  /// Says what a pair is from its numbers.
  let judge: RelationJudge
  private let links: KnownLinks?
  private let reader: RelationReader
  private let lock = NSLock()
  private var contents: [Int: RelationContent] = [:]
  private var rivals: [Int: [Neighbour]] = [:]

  /// Contents kept between calls.
  private static let kept = 20_000
  /// Texts like one that lend their baskets to it.
  private static let lenders = 8
  /// Texts that are judged for one question.
  private static let most = 400

  /// - Parameter learnsAnew: whether what was trained is left aside.
  /// - Throws: `StorageError`; `EncoderError`; ``EngineError`` `nothingToDo` for a shop that was
  ///   built before there was a measure.
  init(_ store: ShopStore, links: KnownLinks? = nil, learnsAnew: Bool = false) throws {
    guard let measure = try MeasureRecord.last(of: store) else {
      throw EngineError(
        .nothingToDo,
        "the shop was built by an older version of Akin, which knew no types; build it again")
    }
    let trained = learnsAnew ? nil : try TrainedRelations(of: store)
    judge = RelationJudge(model: trained?.model)
    self.links = try links ?? trained.flatMap { try KnownLinks($0.links, in: store) }
    reader = try RelationReader(measure, kinds: RelationsRecord.last(of: store).kinds)
  }

  /// The texts that are anything to `text`, by what they most likely are, the likeliest first.
  ///
  /// O(candidates · (words + facts)), with a trained model also its trees.
  func related(to text: Int, as wanted: [Relation], count: Int, in data: some RelationData) throws
    -> [Relation: [Answer]]
  {
    try lock.withLock {
      let scope = try Scope(text, in: data, lenders: Self.lenders)
      var found: [Relation: [(pair: Pair, probability: Float)]] = [:]
      for candidate in try candidates(scope, data) {
        guard let pair = try pair(scope, candidate, data) else { continue }
        let (verdict, probability) = judge.verdict(pair.row, links: pair.links)
        if wanted.contains(verdict) { found[verdict, default: []].append((pair, probability)) }
      }
      var answers: [Relation: [Answer]] = [:]
      for (relation, pairs) in found {
        let best = pairs.sorted { ($1.probability, $0.pair.to) < ($0.probability, $1.pair.to) }
        answers[relation] = try best.prefix(count).map { entry in
          Answer(text: entry.pair.to, account: try account(entry.pair, as: relation, data))
        }
      }
      return answers
    }
  }

  /// What another text is to `text`.
  func account(from text: Int, to other: Int, in data: some RelationData) throws
    -> RelationAccount?
  {
    try lock.withLock {
      let scope = try Scope(text, in: data, lenders: Self.lenders)
      guard let pair = try pair(scope, other, data) else { return nil }
      return try account(pair, as: judge.verdict(pair.row, links: pair.links).0, data)
    }
  }

  /// What a product is to one of the very same text: the same, unless their bar codes say otherwise.
  func twin(_ product: Product, of other: Product) -> RelationAccount {
    lock.withLock {
      let row = reader.signals(from: reader.read(other), to: reader.read(product), cosine: 1)
      return judge.account(row, links: padded([]), as: .same, details: [.text: ["same text"]])
    }
  }

  /// The numbers of a pair; `nil` where either has no vector.
  func pair(from: Int, to: Int, in data: some RelationData) throws -> Pair? {
    try lock.withLock {
      try pair(try Scope(from, in: data, lenders: Self.lenders), to, data)
    }
  }
}

// MARK: One source and its candidates

extension RelationScorer {
  /// What is known of a source.
  struct Scope {
    let text: Int
    let near: [Neighbour]
    let bought: [Int: Float]?
    let viewed: [Int: Float]?
    /// For each text how much what is like the source was bought with it, by lender.
    let alikeBought: [(lender: Neighbour, partners: [Int: Float])]
    let alikeViewed: [(lender: Neighbour, partners: [Int: Float])]

    init(_ text: Int, in data: some RelationData, lenders: Int) throws {
      self.text = text
      near = try data.list(text, k: 50)
      bought = try data.bought(text)
      viewed = try data.viewed(text)
      let some = near.prefix(lenders)
      alikeBought = try some.compactMap { lender in
        try data.bought(lender.item).map { (lender, $0) }
      }
      alikeViewed = try some.compactMap { lender in
        try data.viewed(lender.item).map { (lender, $0) }
      }
    }

    /// The mean score of `other` with what is like the source, by likeness.
    static func lent(
      _ lenders: [(lender: Neighbour, partners: [Int: Float])], _ other: Int
    ) -> Float? {
      var (sum, weight): (Float, Float) = (0, 0)
      for (lender, partners) in lenders where lender.item != other {
        sum += lender.score * (partners[other] ?? 0)
        weight += lender.score
      }
      return weight > 0 ? sum / weight : nil
    }
  }

  /// What is near by content, in either's list, was bought or looked at with the source or with what is like it, or is
  /// linked.
  private func candidates(_ scope: Scope, _ data: some RelationData) throws -> [Int] {
    var seen: Set<Int> = [scope.text]
    var found: [Int] = []
    func add(_ texts: some Sequence<Int>) {
      for text in texts where seen.insert(text).inserted { found.append(text) }
    }
    func best(_ scores: [Int: Float]) -> [Int] {
      scores.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }
    if let links { add(links.targets(of: scope.text)) }
    add(scope.near.map(\.item))
    add(try data.citing(scope.text).map(\.item))
    add(best(scope.bought ?? [:]))
    add(best(scope.viewed ?? [:]))
    for (_, partners) in scope.alikeBought { add(best(partners).prefix(12)) }
    for (_, partners) in scope.alikeViewed { add(best(partners).prefix(6)) }
    return Array(found.prefix(Self.most))
  }

  private func pair(_ scope: Scope, _ other: Int, _ data: some RelationData) throws -> Pair? {
    guard let left = try data.vector(scope.text), let right = try data.vector(other),
      let from = try content(scope.text, data), let to = try content(other, data)
    else { return nil }
    let cosine = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    var behaviour = RelationSignals.Behaviour()
    if let bought = scope.bought, try bought[other] != nil || data.bought(other) != nil {
      behaviour.bought = bought[other] ?? 0
    }
    if let viewed = scope.viewed, try viewed[other] != nil || data.viewed(other) != nil {
      behaviour.viewed = viewed[other] ?? 0
    }
    let near = try list(other, data).prefix(Self.lenders)
    func joined(
      _ lenders: [(lender: Neighbour, partners: [Int: Float])], _ own: [Int: Float]?
    ) -> Float? {
      let mine = Scope.lent(lenders, other)
      let theirs = own.flatMap { own in
        Scope.lent(near.map { ($0, [scope.text: own[$0.item] ?? 0]) }, scope.text)
      }
      return [mine, theirs].compactMap(\.self).max()
    }
    behaviour.alikeBought = joined(scope.alikeBought, scope.bought)
    behaviour.alikeViewed = joined(scope.alikeViewed, scope.viewed)
    if let links { behaviour.links = links.relations(from: scope.text, to: other) }
    let rivals = (rivals(scope.near, besides: other) + rivals(Array(near), besides: scope.text)) / 2
    return Pair(
      from: scope.text, to: other,
      row: reader.signals(
        from: from, to: to, cosine: cosine, rivals: rivals, behaviour: behaviour),
      links: padded(links?.row(from: scope.text, to: other) ?? []), behaviour: behaviour)
  }

  /// As many numbers of links as the model was trained with; links may have left the catalogue.
  private func padded(_ links: [Float]) -> [Float] {
    guard let model = judge.model else { return links }
    let width = model.width - RelationSignals.indirectCount
    return links.count >= width
      ? Array(links.prefix(width)) : Array(repeating: .nan, count: width)
  }

  private func rivals(_ list: [Neighbour], besides other: Int) -> Float {
    let scores = list.lazy.filter { $0.item != other }.prefix(Sameness.rivals).map(\.score)
    return scores.isEmpty ? 0 : scores.reduce(0, +) / Float(scores.count)
  }

  private func list(_ text: Int, _ data: some RelationData) throws -> [Neighbour] {
    if let known = rivals[text] { return known }
    if rivals.count >= Self.kept { rivals.removeAll(keepingCapacity: true) }
    let list = try data.list(text, k: Self.lenders)
    rivals[text] = list
    return list
  }

  private func content(_ text: Int, _ data: some RelationData) throws -> RelationContent? {
    if let known = contents[text] { return known }
    guard let product = try data.face(text) else { return nil }
    if contents.count >= Self.kept { contents.removeAll(keepingCapacity: true) }
    let content = reader.read(product)
    contents[text] = content
    return content
  }

  private func account(_ pair: Pair, as relation: Relation, _ data: some RelationData) throws
    -> RelationAccount
  {
    var details: [RelationSignals.Source: [String]] = [:]
    if let from = try content(pair.from, data), let to = try content(pair.to, data) {
      details[.text] = Array(reader.sharedWords(from, to).prefix(5))
      details[.attributes] = Array(reader.comparedFacts(from, to).prefix(4))
    }
    if let from = try data.face(pair.from), let to = try data.face(pair.to) {
      details[.category] = [from, to].map { $0.categories.first?.last ?? "" }
    }
    let behaviour = pair.behaviour
    let numbers = [
      ("bought together", behaviour.bought), ("viewed together", behaviour.viewed),
      ("alike bought together", behaviour.alikeBought),
      ("alike viewed together", behaviour.alikeViewed),
    ]
    details[.behaviour] = numbers.compactMap { name, value in
      value.flatMap { $0 > 0 ? String(format: "%@ %.3f", name, $0) : nil }
    }
    details[.links] = behaviour.links.map { "known as \($0.rawValue)" }.sorted()
    return judge.account(pair.row, links: pair.links, as: relation, details: details)
  }
}
