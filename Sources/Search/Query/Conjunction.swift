internal import CKernels

/// Finds the products of a part that have every required concept: from the rarest one on, the others
/// are only looked for in the products that are left. O(rarest · concepts · log), whatever the size
/// of the part.
struct Conjunction {
  /// A way of saying a concept, with the postings of its terms, none of them empty.
  private struct Way {
    var lists: [UnsafeBufferPointer<UInt32>]
    /// What one step of impact is worth.
    var scale: Float
    var count: Int { lists.reduce(.max) { min($0, $1.count) } }
  }

  private struct Resolved {
    var ways: [Way]
    var fields: UInt32
    var bit: UInt32
    var count: Int { ways.reduce(0) { $0 + $1.count } }
  }

  let search: PartSearch
  private let concepts: [Concept]
  private let worths: [Float]

  init(search: PartSearch, concepts: [Concept], worths: [Float]) {
    (self.search, self.concepts, self.worths) = (search, concepts, worths)
  }

  /// The products with all concepts of `required`, which is not empty, that the scratch's bitmap
  /// allows, ascending, with their matches.
  func run(_ required: UInt32) -> UnsafeBufferPointer<UInt16> {
    let nothing = UnsafeBufferPointer<UInt16>(start: search.scratch.selected.baseAddress, count: 0)
    var wanted: [Resolved] = []
    for index in concepts.indices where required & 1 << UInt32(index) != 0 {
      let concept = resolve(index)
      if concept.ways.isEmpty { return nothing }
      wanted.append(concept)
    }
    wanted.sort { ($0.count, $0.bit) < ($1.count, $1.bit) }
    var count = begin(with: wanted[0])
    for concept in wanted.dropFirst() where count > 0 {
      count = take(concept, count, isRequired: true)
    }
    guard count > 0 else { return nothing }
    for index in concepts.indices where required & 1 << UInt32(index) == 0 {
      let concept = resolve(index)
      if !concept.ways.isEmpty { count = take(concept, count, isRequired: false) }
    }
    return UnsafeBufferPointer(start: search.scratch.selected.baseAddress, count: count)
  }

  private func resolve(_ index: Int) -> Resolved {
    let concept = concepts[index]
    var resolved = Resolved(
      ways: [], fields: concept.fields.rawValue,
      bit: concept.kind == .boost ? 0 : 1 << UInt32(index))
    ways: for alternative in concept.alternatives {
      var lists: [UnsafeBufferPointer<UInt32>] = []
      for (place, term) in alternative.terms.enumerated()
      where !alternative.terms[..<place].contains(term) && lists.count < 32 {
        let postings = search.segment.postings(of: term)
        guard !postings.isEmpty else { continue ways }
        lists.append(postings)
      }
      guard !lists.isEmpty else { continue }
      lists.sort { $0.count < $1.count }
      let scale =
        worths[index] * concept.weight * alternative.weight / SegmentBuilder.impactSteps
      resolved.ways.append(Way(lists: lists, scale: scale))
    }
    return resolved
  }

  // MARK: The rarest

  /// Selects the allowed products of a concept and begins their matches; returns how many.
  private func begin(with concept: Resolved) -> Int {
    let scratch = search.scratch
    var count = 0
    if concept.ways.count == 1, concept.ways[0].lists.count == 1 {
      let scale = concept.ways[0].scale
      for posting in concept.ways[0].lists[0] where posting >> 16 & 31 & concept.fields != 0 {
        let product = Int(posting & 0xFFFF)
        guard isAllowed(product) else { continue }
        count = add(product, scale * Float(posting >> 21), concept.bit, at: count)
      }
      return count
    }
    var bitmap = [UInt64](repeating: 0, count: scratch.allowed.count)
    for way in concept.ways { join(way, concept.fields, &bitmap) }
    for (word, bits) in bitmap.enumerated() where bits != 0 {
      var rest = bits
      while rest != 0 {
        let product = word * 64 + rest.trailingZeroBitCount
        rest &= rest - 1
        let value = scratch.best[product]
        scratch.best[product] = 0
        if value > 0, isAllowed(product) {
          count = add(product, value, concept.bit, at: count)
        }
      }
    }
    return count
  }

  /// Raises what the products of a way are worth, and marks them.
  private func join(_ way: Way, _ fields: UInt32, _ bitmap: inout [UInt64]) {
    let best = search.scratch.best
    let rarest = way.lists[0]
    if way.lists.count == 1 {
      akin_postings_best(rarest.baseAddress, rarest.count, way.scale, fields, best.baseAddress)
      akin_postings_mark(rarest.baseAddress, rarest.count, fields, &bitmap)
      return
    }
    var products: [UInt16] = []
    products.reserveCapacity(rarest.count)
    for posting in rarest where posting >> 16 & 31 & fields != 0 {
      products.append(UInt16(truncatingIfNeeded: posting))
    }
    products.withUnsafeBufferPointer { raise(way, fields, $0) }
    let raised = search.scratch.raised
    for (place, product) in products.enumerated() where raised[place] > 0 {
      let product = Int(product)
      best[product] = max(best[product], raised[place])
      raised[place] = 0
      bitmap[product >> 6] |= 1 << UInt64(product & 63)
    }
  }

  private func isAllowed(_ product: Int) -> Bool {
    search.scratch.allowed[product >> 6] >> UInt64(product & 63) & 1 == 1
  }

  private func add(_ product: Int, _ score: Float, _ bit: UInt32, at count: Int) -> Int {
    search.scratch.selected[count] = UInt16(product)
    search.scratch.matches[product] = akin_match(score: score, concepts: bit)
    return count + 1
  }

  // MARK: The others

  /// Adds a concept to the first `count` selected products, without those that lack it where it is
  /// required; returns how many are left.
  private func take(_ concept: Resolved, _ count: Int, isRequired: Bool) -> Int {
    let scratch = search.scratch
    let products = UnsafeBufferPointer<UInt16>(start: scratch.selected.baseAddress, count: count)
    for way in concept.ways { raise(way, concept.fields, products) }
    return akin_products_take(
      scratch.selected.baseAddress, count, scratch.raised.baseAddress, concept.bit,
      isRequired ? 1 : 0, scratch.matches.baseAddress)
  }

  /// Raises the scratch's `raised` where `products` have all terms of a way.
  private func raise(_ way: Way, _ fields: UInt32, _ products: UnsafeBufferPointer<UInt16>) {
    withUnsafeTemporaryAllocation(of: UnsafePointer<UInt32>?.self, capacity: way.lists.count) {
      lists in
      withUnsafeTemporaryAllocation(of: Int.self, capacity: way.lists.count) { counts in
        for (place, list) in way.lists.enumerated() {
          lists.initializeElement(at: place, to: list.baseAddress)
          counts.initializeElement(at: place, to: list.count)
        }
        akin_postings_raise(
          lists.baseAddress, counts.baseAddress, way.lists.count, way.scale, fields,
          products.baseAddress, products.count, search.scratch.raised.baseAddress)
      }
    }
  }
}
