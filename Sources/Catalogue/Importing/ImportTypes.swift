import Foundation

/// How feeds are imported.
public struct ImportOptions: Sendable {
  /// What columns mean where their names do not say it, see ``MappingOverrides``.
  public var overrides = MappingOverrides()
  /// Whether the first refused row is an error instead of a line in `rejects.jsonl`.
  public var isStrict = false
  /// ISO 4217 code for prices whose feed names no currency, in capitals or not; importers refuse
  /// what is none (``ImportError/Code/badCurrency``).
  public var currency: String?
  /// The type of events in a log without a column for it.
  public var eventType: EventType = .purchase
  /// Whether near duplicates are looked for.
  public var findsNearDuplicates = true
  /// Whether events that name neither order, session, user nor visitor are refused: nothing ties
  /// them to other events.
  public var requiresBasket = false

  /// Options that leave everything to the feed.
  public init() {}
}

/// Why a row was refused. Raw values stand in `rejects.jsonl` and never change.
public enum RejectReason: String, Sendable, Hashable, Codable, CaseIterable {
  case malformedRecord = "malformed_record"
  case missingIdentifier = "missing_id"
  case missingTitle = "missing_title"
  case missingProduct = "missing_product"
  case unknownEventType = "unknown_event_type"
  case unreadableTime = "unreadable_time"
  case unreadableQuantity = "unreadable_quantity"
  case unreadableItems = "unreadable_items"
  /// An event without order, session, user and visitor, where one is required.
  case noBasket = "no_basket"
}

/// One refused row, as a line of `rejects.jsonl` has it.
public struct Reject: Sendable, Hashable, Codable {
  /// The file name.
  public var file: String
  /// 1-based line on which the row starts; for Parquet the row.
  public var line: Int
  /// The column at fault, where one can be named.
  public var column: String?
  /// Why.
  public var reason: RejectReason
  /// In words, for people.
  public var message: String
  /// The row as it stood in the file.
  public var row: String
}

/// How far an import is.
public struct ImportProgress: Sendable, Hashable {
  /// The file name.
  public var file: String
  /// Bytes of this file consumed so far (compressed where it is compressed).
  public var bytesRead: Int
  /// Rows of this file so far, refused ones included.
  public var rows: Int
}

/// A product as the importer hands it over.
public struct ImportedProduct: Sendable {
  /// The product.
  public var product: Product
  /// Position among the products, in order of first appearance, from 0.
  public var ordinal: Int
  /// Whether an earlier product of this ordinal had the same identifier and is to be replaced.
  public var replaces: Bool
}

/// Why an import stopped.
public struct ImportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong, for programs.
  public enum Code: String, Sendable, Hashable, Codable {
    /// A row was refused in strict mode.
    case refusedRow = "refused_row"
    /// `rejects.jsonl` cannot be written.
    case rejectsNotWritable = "rejects_not_writable"
    /// The feed's columns could not be given their meaning.
    case mapping
    /// ``ImportOptions/currency`` is no ISO 4217 code.
    case badCurrency = "bad_currency"
  }
  /// What went wrong.
  public var code: Code
  /// In words, for people.
  public var message: String
  /// The file name.
  public var file: String
  /// 1-based line, where one is known.
  public var line: Int?
  /// The column, as the feed names it.
  public var column: String?

  /// For people: what is wrong and where, in sentences.
  public var description: String {
    let place = [file, line.map(String.init), column].compactMap { $0 }.joined(separator: ":")
    return "\(place): \(Sentence.of(message))"
  }
}

/// An opened feed with what is known about its file, for the quality report.
package struct FeedSource {
  package var name: String
  package var format: String
  package var encoding: String?
  package var reader: any FeedReader
  /// What people should know when the columns make no sense.
  package var hint: String?

  package init(name: String, format: String, encoding: String? = nil, reader: any FeedReader) {
    self.name = name
    self.format = format
    self.encoding = encoding
    self.reader = reader
  }
}
