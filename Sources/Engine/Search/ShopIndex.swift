internal import AkinCatalogue
package import AkinSearch
package import AkinStorage
internal import Foundation

/// The words of a shop's catalogue: made by a build, or at the first search, and kept in the shop's
/// folder under `search/`.
package enum ShopIndex {
  static let folderName = "search"
  /// A shop's own synonyms and brand aliases, in the format of `Lexicon`.
  static let lexiconName = "synonyms.txt"

  /// The index of what the shop holds now: the kept one where it is of this catalogue, else a new
  /// one, which is kept where the folder can be written.
  ///
  /// - Parameter allowsEmpty: whether a shop without products has an index too, as a serving one.
  /// - Throws: `SearchError`, `StorageError`; ``EngineError`` `nothingToDo` for an empty shop.
  package static func open(
    _ store: ShopStore, allowsEmpty: Bool = false,
    progress: any ProgressReporter = SilentProgress()
  ) throws -> SearchIndex {
    let wanted = try origin(of: store)
    let folder = store.directory.appending(path: folderName, directoryHint: .isDirectory)
    if SearchIndex.origin(of: folder) == wanted {
      do { return try SearchIndex.open(folder).index } catch {
        // A damaged index is made anew below: it holds nothing that the catalogue does not.
        guard error.code == .damaged || error.code == .unreadable else { throw error }
      }
    }
    let index = try make(store, allowsEmpty: allowsEmpty, progress: progress)
    do { try index.save(to: folder, origin: wanted) } catch {
      // Searching a shop on a read-only disk only costs the time to index it.
      guard error.code == .notWritable else { throw error }
    }
    return index
  }

  /// Indexes the shop's products.
  static func make(
    _ store: ShopStore, allowsEmpty: Bool, progress: any ProgressReporter
  ) throws -> SearchIndex {
    let total = try store.productCount()
    guard total > 0 || allowsEmpty else { throw EngineError.emptyShop }
    var settings = SearchSettings()
    if let own = try ownLexicon(store) { settings.lexicon = settings.lexicon.merging(own) }
    progress.begin("Indexing words", total: total, unit: "products")
    let products = StoredProducts(store: store)
    let index = try SearchIndex(
      products, settings: settings,
      progress: {
        try Task.checkCancellation()
        progress.advance(to: $0)
      })
    if let failure = products.failure.error { throw failure }
    progress.end(
      "\(index.count.formatted()) products, \((index.byteCount >> 20).formatted()) MiB")
    return index
  }

  private static func ownLexicon(_ store: ShopStore) throws -> Lexicon? {
    let file = store.directory.appending(path: lexiconName)
    let path = file.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(validating: data, as: UTF8.self)
    else { throw EngineError(.unreadableInput, "\(path): cannot be read as UTF-8") }
    return try Lexicon(parsing: text, name: path)
  }

  /// What an index must have been made of: the catalogue's version, the synonyms, the program.
  static func origin(of store: ShopStore) throws -> String {
    let file = store.directory.appending(path: lexiconName)
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: file.path(percentEncoded: false))
    let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    let built = try BuildSummary.last(of: store)?.finished ?? 0
    return "akin \(AkinVersion.current) built \(built) version \(try store.catalogueVersion()) "
      + "synonyms \(changed)"
  }
}

/// The products of a store, page by page.
private struct StoredProducts: Sequence {
  /// Where an error waits until the sequence has ended, which cannot throw.
  final class Failure { var error: (any Error)? }

  let store: ShopStore
  let failure = Failure()

  func makeIterator() -> AnyIterator<IndexedProduct> {
    var (page, place, last): ([StoredProduct], Int, Int) = ([], 0, -1)
    return AnyIterator {
      if place == page.count {
        do { page = try store.products(after: last, limit: 1_024) } catch {
          failure.error = error
          return nil
        }
        place = 0
        guard let end = page.last else { return nil }
        last = end.ordinal
      }
      defer { place += 1 }
      return IndexedProduct(page[place].product, popularity: Double(page[place].baskets))
    }
  }
}
