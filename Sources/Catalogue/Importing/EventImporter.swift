public import Foundation

/// What an import of behaviour logs came to.
public struct EventSummary: Codable, Sendable, Hashable {
  /// Rows read, refused ones included.
  public var rows = 0
  /// Events handed on.
  public var events = 0
  /// Events whose identifier had been read before; they were left out.
  public var repeated = 0
  /// Events of products that the catalogue does not have; they were kept.
  public var unknownProducts = 0
  /// By GA4 name.
  public var types: [String: Int] = [:]
  /// Refused rows by reason.
  public var rejects: [String: Int] = [:]
  /// The earliest and latest time, in seconds since 1970-01-01 UTC.
  public var earliest: Double?
  /// The latest time.
  public var latest: Double?
  /// What the columns of the last file were taken for.
  public var mapping: [QualityReport.Column] = []
  /// The files, in the order read; their `products` are the rows that became events.
  public var files: [QualityReport.File] = []

  enum CodingKeys: String, CodingKey {
    case files, rows, events, repeated, types, rejects, earliest, latest, mapping
    case unknownProducts = "unknown_products"
  }

  /// Nothing read yet.
  public init() {}
}

/// Reads behaviour logs into events.
///
/// Importing the same log again adds nothing where its events carry identifiers. Memory grows only
/// with those identifiers.
public final class EventImporter {
  private let options: ImportOptions
  private let rejects: RejectLog
  private let isKnown: (String) -> Bool
  private var identifiers = IdentifierTable()
  /// What has been read so far.
  public private(set) var summary = EventSummary()
  /// Called about every 4,096 rows.
  public var onProgress: ((ImportProgress) -> Void)?

  /// Creates an importer that writes refused rows to `rejects` and asks `isKnown` whether the
  /// catalogue has a product.
  public init(
    options: ImportOptions = ImportOptions(), rejects: RejectLog,
    isKnown: @escaping (String) -> Bool
  ) {
    self.options = options
    self.rejects = rejects
    self.isKnown = isKnown
  }

  /// Opens a log and gives its columns their meaning without reading it, so that a wrong path or
  /// mapping shows at once: of formats without a header the first record is read.
  /// - Returns: What the columns would be taken for; empty for a log without records.
  /// - Throws: ``ImportError``, the reader's own errors.
  @discardableResult
  public static func check(file: URL, options: ImportOptions = ImportOptions()) throws
    -> [QualityReport.Column]
  {
    let source = try FeedSource.open(file)
    try source.check(options)
    let columns = try source.firstColumns()
    if columns.isEmpty { return [] }
    return try builder(columns, source, options).summary
  }

  /// Reads one file to its end; format, compression and encoding are detected.
  /// - Throws: ``ImportError``, the reader's own errors, `CancellationError`, whatever `sink` throws.
  public func add(file: URL, sink: (Event) throws -> Void) throws {
    try add(FeedSource.open(file), sink: sink)
  }

  /// Reads one log to its end.
  /// - Throws: ``ImportError``, the reader's own errors, `CancellationError`, whatever `sink` throws.
  package func add(_ source: FeedSource, sink: (Event) throws -> Void) throws {
    try source.check(options)
    var builder: EventBuilder?
    func prepare(_ columns: [String]) throws {
      if builder != nil {
        builder?.extend(to: columns)
      } else {
        builder = try Self.builder(columns, source, options)
      }
    }
    if !source.reader.columns.isEmpty { try prepare(source.reader.columns) }
    begin(source)
    let before = summary.rows
    defer { end(rows: summary.rows - before, mapping: builder?.summary ?? []) }
    let walk = FeedWalk(
      source: source, isStrict: options.isStrict, rejects: rejects, onProgress: onProgress)
    try walk.run(
      row: { summary.rows &+= 1 }, columnsGrew: prepare, refused: count,
      record: { record in
        if builder == nil { try prepare(source.reader.columns) }
        switch builder?.build(record) {
        case .refused(let refusal)?: return refusal
        case .events(let events)?: for event in events { try take(event, sink) }
        case .event(let event)?: try take(event, sink)
        case nil: break
        }
        return nil
      })
  }

  private func begin(_ source: FeedSource) {
    summary.files.append(
      QualityReport.File(
        name: source.name, format: source.format, encoding: source.encoding, rows: 0, products: 0,
        rejects: [:], mapping: []))
  }

  private func end(rows: Int, mapping: [QualityReport.Column]) {
    let last = summary.files.count - 1
    summary.files[last].rows = rows
    summary.files[last].products = rows - summary.files[last].rejects.values.reduce(0, +)
    summary.files[last].mapping = mapping
    summary.mapping = mapping
  }

  private static func builder(
    _ columns: [String], _ source: FeedSource, _ options: ImportOptions
  ) throws(ImportError) -> EventBuilder {
    do {
      return EventBuilder(
        mapping: try EventMapping(columns: columns, overrides: options.overrides),
        options: options)
    } catch {
      throw source.error(error)
    }
  }

  private func take(_ event: Event, _ sink: (Event) throws -> Void) throws {
    if let id = event.id, !identifiers.insert(id).isNew {
      summary.repeated += 1
      return
    }
    summary.events += 1
    summary.types[event.type.rawValue, default: 0] += 1
    if !isKnown(event.product) { summary.unknownProducts += 1 }
    if let time = event.time {
      summary.earliest = min(summary.earliest ?? time, time)
      summary.latest = max(summary.latest ?? time, time)
    }
    try sink(event)
  }

  private func count(_ reason: RejectReason) {
    summary.rejects[reason.rawValue, default: 0] += 1
    summary.files[summary.files.count - 1].rejects[reason.rawValue, default: 0] += 1
  }
}

/// Turns records of a log into events.
struct EventBuilder {
  enum Outcome {
    case event(Event)
    case events([Event])
    case refused(Refusal)
  }

  private var mapping: EventMapping
  private let options: ImportOptions
  private let currency: String?

  init(mapping: EventMapping, options: ImportOptions) {
    self.mapping = mapping
    self.options = options
    currency = options.currency?.uppercased()
  }

  mutating func extend(to columns: [String]) { mapping.extend(to: columns) }

  var summary: [QualityReport.Column] {
    zip(mapping.columns, mapping.fields).map {
      QualityReport.Column(column: $0, role: $1?.rawValue ?? "ignored")
    }
  }

  func build(_ record: FeedRecord) -> Outcome {
    var event = Event(type: options.eventType, product: "")
    var items: FieldBytes?
    var price: FieldBytes?
    var currency: String?
    do throws(Refusal) {
      for index in 0..<min(record.fields.count, mapping.fields.count) {
        guard let role = mapping.fields[index] else { continue }
        let field = record.fields[index].trimmed()
        if field.baseAddress == nil || MissingValue.matches(field) { continue }
        switch role {
        case .items: items = field
        case .price: price = field
        case .currency: currency = PriceReader.currency(field.text)
        default: try set(role, field, mapping.columns[index], &event)
        }
      }
    } catch {
      return .refused(error)
    }
    if options.requiresBasket, event.isLoose {
      return .refused(
        Refusal(
          reason: .noBasket,
          message: "The row names no order, session, user or visitor, so that nothing ties it to "
            + "other events."))
    }
    if let price { event.price = self.price(price, currency, event.quantity) }
    if let items { return expand(items, event, currency) }
    if event.product.isEmpty {
      return .refused(
        Refusal(
          reason: .missingProduct, column: mapping.column(for: .product),
          message: "The row names no product."))
    }
    return .event(event)
  }

  private func set(
    _ role: EventField, _ field: FieldBytes, _ column: String, _ event: inout Event
  ) throws(Refusal) {
    switch role {
    case .product: event.product = TextCleaner.clean(field) ?? ""
    case .type:
      guard let type = EventType(alias: field.text) else {
        throw Refusal(
          reason: .unknownEventType, column: column,
          message: "The event type is unknown. Use GA4's names, such as view_item or purchase.")
      }
      event.type = type
    case .id: event.id = field.text
    case .visitor: event.visitor = field.text
    case .user: event.user = field.text
    case .session: event.session = field.text
    case .transaction: event.transaction = field.text
    case .attribution: event.attribution = field.text
    case .time:
      guard let time = TimeReader.read(field) else {
        throw Refusal(
          reason: .unreadableTime, column: column,
          message: "The time cannot be read. Use ISO 8601 or Unix time.")
      }
      event.time = time
    case .quantity:
      guard let quantity = DecimalText.parse(field) else {
        throw Refusal(
          reason: .unreadableQuantity, column: column, message: "The quantity is no number.")
      }
      event.quantity = quantity
    case .price, .currency, .items: break
    }
  }

  /// The price of one piece; `nil` where it cannot be read.
  private func price(_ field: FieldBytes, _ currency: String?, _ quantity: Double) -> Price? {
    guard var price = PriceReader.read(field, currency: currency ?? self.currency).price else {
      return nil
    }
    if mapping.priceIsTotal, quantity > 0 { price.amount /= quantity }
    return price
  }

  /// One event for each object of a GA4 `items` array.
  private func expand(_ items: FieldBytes, _ shared: Event, _ currency: String?) -> Outcome {
    guard case .array(let elements)? = JSONValue.parse(items) else {
      return .refused(
        Refusal(
          reason: .unreadableItems, column: mapping.column(for: .items),
          message: "The items are no JSON array."))
    }
    var events: [Event] = []
    for (position, item) in elements.enumerated() {
      // Google Retail has the product within the item, Algolia bare identifiers.
      let named = item.member("item_id", "product_id", "id", "sku") ?? item.member("product")
      let id = item.scalarText ?? named?.scalarText ?? named?.member("id")?.scalarText
      guard let id, let product = TextCleaner.clean(id) else {
        return .refused(
          Refusal(
            reason: .missingProduct, column: mapping.column(for: .items),
            message: "Item \(position + 1) names no product."))
      }
      var event = shared
      event.product = product
      event.id = shared.id.map { "\($0)#\(position)" }
      if case .number(let quantity)? = item.member("quantity") { event.quantity = quantity }
      if let amount = item.member("price", "item_price")?.scalarText {
        event.price = PriceReader.read(amount, currency: currency ?? self.currency).price
      }
      events.append(event)
    }
    if events.isEmpty {
      return .refused(
        Refusal(
          reason: .missingProduct, column: mapping.column(for: .items),
          message: "The row has no items."))
    }
    return .events(events)
  }
}

extension Event {
  /// Whether nothing ties the event to others.
  fileprivate var isLoose: Bool {
    transaction == nil && session == nil && user == nil && visitor == nil
  }
}
