internal import AkinCatalogue
internal import AkinText

/// Collects up to 65,536 products and turns them into a ``Segment``.
///
/// One thread at a time may use one.
final class SegmentBuilder {
  /// One occurrence of a term: what impacts are computed from once mean lengths are known.
  private struct Occurrence {
    var term: UInt32
    var product: UInt16
    var field: UInt8
    /// In sixteenths, at most 255.
    var weight: UInt8
  }

  private struct Reading: Hashable {
    var key: String
    var word: String
  }

  private let source: ProductTerms
  private let pinyin: Pinyin
  private let weighting: FieldWeighting
  private let vocabulary: [String]
  private var terms = TermTable()
  private var occurrences: [Occurrence] = []
  private var lengths: [[UInt16]] = Array(repeating: [], count: SearchFields.count)
  private var ids = StringListBuilder()
  private var titles = StringListBuilder()
  private var idTexts: [String] = []
  private var prices: [Float] = []
  private var popularity: [Float] = []
  private var priors: [Float] = []
  private var facetTable = TermTable()
  private var facetOffsets: [UInt32] = [0]
  private var facets: [UInt32] = []
  private var words = TermTable()
  private var wordCounts: [UInt32] = []
  private var hanWords: Set<String> = []
  private var readings: Set<Reading> = []
  private var suggestions: SuggestionBuilder

  /// - Parameter vocabulary: further words that may be typed in Latin letters, where the products
  ///   hold them.
  init(
    analyser: TextAnalyser, pinyin: Pinyin, weighting: FieldWeighting, vocabulary: [String] = []
  ) {
    self.vocabulary = vocabulary
    source = ProductTerms(analyser)
    self.pinyin = pinyin
    self.weighting = weighting
    suggestions = SuggestionBuilder(analyser: analyser, pinyin: pinyin)
  }

  /// A case names its phone as often as the phone does; who wants the case says so.
  static let accessoryPrior: Float = 0.75

  var count: Int { prices.count }
  var isFull: Bool { count == Segment.capacity }

  /// Adds a product. O(length of its texts).
  func add(_ product: Product, popularity: Double) {
    precondition(!isFull, "the segment is full")
    let ordinal = UInt16(count)
    let found = source.visit(
      product,
      term: { bytes, weight, field in
        let number = terms.insert(bytes)
        occurrences.append(
          Occurrence(
            term: UInt32(number), product: ordinal, field: UInt8(field),
            weight: UInt8(weight * 16)))
      },
      word: { word, field, isHan in
        if isHan {
          if field < 3, hanWords.insert(word).inserted { read(word, isBrand: false) }
        } else {
          let number = words.insert(word)
          if number == wordCounts.count { wordCounts.append(0) }
          wordCounts[number] += 1
        }
      })
    for field in lengths.indices { lengths[field].append(UInt16(clamping: found[field])) }
    ids.append(product.id)
    titles.append(product.title)
    idTexts.append(product.id)
    prices.append((product.salePrice ?? product.price).map { Float($0.amount) } ?? .nan)
    self.popularity.append(Float(popularity))
    priors.append(source.isAccessory(product) ? Self.accessoryPrior : 1)
    addFacets(of: product, ordinal)
    suggestions.add(product, popularity: popularity)
  }

  private func addFacets(of product: Product, _ ordinal: UInt16) {
    for facet in source.facets(of: product) {
      let name = "\(facet.field)\(IndexKeys.separator)\(facet.value)"
      let number = UInt32(facetTable.insert(name))
      if !facets[Int(facetOffsets[facetOffsets.count - 1])...].contains(number) {
        facets.append(number)
      }
      for value in [facet.value] + facet.aliases {
        let key = IndexKeys.filter(facet.field, source.analyser.folded(value))
        occurrences.append(
          Occurrence(
            term: UInt32(terms.insert(key)), product: ordinal, field: UInt8(SearchFields.count - 2),
            weight: 1))
      }
    }
    facetOffsets.append(UInt32(facets.count))
    if let brand = product.brand {
      let folded = source.analyser.folded(brand)
      for part in folded.split(separator: " ") { read(String(part), isBrand: true) }
    }
  }

  /// Notes how a Chinese word is typed in Latin letters: `xiaomi`, and for a brand also `xm`.
  private func read(_ word: String, isBrand: Bool) {
    guard (2...6).contains(word.unicodeScalars.count),
      let syllables = pinyin.syllables(of: word)
    else { return }
    readings.insert(Reading(key: syllables.joined(), word: word))
    if isBrand {
      readings.insert(Reading(key: "\u{1}" + syllables.map { $0.prefix(1) }.joined(), word: word))
    }
  }

  /// The segment's bytes; the builder is empty afterwards.
  ///
  /// - Parameter means: mean field lengths of an earlier segment, so that impacts of both compare;
  ///   `nil` computes those of this one.
  func finish(means: [Float]?) -> [UInt8] {
    let means =
      means
      ?? lengths.map { field in
        max(1, Float(field.reduce(0) { $0 + Int($1) }) / Float(max(1, field.count)))
      }
    for word in vocabulary where holds(word) { read(word, isBrand: false) }
    let order = terms.sortedNumbers()
    let (starts, postings) = makePostings(order, means: means)
    var termTexts = StringListBuilder()
    terms.bytes.withUnsafeBytes { bytes in
      for number in order { termTexts.append(bytes[terms.range(number)]) }
    }
    var facetNames = StringListBuilder()
    facetTable.bytes.withUnsafeBytes { bytes in
      for number in 0..<facetTable.count { facetNames.append(bytes[facetTable.range(number)]) }
    }
    var readingTexts = StringListBuilder()
    for text in readings.map({ "\($0.key)\u{1F}\($0.word)" }).sorted(by: Self.byBytes) {
      readingTexts.append(text)
    }
    let byID = idTexts.indices.sorted { Self.byBytes(idTexts[$0], idTexts[$1]) }.map(UInt32.init)
    var sections: [(name: String, bytes: [UInt8])] = []
    func put<Value>(_ name: String, _ values: [Value]) {
      sections.append((name, values.withUnsafeBytes(Array.init)))
    }
    func put(_ name: String, _ list: StringListBuilder) {
      put(name + ".o", list.offsets)
      sections.append((name + ".b", list.bytes))
    }
    put("mean", means)
    put("id", ids)
    put("id.s", byID)
    put("title", titles)
    put("title.l", lengths[0].map { UInt8(clamping: $0) })
    put("price", prices)
    put("popular", popularity)
    put("prior", priors)
    put("facet.n", facetNames)
    put("facet.o", facetOffsets)
    put("facet.v", facets)
    put("term", termTexts)
    put("term.p", starts)
    put("post", postings)
    putWords(put, put)
    put("reading", readingTexts)
    let made = suggestions.finish()
    put("sug", made.texts)
    put("sug.w", made.weights)
    put("sug.k", made.keys)
    put("sug.e", made.owners)
    put("sug.s", made.starts)
    return SegmentFile.assemble(sections)
  }

  /// Whether all pairs of neighbouring characters of a Chinese word occur.
  private func holds(_ word: String) -> Bool {
    let characters = Array(word.unicodeScalars)
    return characters.count > 1
      && zip(characters, characters.dropFirst()).allSatisfy { terms.contains("\($0)\($1)") }
  }

  private func putWords(
    _ put: (String, StringListBuilder) -> Void, _ putCounts: (String, [UInt32]) -> Void
  ) {
    var texts = StringListBuilder()
    var (counts, signatures): ([UInt32], [UInt32]) = ([], [])
    words.bytes.withUnsafeBytes { bytes in
      for number in words.sortedNumbers() {
        let word = bytes[words.range(number)]
        texts.append(word)
        counts.append(wordCounts[number])
        let signature = WordList.signature(word)
        signatures.append(UInt32(truncatingIfNeeded: signature))
        signatures.append(UInt32(truncatingIfNeeded: signature >> 32))
      }
    }
    put("word", texts)
    putCounts("word.n", counts)
    putCounts("word.s", signatures)
  }

  static func byBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

// MARK: - Impacts

extension SegmentBuilder {
  static let impactSteps: Float = 2047

  /// Postings of the terms in `order`, and where each term's begin. O(occurrences).
  private func makePostings(_ order: [Int], means: [Float]) -> (starts: [UInt32], [UInt32]) {
    // Counting sort by term; products stay ascending.
    var places = [Int](repeating: 0, count: terms.count + 1)
    for occurrence in occurrences { places[Int(occurrence.term) + 1] += 1 }
    for term in 0..<terms.count { places[term + 1] += places[term] }
    var next = places
    var sorted = [Occurrence](
      repeating: Occurrence(term: 0, product: 0, field: 0, weight: 0), count: occurrences.count)
    for occurrence in occurrences {
      sorted[next[Int(occurrence.term)]] = occurrence
      next[Int(occurrence.term)] += 1
    }
    var (starts, postings): ([UInt32], [UInt32]) = ([0], [])
    postings.reserveCapacity(sorted.count)
    for term in order {
      append(sorted[places[term]..<places[term + 1]], means: means, to: &postings)
      starts.append(UInt32(postings.count))
    }
    return (starts, postings)
  }

  private func append(
    _ occurrences: ArraySlice<Occurrence>, means: [Float], to postings: inout [UInt32]
  ) {
    var index = occurrences.startIndex
    while index < occurrences.endIndex {
      let product = occurrences[index].product
      var (weight, fields): (Float, UInt32) = (0, 0)
      // Filters carry the smallest weight, which no word has.
      let isCondition = occurrences[index].weight == 1
      while index < occurrences.endIndex, occurrences[index].product == product {
        let field = Int(occurrences[index].field)
        let b = weighting.lengthNormalisation[field]
        let length = 1 - b + b * Float(lengths[field][Int(product)]) / means[field]
        weight += weighting.boosts[field] * Float(occurrences[index].weight) / 16 / length
        fields |= 1 << UInt32(field)
        index += 1
      }
      let saturated = isCondition ? 1 : weight / (weighting.k1 + weight)
      let impact = max(1, UInt32(saturated * Self.impactSteps))
      postings.append(UInt32(product) | fields << 16 | impact << 21)
    }
  }
}
