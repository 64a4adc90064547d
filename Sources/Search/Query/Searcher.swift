internal import AkinCatalogue
internal import AkinSimilarity
internal import AkinText
internal import CKernels
internal import Foundation

/// A part of a snapshot and a product of it, as one number that orders them.
struct Place {
  var part: Int
  var product: Int

  init(part: Int, product: Int) { (self.part, self.product) = (part, product) }
  init(_ item: Int) { (part, product) = (item >> 16, item & 0xFFFF) }

  var item: Int { part << 16 | product }
}

/// Answers one request over a snapshot.
struct Searcher {
  let snapshot: Snapshot
  let scratch: SearchScratch
  private let k1: Float

  init(snapshot: Snapshot, scratch: SearchScratch, k1: Float) {
    self.snapshot = snapshot
    self.scratch = scratch
    self.k1 = k1
  }

  /// - Throws: ``SearchError`` `emptyQuery`, `badFilter`, `badCursor`, `badArgument`.
  ///
  /// - Parameter admits: asked with the identifier of each product that matches; one that it does not
  ///   let through is neither found nor counted.
  func run(
    _ request: SearchRequest, admits: ((String) -> Bool)? = nil
  ) throws(SearchError) -> SearchResults {
    guard (1...1000).contains(request.count) else {
      throw SearchError(.badArgument, "1 to 1,000 results can be asked for, not \(request.count)")
    }
    let cursor = try Cursor(request.cursor, of: request)
    var plan = try scratch.reader.read(
      request.query, understands: request.understands, in: snapshot)
    var conditions = try conditions(of: request, plan)
    conditions.admits = admits
    let worths = worths(of: plan.concepts)
    var required = Self.required(plan.concepts)
    var found = collect(plan, conditions, required, request, cursor, worths)
    if found.total == 0, request.understands {
      relax(&plan, &conditions, &required, worths)
      if !plan.understood.relaxed.isEmpty {
        found = collect(plan, conditions, required, request, cursor, worths)
      }
    }
    let page = found.hits.dropFirst(cursor.offset).prefix(request.count)
    let terms = request.highlights ? plan.words : []
    let end = cursor.offset + page.count
    return SearchResults(
      understood: plan.understood,
      hits: page.map {
        let place = Place($0.item)
        return hit($0, plan, found.masks[place.part]?[place.product] ?? 0, terms)
      },
      total: found.total, facets: found.facets,
      cursor: end < found.total && !page.isEmpty ? Cursor(offset: end, of: request).text : nil)
  }

  /// Where the words of `request` stand in `titles`.
  func highlights(of request: SearchRequest, in titles: [String]) throws(SearchError)
    -> [[Range<Int>]]
  {
    let plan = try scratch.reader.read(
      request.query, understands: request.understands, in: snapshot)
    let terms = plan.words
    return titles.map {
      Highlights.ranges(in: $0, terms: terms, analyser: scratch.reader.analyser)
    }
  }

  /// Those of `ids` whose products meet the request's conditions, its words aside.
  func admitted(_ ids: [String], by request: SearchRequest) throws(SearchError) -> Set<String> {
    let plan = try scratch.reader.read(
      request.query, understands: request.understands, in: snapshot)
    let conditions = try conditions(of: request, plan)
    var admitted: Set<String> = []
    for part in snapshot.parts {
      PartSearch(part: part, scratch: scratch).allow(conditions)
      for id in ids {
        guard let product = part.segment.product(id: id) else { continue }
        if scratch.allowed[product >> 6] >> UInt64(product & 63) & 1 == 1 { admitted.insert(id) }
      }
    }
    return admitted
  }

  /// The bits of the concepts that a product must have.
  static func required(_ concepts: [Concept]) -> UInt32 {
    concepts.indices.reduce(0) { $0 | (concepts[$1].isRequired ? 1 << UInt32($1) : 0) }
  }

  /// The inverse document frequency of every concept, times BM25's k₁ + 1.
  ///
  /// All ways of saying a thing are worth the same, what the most frequent of them is: else a rare
  /// translation would stand above the word that was typed.
  func worths(of concepts: [Concept]) -> [Float] {
    let count = Float(snapshot.parts.reduce(0) { $0 + $1.segment.count })
    return concepts.map { concept in
      guard concept.kind != .boost else { return 1 }
      let frequency =
        concept.alternatives.map { alternative in
          alternative.terms.map { snapshot.frequency($0) }.min() ?? 0
        }.max() ?? 0
      return log(1 + (count - Float(frequency) + 0.5) / (Float(frequency) + 0.5)) * (k1 + 1)
    }
  }

  // MARK: Collecting

  private struct Found {
    var total = 0
    /// Part and product of each are ``Place``.
    var hits: [Neighbour] = []
    /// Concepts of the hits, by part and product.
    var masks: [Int: [Int: UInt32]] = [:]
    var facets: [String: [SearchResults.FacetValue]] = [:]
  }

  private func collect(
    _ plan: QueryPlan, _ conditions: Conditions, _ required: UInt32, _ request: SearchRequest,
    _ cursor: Cursor, _ worths: [Float]
  ) -> Found {
    var found = Found()
    var top = BestList(capacity: cursor.offset + request.count)
    var counter = FacetCounter(request, reader: scratch.reader, lexicon: snapshot.lexicon)
    var masks: [[Int: UInt32]] = []
    for (index, part) in snapshot.parts.enumerated() {
      let selected = PartSearch(part: part, scratch: scratch)
        .find(plan.concepts, worths: worths, required: required, conditions: conditions)
      found.total += selected.count
      counter.add(selected, of: part.segment)
      rank(selected, of: part.segment, index, plan, request.sort, into: &top)
      // The matches are overwritten by the next part.
      var kept: [Int: UInt32] = [:]
      for hit in top.sorted() where Place(hit.item).part == index {
        kept[Place(hit.item).product] =
          scratch.matches[Place(hit.item).product].concepts
      }
      masks.append(kept)
    }
    found.hits = top.sorted()
    for (index, kept) in masks.enumerated() { found.masks[index] = kept }
    found.facets = counter.finish()
    return found
  }

  private func rank(
    _ selected: UnsafeBufferPointer<UInt16>, of segment: Segment, _ part: Int, _ plan: QueryPlan,
    _ sort: SearchRequest.Sort, into top: inout BestList
  ) {
    for product in selected {
      let product = Int(product)
      let score: Float =
        switch sort {
        case .relevance: relevance(product, of: segment)
        case .priceAscending:
          segment.prices[product].isNaN ? -.greatestFiniteMagnitude : -segment.prices[product]
        case .priceDescending:
          segment.prices[product].isNaN ? -.greatestFiniteMagnitude : segment.prices[product]
        case .popularity: segment.popularity[product]
        }
      // Places ascend, so that an equal score cannot enter.
      if score > top.threshold {
        top.offer(Neighbour(item: Place(part: part, product: product).item, score: score))
      }
    }
  }

  /// BM25F, raised by up to a quarter where the title is little more than the query, lowered for
  /// accessories, and raised a little by what is often bought.
  private func relevance(_ product: Int, of segment: Segment) -> Float {
    let match = scratch.matches[product]
    let words = Float(match.concepts.nonzeroBitCount)
    let exactness = min(1, words / Float(max(1, segment.titleLengths[product])))
    return match.score * (1 + 0.25 * exactness) * segment.priors[product]
      + 0.05 * log(1 + max(0, segment.popularity[product]))
  }

  private func hit(
    _ hit: Neighbour, _ plan: QueryPlan, _ mask: UInt32, _ terms: Set<String>
  ) -> SearchResults.Hit {
    let place = Place(hit.item)
    let segment = snapshot.parts[place.part].segment
    let title = segment.titles.string(place.product)
    let price = segment.prices[place.product]
    let words = plan.concepts.count { $0.kind != .boost }
    return SearchResults.Hit(
      id: segment.ids.string(place.product), title: title, score: hit.score,
      price: price.isNaN ? nil : Double(price),
      highlights: terms.isEmpty
        ? [] : Highlights.ranges(in: title, terms: terms, analyser: scratch.reader.analyser),
      coverage: words == 0 ? 1 : Float(mask.nonzeroBitCount) / Float(words))
  }

  // MARK: Conditions

  private func conditions(of request: SearchRequest, _ plan: QueryPlan) throws(SearchError)
    -> Conditions
  {
    var conditions = Conditions()
    conditions.excluded = plan.excluded
    conditions.minimum = plan.price?.minimum
    conditions.maximum = plan.price?.maximum
    if let currency = plan.price?.currency { conditions.anyOf.append([currencyKey(currency)]) }
    for filter in request.filters {
      switch filter {
      case .price(let minimum, let maximum):
        conditions.minimum = [conditions.minimum, minimum].compactMap(\.self).max()
        conditions.maximum = [conditions.maximum, maximum].compactMap(\.self).min()
      case .value(let field, let values):
        conditions.anyOf.append(try keys(field, values))
      }
    }
    return conditions
  }

  private func currencyKey(_ currency: String) -> String {
    IndexKeys.filter("currency", scratch.reader.analyser.folded(currency))
  }

  private func keys(_ field: String, _ values: [String]) throws(SearchError) -> [String] {
    let name = scratch.reader.analyser.folded(field)
    let known = Set(snapshot.parts.flatMap(\.segment.fields))
    guard known.contains(name) || snapshot.count == 0 else {
      let names = (known.sorted().prefix(20) + ["price"]).joined(separator: ", ")
      throw SearchError(
        .badFilter, "no product has the field '\(field.prefix(40))'; there are: \(names)")
    }
    var keys = values.map { IndexKeys.filter(name, scratch.reader.analyser.folded($0)) }
    if QueryReader.kind(of: name) != nil {
      for value in values {
        for word in scratch.reader.equivalents(of: value, in: snapshot.lexicon) {
          keys.append(IndexKeys.filter(name, scratch.reader.analyser.folded(word)))
        }
      }
    }
    return keys
  }

  // MARK: Relaxing

  /// Gives up as little as brings a result: the words that the best covered products lack, then
  /// the price.
  private func relax(
    _ plan: inout QueryPlan, _ conditions: inout Conditions, _ required: inout UInt32,
    _ worths: [Float]
  ) {
    let weights = plan.concepts.indices.map { index in
      let concept = plan.concepts[index]
      return concept.isRequired ? worths[index] * concept.weight * concept.kind.hold : 0
    }
    var covered = coverage(plan, conditions, required, weights, worths)
    let all = weights.reduce(0, +)
    if plan.price != nil, covered.weight < 0.5 * all || all == 0 {
      var free = conditions
      (free.minimum, free.maximum) = (nil, nil)
      if let currency = plan.price?.currency {
        free.anyOf.removeAll { $0 == [currencyKey(currency)] }
      }
      let wider = coverage(plan, free, required, weights, worths)
      if wider.weight > covered.weight || (all == 0 && wider.weight >= 0) {
        plan.understood.relaxed.append("price")
        (conditions, covered) = (free, wider)
      }
    }
    guard covered.weight > 0, covered.mask & required != required else { return }
    for (index, concept) in plan.concepts.enumerated()
    where required & ~covered.mask & 1 << UInt32(index) != 0 {
      plan.understood.relaxed.append(concept.text)
    }
    required &= covered.mask
  }

  /// The concepts of the product that has the most of them by weight.
  private func coverage(
    _ plan: QueryPlan, _ conditions: Conditions, _ required: UInt32, _ weights: [Float],
    _ worths: [Float]
  ) -> (mask: UInt32, weight: Float) {
    var best: (mask: UInt32, weight: Float) = (0, -1)
    var known: [UInt32: Float] = [:]
    for part in snapshot.parts {
      let search = PartSearch(part: part, scratch: scratch)
      search.score(plan.concepts, worths: worths)
      search.allow(conditions)
      var found = search.select(required: 0)
      if let admits = conditions.admits { found = search.keep(found, admits) }
      for product in found {
        let mask = scratch.matches[Int(product)].concepts & required
        let weight =
          known[mask]
          ?? weights.indices.reduce(0) {
            $0 + (mask & 1 << UInt32($1) != 0 ? weights[$1] : 0)
          }
        known[mask] = weight
        if weight > best.weight { best = (mask, weight) }
      }
    }
    return best
  }
}
