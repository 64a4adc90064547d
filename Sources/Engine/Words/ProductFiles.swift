internal import AkinCatalogue
internal import Foundation

/// Products of files that belong to no shop, for use cases that learn from texts.
enum ProductFiles {
  /// Reads all products; rows that cannot be used are counted and left out.
  ///
  /// - Throws: ``EngineError`` `nothingToDo`; the readers' own errors; `CancellationError`.
  static func read(
    _ files: [URL], _ options: ImportOptions, _ progress: any ProgressReporter
  ) throws -> [Product] {
    for file in files { try CatalogueImporter.check(file: file, options: options) }
    // Told apart by the process, so that two runs do not meet.
    let refused = FileManager.default.temporaryDirectory.appending(
      path: "akin-rejects-\(UUID().uuidString).jsonl")
    defer { _ = try? FileManager.default.removeItem(at: refused) }
    let rejects = try RejectLog(url: refused)
    let importer = CatalogueImporter(options: options, rejects: rejects)
    var products: [Product] = []
    progress.begin("Reading products", total: FileSizes.total(of: files), unit: "bytes")
    try FileSizes.followed(files, progress) { file, advance in
      importer.onProgress = { advance($0.bytesRead) }
      try importer.add(file: file) { imported in
        try Task.checkCancellation()
        if imported.replaces {
          products[imported.ordinal] = imported.product
        } else {
          products.append(imported.product)
        }
      }
    }
    progress.end(
      "\(products.count.formatted()) products, \(rejects.count.formatted()) rows refused")
    guard !products.isEmpty else {
      throw EngineError(
        .nothingToDo,
        "\(files.map(\.lastPathComponent).joined(separator: ", ")): no product could be read; "
          + "akin build says why")
    }
    return products
  }
}
