internal import AkinText
internal import Foundation

/// Up to 65,536 products, immutable: their words with the products that hold them, and what
/// filters, facets, sorting and showing need.
///
/// A word's products are one array of 32-bit postings: product (16 bits), fields (5), impact (11),
/// where the impact is the saturated BM25F weight in steps of 1/2047. No decoding is needed, and a
/// count of facets visits every match anyway, so nothing is skipped and results are exact.
///
/// `@unchecked Sendable`: nothing is written after `init`, and `storage` keeps the memory alive.
final class Segment: @unchecked Sendable {
  static let capacity = 1 << 16

  private let storage: any SegmentStorage
  let count: Int
  /// Mean length of each field, in words: what impacts were computed with.
  let meanLengths: [Float]
  let ids: StringList
  let titles: StringList
  let prices: UnsafeBufferPointer<Float>
  let popularity: UnsafeBufferPointer<Float>
  /// What a score is multiplied by: less than one for accessories.
  let priors: UnsafeBufferPointer<Float>
  /// Words of each title, at most 255.
  let titleLengths: UnsafeBufferPointer<UInt8>
  /// The fields of ``facetNames``.
  let fields: Set<String>
  let facetNames: StringList
  let facetOffsets: UnsafeBufferPointer<UInt32>
  let facets: UnsafeBufferPointer<UInt32>
  private let terms: StringList
  private let termStarts: UnsafeBufferPointer<UInt32>
  let postings: UnsafeBufferPointer<UInt32>
  let words: WordList
  let readings: StringList
  let suggestions: SuggestionList

  /// Products by identifier, made at the first use.
  private let byID: [UInt32]

  init(_ storage: any SegmentStorage, name: String) throws(SearchError) {
    func damaged(_ what: String) -> SearchError {
      SearchError(
        .damaged, "\(name): \(what) cannot be; remove the search folder, it is made again")
    }
    let sections = try SegmentFile.sections(of: storage.bytes, name: name)
    func list(_ key: String) throws(SearchError) -> StringList {
      guard let offsets = sections[key + ".o"], let bytes = sections[key + ".b"],
        let list = StringList(offsets: offsets, bytes: bytes)
      else { throw damaged("section '\(key)'") }
      return list
    }
    func array<Element>(_ key: String, _: Element.Type) throws(SearchError)
      -> UnsafeBufferPointer<Element>
    {
      guard let bytes = sections[key], bytes.count % MemoryLayout<Element>.stride == 0 else {
        throw damaged("section '\(key)'")
      }
      return bytes.bindMemory(to: Element.self)
    }
    (ids, titles, terms) = (try list("id"), try list("title"), try list("term"))
    (prices, popularity) = (try array("price", Float.self), try array("popular", Float.self))
    priors = try array("prior", Float.self)
    titleLengths = try array("title.l", UInt8.self)
    facetNames = try list("facet.n")
    var fields: Set<String> = []
    for number in 0..<facetNames.count {
      let name = facetNames[number].prefix { $0 != 0x1F }
      fields.insert(String(decoding: name, as: UTF8.self))
    }
    self.fields = fields
    facetOffsets = try array("facet.o", UInt32.self)
    facets = try array("facet.v", UInt32.self)
    termStarts = try array("term.p", UInt32.self)
    postings = try array("post", UInt32.self)
    words = WordList(
      texts: try list("word"), counts: try array("word.n", UInt32.self),
      signatures: try array("word.s", UInt64.self))
    readings = try list("reading")
    meanLengths = Array(try array("mean", Float.self))
    suggestions = SuggestionList(
      texts: try list("sug"), weights: try array("sug.w", Float.self), keys: try list("sug.k"),
      owners: try array("sug.e", UInt32.self), starts: try array("sug.s", UInt32.self))
    byID = Array(try array("id.s", UInt32.self))
    let count = ids.count
    self.count = count
    let facetCount = facetNames.count
    guard count <= Self.capacity, titles.count == count, prices.count == count,
      popularity.count == count, titleLengths.count == count, priors.count == count,
      facetOffsets.count == count + 1, byID.count == count,
      Int(facetOffsets[count]) == facets.count, facets.allSatisfy({ $0 < facetCount }),
      termStarts.count == terms.count + 1, Int(termStarts[terms.count]) == postings.count,
      meanLengths.count == SearchFields.count, words.isConsistent, suggestions.isConsistent,
      byID.allSatisfy({ $0 < count }), postings.allSatisfy({ $0 & 0xFFFF < count }),
      Self.isAscending(termStarts), Self.isAscending(facetOffsets)
    else { throw damaged("the sizes of its sections") }
    self.storage = storage
  }

  private static func isAscending(_ values: UnsafeBufferPointer<UInt32>) -> Bool {
    zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }
  }

  /// Bytes of the segment.
  var byteCount: Int { storage.bytes.count }

  /// The whole segment as it stands in a file; valid while the segment lives.
  var bytes: UnsafeRawBufferPointer { storage.bytes }

  /// The postings of `term`, empty where no product holds it. O(log terms).
  func postings(of term: String) -> UnsafeBufferPointer<UInt32> {
    var term = term
    return term.withUTF8 { bytes in
      guard let place = terms.index(of: UnsafeRawBufferPointer(bytes)) else {
        return UnsafeBufferPointer(start: nil, count: 0)
      }
      return UnsafeBufferPointer(
        rebasing: postings[Int(termStarts[place])..<Int(termStarts[place + 1])])
    }
  }

  /// The product with the identifier `id`. O(log products).
  func product(id: String) -> Int? {
    var id = id
    return id.withUTF8 { bytes in
      let key = UnsafeRawBufferPointer(bytes)
      var (low, high) = (0, count)
      while low < high {
        let middle = (low + high) / 2
        if StringList.compare(ids[Int(byID[middle])], key) < 0 {
          low = middle + 1
        } else {
          high = middle
        }
      }
      guard low < count, ids[Int(byID[low])].elementsEqual(key) else { return nil }
      return Int(byID[low])
    }
  }

  /// Fields and values of the product's facets.
  func facetValues(of product: Int) -> [(field: String, value: String)] {
    (facetOffsets[product]..<facetOffsets[product + 1]).map { facet(Int(facets[Int($0)])) }
  }

  /// Field and value of a facet.
  func facet(_ number: Int) -> (field: String, value: String) {
    let parts = facetNames.string(number).split(separator: IndexKeys.separator, maxSplits: 1)
    return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
  }
}

/// The memory of a segment.
protocol SegmentStorage: Sendable {
  var bytes: UnsafeRawBufferPointer { get }
}

/// A segment that was just made and stands in no file.
///
/// `@unchecked Sendable`: the memory is written in `init` only.
final class OwnedStorage: SegmentStorage, @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  init(_ content: [UInt8]) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 64)
    memory.copyBytes(from: content)
    bytes = UnsafeRawBufferPointer(memory)
  }

  deinit { bytes.deallocate() }
}

/// A segment's file, loaded by the system as it is touched.
///
/// `@unchecked Sendable`: the mapping is never written; files are replaced by renaming.
final class MappedStorage: SegmentStorage, @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  init(path: String) throws(SearchError) {
    func unreadable() -> SearchError {
      SearchError(.unreadable, "\(path): \(String(cString: strerror(errno)))")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable() }
    let size = Int(status.st_size)
    guard size > 0 else {
      throw SearchError(
        .damaged, "\(path): is empty; remove the search folder of the shop, it is made again")
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw unreadable() }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
