internal import AkinCatalogue
internal import AkinEncoders
internal import AkinStorage
internal import Foundation
internal import Synchronization

/// An encoder that was tuned on a shop's own queries: what it says of a query and a product is a
/// number among others that order search results (``ShopJudge``).
///
/// The vectors of the products' texts were kept in the store when it was tuned; a text that came since
/// is encoded when it is first asked about.
final class SearchEncoder: Sendable {
  /// The weights' file in the folder of a learned order.
  static let weightsName = "encoder.safetensors"
  /// Texts whose vectors are held in memory.
  private static let held = 16_384

  private let encoder: any TextEncoder
  private let store: ShopStore
  private let key: String
  private let queries = QueryVectors()
  private let texts = QueryVectors(capacity: SearchEncoder.held)

  /// Reads the weights in `folder` over the shop's own encoder.
  ///
  /// - Throws: `EncoderError`; `StorageError`; ``EngineError`` for a shop that was never built.
  convenience init(folder: URL, store: ShopStore) throws {
    guard let summary = try BuildSummary.last(of: store) else { throw EngineError.emptyShop }
    let model = try ShopModel(named: summary.model)
    self.init(
      encoder: try model.load(tunedBy: folder.appending(path: Self.weightsName)), store: store,
      key: Self.key(folder))
  }

  init(encoder: any TextEncoder, store: ShopStore, key: String) {
    (self.encoder, self.store, self.key) = (encoder, store, key)
  }

  /// Under what the vectors of texts are kept.
  static func key(_ folder: URL) -> String { "tuned " + folder.lastPathComponent }

  /// Encodes the texts that have no vector yet, and keeps them. O(texts · weights).
  func keep(_ texts: [String], progress: any ProgressReporter) throws {
    progress.begin("Encoding products", total: texts.count, unit: "texts")
    for start in stride(from: 0, to: texts.count, by: 2_048) {
      try Task.checkCancellation()
      let part = Array(texts[start..<min(start + 2_048, texts.count)])
      let missing = try store.textsWithoutVector(part, model: key).map { part[$0] }
      let rows = try encoder.encode(missing, as: .passage)
      try store.saveVectors(rows.values, of: missing, model: key)
      progress.advance(to: start + part.count)
    }
    progress.end("\(texts.count.formatted()) texts")
  }

  /// The cosine of `query` and each text; not a number where there is none.
  func cosines(_ query: String, _ wanted: [String?]) throws -> [Float] {
    let vector = try queries.vector(query) { try encoder.encode([query], as: .query).values }
    let known = try vectors(Set(wanted.compactMap(\.self)).sorted())
    return wanted.map { text in
      guard let text, let other = known[text] else { return .nan }
      return zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  private func vectors(_ wanted: [String]) throws -> [String: [Float]] {
    var found: [String: [Float]] = [:]
    for text in wanted { found[text] = texts.known(text) }
    let unknown = wanted.filter { found[$0] == nil }
    guard !unknown.isEmpty else { return found }
    let missing = Set(try store.textsWithoutVector(unknown, model: key))
    let stored = unknown.indices.filter { !missing.contains($0) }.map { unknown[$0] }
    let fresh = missing.sorted().map { unknown[$0] }
    let width = encoder.dimension
    let values =
      try store.vectors(of: stored, model: key, dimension: width)
      + (fresh.isEmpty ? [] : try encoder.encode(fresh, as: .passage).values)
    for (row, text) in (stored + fresh).enumerated() {
      found[text] = texts.vector(text) { Array(values[row * width..<(row + 1) * width]) }
    }
    return found
  }
}
