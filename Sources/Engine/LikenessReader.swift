internal import AkinAlike
internal import AkinCatalogue
internal import AkinSimilarity
internal import AkinStorage
internal import Foundation

/// Scores and accounts of single pairs of a shop, by the measure that made its lists.
///
/// `@unchecked Sendable`: `lock` is held whenever the reader, which keeps the state of native
/// libraries, or the contents that were read are used.
final class LikenessReader: @unchecked Sendable {
  private let store: ShopStore
  private let lock = NSLock()
  private let reader: ContentReader
  private var contents: [Int: ContentReader.Content] = [:]

  /// Contents kept between calls.
  private static let kept = 10_000

  /// - Throws: `EncoderError` where the data of ICU, OpenCC or Snowball is not installed.
  init(_ measure: ContentMeasure, store: ShopStore) throws {
    self.store = store
    reader = try ContentReader(measure)
  }

  /// Why the texts at two positions are alike; `cosine` is that of their vectors.
  func account(_ text: Int, _ other: Int, cosine: Float) throws -> LikenessAccount {
    try lock.withLock {
      reader.account(try content(text), try content(other), cosine: cosine)
    }
  }

  /// Why the text at `text` is like what a shopper wrote.
  func account(query: String, _ text: Int, cosine: Float) throws -> LikenessAccount {
    try lock.withLock {
      reader.account(reader.read(text: query), try content(text), cosine: cosine)
    }
  }

  private func content(_ text: Int) throws -> ContentReader.Content {
    if let known = contents[text] { return known }
    guard let stored = try store.firstProduct(text: text) else {
      return reader.read(text: "")
    }
    if contents.count >= Self.kept { contents.removeAll(keepingCapacity: true) }
    let content = reader.read(stored.product)
    contents[text] = content
    return content
  }
}
