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

  /// Opens a file and gives its columns their meaning without reading it, so that a wrong path or
  /// mapping shows at once: of formats without a header the first record is read.
  /// - Returns: What the columns would be taken for; empty for a feed without records.
  /// - Throws: ``ImportError``, the reader's own errors.
  @discardableResult
  public static func check(file: URL, options: ImportOptions = ImportOptions()) throws
    -> [QualityReport.Column]
  {
    let source = try FeedSource.open(file)
    try source.check(options)
    let columns = try source.firstColumns()
    if columns.isEmpty { return [] }
    return try mapping(columns, source, options).summary
  }

  /// Reads one file to its end; format, compression and encoding are detected.
  /// - Throws: ``ImportError``, the reader's own errors, `CancellationError`, whatever `sink` throws.
  public func add(file: URL, sink: (ImportedProduct) throws -> Void) throws {
    try add(FeedSource.open(file), sink: sink)
  }

  /// Reads one feed to its end.
  /// - Throws: ``ImportError``, the reader's own errors, `CancellationError`, whatever `sink` throws.
  package func add(_ source: FeedSource, sink: (ImportedProduct) throws -> Void) throws {
    try source.check(options)
    var builder: ProductBuilder?
    func prepare(_ columns: [String]) throws {
      if builder != nil {
        builder?.extend(to: columns)
      } else {
        builder = ProductBuilder(
          mapping: try Self.mapping(columns, source, options),
          currency: options.currency?.uppercased())
      }
    }
    // Readers of JSON lines know their columns only with the first record.
    if !source.reader.columns.isEmpty { try prepare(source.reader.columns) }
    quality.begin(file: source.name, format: source.format, encoding: source.encoding)
    defer { quality.setMapping(builder?.currentMapping) }
    let walk = FeedWalk(
      source: source, isStrict: options.isStrict, rejects: rejects, onProgress: onProgress)
    try walk.run(
      row: { quality.countRow() }, columnsGrew: prepare, refused: { quality.countReject($0) },
      record: { record in
        if builder == nil { try prepare(source.reader.columns) }
        if let column = builder?.identifierColumn, column < record.fields.count {
          table.prefetch(record.fields[column])
        }
        var imported = ImportedProduct(
          product: Product(id: "", title: ""), ordinal: 0, replaces: false)
        var issues: ProductIssues = []
        if let refusal = builder?.build(record, into: &imported.product, &issues) {
          return refusal
        }
        let (ordinal, isNew) = table.insert(imported.product.id)
        imported.ordinal = ordinal
        imported.replaces = !isNew
        quality.record(
          imported.product, issues, quantities: builder?.titleQuantities ?? [],
          unreadablePrice: builder?.unreadablePrice, ordinal: ordinal, replaces: !isNew)
        try sink(imported)
        return nil
      })
  }

  private static func mapping(
    _ columns: [String], _ source: FeedSource, _ options: ImportOptions
  ) throws(ImportError) -> ColumnMapping {
    do {
      return try ColumnMapping(columns: columns, overrides: options.overrides)
    } catch {
      throw source.error(error)
    }
  }

  /// The quality of everything read so far. Linear in the number of products.
  public func report() -> QualityReport {
    quality.report(identifiers: table.identifiers)
  }

  /// Groups of ordinals that are probably one product each, see ``NearDuplicateFinder``; the
  /// largest first.
  package func nearDuplicateGroups() -> [[Int]] { quality.nearDuplicateGroups() }
}
