public import Foundation

/// Reads product feeds into clean products, one stream for all files of a shop.
///
/// Each product reaches the sink as soon as its row is read. A later row with the same identifier
/// wins: it arrives with the ordinal of the first and ``ImportedProduct/replaces`` set. What the
/// importer itself keeps is identifiers, titles and about 60 bytes of facts a product, for the
/// quality report.
public final class CatalogueImporter {
  private let options: ImportOptions
  private let rejects: RejectLog
  private var table = IdentifierTable()
  private var quality: QualityCollector
  /// Called about every 4,096 rows.
  public var onProgress: ((ImportProgress) -> Void)?

  /// Creates an importer that writes refused rows to `rejects`.
  public init(options: ImportOptions = ImportOptions(), rejects: RejectLog) {
    self.options = options
    self.rejects = rejects
    quality = QualityCollector(findsNearDuplicates: options.findsNearDuplicates)
  }

  /// Products so far, each identifier once.
  public var count: Int { table.identifiers.count }

  /// Whether a product with this identifier was read.
  public func contains(_ identifier: String) -> Bool { table.contains(identifier) }

  /// Reads one file to its end; format, compression and encoding are detected.
  /// - Throws: ``ImportError``, the reader's own errors, `CancellationError`, whatever `sink` throws.
  public func add(file: URL, sink: (ImportedProduct) throws -> Void) throws {
    try add(FeedSource.open(file), sink: sink)
  }

  /// Reads one feed to its end.
  /// - Throws: ``ImportError``, the reader's own errors, `CancellationError`, whatever `sink` throws.
  package func add(_ source: FeedSource, sink: (ImportedProduct) throws -> Void) throws {
    var columns = source.reader.columns
    var builder: ProductBuilder?
    var rows = 0
    func builderNow() throws -> ProductBuilder {
      if let builder { return builder }
      let made = ProductBuilder(mapping: try mapping(columns, source), currency: options.currency)
      quality.begin(
        file: source.name, format: source.format, encoding: source.encoding,
        mapping: made.currentMapping)
      return made
    }
    // Readers of JSON lines know their columns only with the first record.
    if !columns.isEmpty { builder = try builderNow() }
    try source.reader.forEach { item in
      rows &+= 1
      if rows & 4095 == 0 {
        try Task.checkCancellation()
        onProgress?(
          ImportProgress(file: source.name, bytesRead: source.reader.bytesRead, rows: rows))
      }
      if source.reader.columns.count != columns.count {
        columns = source.reader.columns
        builder?.extend(to: columns)
      }
      if builder == nil { builder = try builderNow() }
      quality.countRow()
      switch item {
      case .malformed(let line, let raw, let column, let reason):
        try refuse(
          Reject(
            file: source.name, line: line,
            column: column.flatMap { $0 < columns.count ? columns[$0] : nil },
            reason: .malformedRecord, message: reason, row: raw.text))
      case .record(let record):
        var imported = ImportedProduct(
          product: Product(id: "", title: ""), ordinal: 0, replaces: false)
        var issues: ProductIssues = []
        if let refusal = builder?.build(record, into: &imported.product, &issues) {
          return try refuse(
            Reject(
              file: source.name, line: record.line, column: refusal.column, reason: refusal.reason,
              message: refusal.message, row: record.raw.text))
        }
        let (ordinal, isNew) = table.insert(imported.product.id)
        imported.ordinal = ordinal
        imported.replaces = !isNew
        quality.record(
          imported.product, issues, quantities: builder?.titleQuantities ?? [], ordinal: ordinal,
          replaces: !isNew)
        try sink(imported)
      }
    }
    if builder == nil {
      quality.begin(
        file: source.name, format: source.format, encoding: source.encoding, mapping: nil)
    }
    onProgress?(ImportProgress(file: source.name, bytesRead: source.reader.bytesRead, rows: rows))
    try rejects.flush()
  }

  private func mapping(_ columns: [String], _ source: FeedSource) throws(ImportError)
    -> ColumnMapping
  {
    do {
      return try ColumnMapping(columns: columns, overrides: options.overrides)
    } catch {
      throw ImportError(code: .mapping, message: error.description, file: source.name)
    }
  }

  private func refuse(_ reject: Reject) throws(ImportError) {
    quality.countReject(reject.reason)
    try rejects.write(reject)
    guard options.isStrict else { return }
    try rejects.flush()
    throw ImportError(
      code: .refusedRow,
      message: reject.message + " Correct the row, or import without --strict to set it aside.",
      file: reject.file, line: reject.line, column: reject.column)
  }

  /// The quality of everything read so far. Linear in the number of products.
  public func report() -> QualityReport {
    quality.report(identifiers: table.identifiers)
  }

  /// Groups of ordinals that are probably one product each, see ``NearDuplicateFinder``; the
  /// largest first.
  package func nearDuplicateGroups() -> [[Int]] { quality.nearDuplicateGroups() }
}
