internal import AkinCatalogue
internal import AkinEncoders
internal import Foundation

/// Reads in titles what a catalogue does not say in fields, by a tagger.
struct TitleReading {
  private let tagger: TitleTagger

  /// Titles between two reports of progress.
  private static let chunk = 1_024

  /// - Throws: `TaggerError` where the folder holds no tagger; `EncoderError` where its encoder is
  ///   missing; ``EngineError`` `nothingToDo` where it marks nothing that a product has.
  init(folder: URL) throws {
    tagger = try TitleTagger(folder: folder)
    guard tagger.types.contains(where: { TitleField(type: $0) != nil }) else {
      throw EngineError(
        .nothingToDo,
        "\(folder.path(percentEncoded: false)): marks \(tagger.types.joined(separator: ", ")); "
          + "a build reads brand (HPPX), product (HCCX) and model (XH)")
    }
  }

  /// Adds to each product what its title names; what an earlier reading added is replaced.
  /// O(characters · the tagger's size).
  func fill(_ products: inout [Product], _ progress: any ProgressReporter) throws {
    progress.begin("Reading titles", total: products.count, unit: "titles")
    var found = 0
    for start in stride(from: 0, to: products.count, by: Self.chunk) {
      try Task.checkCancellation()
      let rows = start..<min(start + Self.chunk, products.count)
      for (row, spans) in zip(rows, try tagger.spans(of: rows.map { products[$0].title })) {
        let fields = TitleField.attributes(of: spans)
        products[row].attributes.removeAll(where: \.isOfTitle)
        products[row].attributes.append(contentsOf: fields)
        found += fields.isEmpty ? 0 : 1
      }
      progress.advance(to: rows.upperBound)
    }
    progress.end("\(found.formatted()) of \(products.count.formatted()) name something")
  }
}
