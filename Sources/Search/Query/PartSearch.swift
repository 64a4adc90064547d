internal import CKernels

/// Runs a plan over one part of a snapshot, into the scratch's matches.
struct PartSearch {
  let part: Snapshot.Part
  let scratch: SearchScratch
  var segment: Segment { part.segment }

  /// Clears the matches and adds up the concepts; concept `i` sets bit `i`. O(postings).
  ///
  /// - Parameter worths: of each concept its inverse document frequency.
  func score(_ concepts: [Concept], worths: [Float]) {
    let matches = scratch.matches
    for product in 0..<part.segment.count { matches[product] = akin_match() }
    for (index, concept) in concepts.enumerated() {
      let bit: UInt32 = concept.kind == .boost ? 0 : 1 << UInt32(index)
      score(concept, bit: bit, worth: worths[index])
    }
  }

  private func score(_ concept: Concept, bit: UInt32, worth: Float) {
    var lists: [UnsafeBufferPointer<UInt32>] = []
    var joint: [UInt32] = []
    let fields = concept.fields.rawValue
    for alternative in concept.alternatives {
      let scale = worth * concept.weight * alternative.weight / SegmentBuilder.impactSteps
      if alternative.terms.count == 1 {
        let postings = segment.postings(of: alternative.terms[0])
        guard !postings.isEmpty else { continue }
        if concept.alternatives.count == 1 {
          akin_postings_add(
            postings.baseAddress, postings.count, scale, fields, bit, scratch.matches.baseAddress)
          return
        }
        akin_postings_best(
          postings.baseAddress, postings.count, scale, fields, scratch.best.baseAddress)
        lists.append(postings)
      } else {
        intersect(alternative.terms, fields: fields) { product, impact in
          let value = scale * impact
          if value > scratch.best[product] { scratch.best[product] = value }
          joint.append(UInt32(product))
        }
      }
    }
    for list in lists {
      akin_postings_collect(
        list.baseAddress, list.count, bit, scratch.best.baseAddress, scratch.matches.baseAddress)
    }
    joint.withUnsafeBufferPointer {
      akin_postings_collect(
        $0.baseAddress, $0.count, bit, scratch.best.baseAddress, scratch.matches.baseAddress)
    }
  }

  /// Products that hold all of `terms`, with the mean of their impacts. From the rarest term on, by
  /// binary search: O(rarest · log).
  private func intersect(_ terms: [String], fields: UInt32, _ body: (Int, Float) -> Void) {
    var lists: [UnsafeBufferPointer<UInt32>] = []
    for term in Set(terms) {
      let postings = segment.postings(of: term)
      guard !postings.isEmpty else { return }
      lists.append(postings)
    }
    lists.sort { $0.count < $1.count }
    guard let rarest = lists.first else { return }
    var places = [Int](repeating: 0, count: lists.count)
    postings: for posting in rarest where posting >> 16 & 31 & fields != 0 {
      let product = posting & 0xFFFF
      var impact = Float(posting >> 21)
      for index in lists.indices.dropFirst() {
        let list = lists[index]
        let place = Self.lowerBound(list, product, from: places[index])
        places[index] = place
        guard place < list.count, list[place] & 0xFFFF == product,
          list[place] >> 16 & 31 & fields != 0
        else { continue postings }
        impact += Float(list[place] >> 21)
      }
      body(Int(product), impact / Float(lists.count))
    }
  }

  /// The first place from `start` on with a product of at least `product`, by doubling steps.
  private static func lowerBound(
    _ list: UnsafeBufferPointer<UInt32>, _ product: UInt32, from start: Int
  ) -> Int {
    var (step, low) = (1, start)
    while low + step < list.count, list[low + step] & 0xFFFF < product {
      low += step
      step *= 2
    }
    var high = min(list.count, low + step + 1)
    while low < high {
      let middle = (low + high) / 2
      if list[middle] & 0xFFFF < product { low = middle + 1 } else { high = middle }
    }
    return low
  }

  // MARK: Conditions

  /// Sets the scratch's bitmap to the products that may be found and meet the conditions.
  func allow(_ conditions: Conditions) {
    scratch.allowed = part.live
    for keys in conditions.anyOf {
      var bitmap = [UInt64](repeating: 0, count: scratch.allowed.count)
      for key in keys {
        let postings = segment.postings(of: key)
        bitmap.withUnsafeMutableBufferPointer {
          akin_postings_mark(postings.baseAddress, postings.count, 31, $0.baseAddress)
        }
      }
      for word in bitmap.indices { scratch.allowed[word] &= bitmap[word] }
    }
    if conditions.minimum != nil || conditions.maximum != nil { allowPrices(conditions) }
    for ways in conditions.excluded { exclude(ways) }
  }

  private func allowPrices(_ conditions: Conditions) {
    let low = conditions.minimum.map { Float($0) } ?? 0
    let high = conditions.maximum.map { Float($0) } ?? .infinity
    for product in 0..<segment.count {
      // A missing price is not a number and compares false.
      let price = segment.prices[product]
      if !(price >= low && price <= high) {
        scratch.allowed[product >> 6] &= ~(1 << UInt64(product & 63))
      }
    }
  }

  private func exclude(_ ways: [Concept.Alternative]) {
    let fields = SearchFields.naming.rawValue
    for way in ways {
      intersect(way.terms, fields: fields) { product, _ in
        scratch.allowed[product >> 6] &= ~(1 << UInt64(product & 63))
      }
    }
  }

  /// The products that meet the conditions and have every concept of `required`, ascending.
  func select(required: UInt32) -> UnsafeBufferPointer<UInt16> {
    let found = scratch.allowed.withUnsafeBufferPointer {
      akin_matches_select(
        scratch.matches.baseAddress, segment.count, required, $0.baseAddress,
        scratch.selected.baseAddress)
    }
    return UnsafeBufferPointer(start: scratch.selected.baseAddress, count: found)
  }

  /// The products that meet the conditions and have every concept of `required`, ascending, with
  /// their matches; the matches of other products are undefined.
  func find(
    _ concepts: [Concept], worths: [Float], required: UInt32, conditions: Conditions
  ) -> UnsafeBufferPointer<UInt16> {
    allow(conditions)
    var found: UnsafeBufferPointer<UInt16>
    if required != 0 {
      found = Conjunction(search: self, concepts: concepts, worths: worths).run(required)
    } else {
      score(concepts, worths: worths)
      if concepts.isEmpty {
        for product in 0..<segment.count { scratch.matches[product].score = 1e-6 }
      }
      found = select(required: 0)
    }
    if let admits = conditions.admits { found = keep(found, admits) }
    return found
  }

  /// Those of the scratch's selected products that somebody else lets through.
  func keep(
    _ found: UnsafeBufferPointer<UInt16>, _ admits: (String) -> Bool
  ) -> UnsafeBufferPointer<UInt16> {
    var kept = 0
    for product in found where admits(segment.ids.string(Int(product))) {
      scratch.selected[kept] = product
      kept += 1
    }
    return UnsafeBufferPointer(start: scratch.selected.baseAddress, count: kept)
  }
}

/// What products must meet beyond their words.
struct Conditions {
  /// Of each filter the terms of which one must be there.
  var anyOf: [[String]] = []
  var minimum: Double?
  var maximum: Double?
  var excluded: [[Concept.Alternative]] = []
  /// Asked last, with the identifier of a product that meets all else.
  var admits: ((String) -> Bool)?
}
