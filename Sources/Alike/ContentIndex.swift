public import AkinCatalogue
public import AkinEncoders
public import AkinSimilarity
internal import Foundation

/// A catalogue as ``ContentMeasure`` sees it: the measure fitted to it, and for each product its
/// weighed words and its facts.
public struct ContentIndex: Sendable {
  /// The measure.
  public var measure: ContentMeasure
  /// For each product its words, rows of unit length.
  public let rows: SparseMatrix
  /// For each product what its fields say.
  public let facts: [ProductFacts]

  /// Fits the measure to `products`. O(length of their texts).
  ///
  /// - Parameter progress: called now and then with the number of products read; throws to stop.
  /// - Throws: `EncoderError` where the data of ICU, OpenCC or Snowball is not installed;
  ///   what `progress` throws.
  public init(
    _ products: [Product], weights: AlikeWeights = AlikeWeights(),
    progress: (Int) throws -> Void = { _ in }
  ) throws {
    var measure = ContentMeasure(
      weights: weights, brands: try BrandLexicon(learnedFrom: products))
    let readers = try (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in
      ProductReader(
        facts: try FactReader(brands: measure.brands), terms: try TermReader(weights.terms))
    }
    var facts: [ProductFacts] = []
    var counted: [[(column: Int, count: Float, weight: Float)]] = []
    for start in stride(from: 0, to: products.count, by: ProductReader.chunk) {
      let some = products[start..<min(products.count, start + ProductReader.chunk)]
      for read in ProductReader.read(some, with: readers) {
        counted.append(measure.words.add(read.terms))
        facts.append(read.facts)
      }
      try progress(start)
    }
    var rows = SparseMatrix(columnCount: measure.words.columnCount)
    for row in counted { try rows.append(measure.words.weighed(row)) }
    self.measure = measure
    self.rows = rows
    self.facts = facts
  }

  /// The cosine of two products' words. O(terms).
  public func wordCosine(_ left: Int, _ right: Int) -> Float {
    rows.dotProduct(left, right)
  }

  /// The cosine of two products' vectors. O(dimension).
  public func cosine(
    _ left: Int, _ right: Int, _ values: UnsafeBufferPointer<Float>, _ dimension: Int
  ) -> Float { VectorMath.dot(values, left, right, dimension) }

  /// The score of a pair whose vectors have the cosine `cosine`.
  public func score(_ left: Int, _ right: Int, cosine: Float) -> Float {
    measure.score(
      words: wordCosine(left, right), cosine: cosine,
      facts: FactComparison(facts[left], facts[right]))
  }

  /// Sets ``ContentMeasure/unrelatedCosine`` to the mean cosine of `sample` pairs of vectors, drawn
  /// by a fixed seed. Two products drawn at random hardly ever have to do with each other.
  public mutating func fitMeaning(
    _ values: UnsafeBufferPointer<Float>, dimension: Int, sample: Int = 10_000
  ) {
    let count = values.count / dimension
    guard count > 1 else { return }
    var generator = SplitMix64(seed: 1)
    var sum = 0.0
    for _ in 0..<sample {
      let left = Int.random(in: 0..<count, using: &generator)
      let right = (left + Int.random(in: 1..<count, using: &generator)) % count
      sum += Double(VectorMath.dot(values, left, right, dimension))
    }
    measure.unrelatedCosine = min(0.95, max(0, Float(sum / Double(sample))))
  }
}

/// Reads products' facts and terms, on all cores.
private struct ProductReader {
  let facts: FactReader
  let terms: TermReader

  /// Products whose terms are held at a time.
  static let chunk = 4_096

  func read(_ product: Product) -> (facts: ProductFacts, terms: [ContentTerm]) {
    let facts = facts.read(product)
    return (facts, terms.terms(of: ContentText.words(of: product), facts))
  }

  /// The facts and terms of `products`, in order.
  static func read(_ products: ArraySlice<Product>, with readers: [ProductReader])
    -> [(facts: ProductFacts, terms: [ContentTerm])]
  {
    let found = RowSlots<(facts: ProductFacts, terms: [ContentTerm])>(
      count: products.count, empty: (ProductFacts(), []))
    // Each reader serves one worker, never two calls at once.
    nonisolated(unsafe) let readers = readers
    Workers(count: readers.count).run(products.startIndex..<products.endIndex, by: 64) {
      piece, worker in
      for row in piece { found[row - products.startIndex] = readers[worker].read(products[row]) }
    }
    return (0..<products.count).map { found[$0] }
  }
}

/// Inner products of rows that lie one after the other.
enum VectorMath {
  @inline(__always)
  static func dot(_ values: UnsafeBufferPointer<Float>, _ left: Int, _ right: Int, _ dimension: Int)
    -> Float
  {
    guard let base = values.baseAddress else { return 0 }
    let (one, other) = (base + left * dimension, base + right * dimension)
    var sums = SIMD16<Float>(repeating: 0)
    var index = 0
    while index + 16 <= dimension {
      let first = UnsafeRawPointer(one + index).loadUnaligned(as: SIMD16<Float>.self)
      let second = UnsafeRawPointer(other + index).loadUnaligned(as: SIMD16<Float>.self)
      sums.addProduct(first, second)
      index += 16
    }
    var sum = sums.sum()
    while index < dimension {
      sum += one[index] * other[index]
      index += 1
    }
    return sum
  }
}
