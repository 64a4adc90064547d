internal import AkinCatalogue
internal import AkinEngine
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// A batch of products or events as a client sends it: JSON lines, one JSON object, an array of
/// objects, or an object that holds such an array under `products` or `events`.
///
/// Batches go through the importers of feeds, so that the API understands the same names of fields
/// and types as a file does.
struct BatchBody: Sendable {
  let bytes: [UInt8]
  let isArray: Bool

  init(_ body: ByteBuffer, contentType: String?, member: String) throws(Problem) {
    let bytes = Array(body.readableBytesView)
    guard bytes.contains(where: { $0 > 0x20 }) else {
      throw Problem(.badRequest, "empty-body", "the body is empty")
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Problem(.badRequest, "malformed-json", "the body is no valid UTF-8")
    }
    let type = contentType?.lowercased() ?? ""
    if type.contains("ndjson") || type.contains("jsonl") || type.contains("json-lines") {
      self.bytes = bytes
      isArray = false
      return
    }
    isArray = true
    let first = bytes.first { $0 > 0x20 }
    if first == UInt8(ascii: "[") {
      self.bytes = bytes
    } else if let inner = Self.array(named: member, in: bytes) {
      self.bytes = inner
    } else if Self.isOneObject(bytes) {
      self.bytes = [UInt8(ascii: "[")] + bytes + [UInt8(ascii: "]")]
    } else {
      throw Problem(
        .badRequest, "malformed-json",
        "the body is no valid JSON; send many objects as an array, or one a line as "
          + "application/x-ndjson")
    }
  }

  private static func isOneObject(_ bytes: [UInt8]) -> Bool {
    if case .object? = bytes.withUnsafeBytes({ JSONValue.parse($0) }) { return true }
    return false
  }

  /// The array of an object's member, as text.
  private static func array(named name: String, in bytes: [UInt8]) -> [UInt8]? {
    let start = bytes.prefix(64).filter { $0 > 0x20 }
    guard start.starts(with: Array("{\"\(name)\":[".utf8)),
      let open = bytes.firstIndex(of: UInt8(ascii: "[")),
      let close = bytes.lastIndex(of: UInt8(ascii: "]")), open < close,
      bytes[(close + 1)...].filter({ $0 > 0x20 }) == [UInt8(ascii: "}")]
    else { return nil }
    return Array(bytes[open...close])
  }

  /// The products, and why others cannot be taken.
  func products(_ options: ServerOptions) throws -> (products: [Product], refused: [Problem.Field])
  {
    let rejects = RejectLog(keeping: Self.reported)
    var import_ = ImportOptions()
    import_.findsNearDuplicates = false
    let importer = CatalogueImporter(options: import_, rejects: rejects)
    var products: [Product] = []
    try read(rejects, limit: options.maximumBatch, options) { source in
      try importer.add(source) { imported in
        if imported.replaces {
          products[imported.ordinal] = imported.product
        } else {
          products.append(imported.product)
          if products.count > options.maximumBatch { throw Self.tooMany(options) }
        }
      }
    }
    var refused = rejects.kept.map(Self.field)
    products.removeAll { product in
      guard let name = Self.longField(of: product, limit: options.maximumText) else { return false }
      refused.append(.init(field: name, message: "is longer than allowed"))
      return true
    }
    return (products, refused)
  }

  /// The events, and why others cannot be taken.
  func events(_ options: ServerOptions) throws -> (
    events: [Event], repeated: Int, refused: [Problem.Field]
  ) {
    let rejects = RejectLog(keeping: Self.reported)
    var import_ = ImportOptions()
    import_.eventType = .viewItem
    import_.requiresBasket = true
    let importer = EventImporter(options: import_, rejects: rejects) { _ in true }
    var events: [Event] = []
    try read(rejects, limit: options.maximumBatch, options) { source in
      try importer.add(source) { event in
        events.append(event)
        if events.count > options.maximumBatch { throw Self.tooMany(options) }
      }
    }
    var refused = rejects.kept.map(Self.field)
    events.removeAll { event in
      guard let field = Self.longField(of: event) else { return false }
      refused.append(field)
      return true
    }
    return (events, importer.summary.repeated, refused)
  }

  /// Refused objects that an answer names.
  private static let reported = 100
  /// Bytes of an identifier.
  static let identifierLimit = 256

  private func read(
    _ rejects: RejectLog, limit: Int, _ options: ServerOptions, _ body: (FeedSource) throws -> Void
  ) throws {
    do {
      try body(
        FeedSource.json(
          bytes, name: "body", isArray: isArray, maximumRowBytes: 1 << 20))
    } catch let error as ImportError {
      throw Problem(.unprocessableContent, "invalid-field", error.message)
    } catch is FeedError {
      // The reader of feeds gives up at what is no object; whether it is JSON decides the status.
      if bytes.withUnsafeBytes({ JSONValue.parse($0) }) != nil {
        throw Problem(
          .unprocessableContent, "invalid-body", "each element of the array must be an object")
      }
      throw Problem(.badRequest, "malformed-json", "the body is no valid JSON")
    }
  }

  private static func tooMany(_ options: ServerOptions) -> Problem {
    Problem(
      .contentTooLarge, "too-many", "a batch holds at most \(options.maximumBatch) objects")
  }

  private static func field(_ reject: Reject) -> Problem.Field {
    .init(line: reject.line, field: reject.column, message: reject.message)
  }

  private static func longField(of event: Event) -> Problem.Field? {
    let names = [
      ("event_id", event.id), ("item_id", event.product), ("user_id", event.user),
      ("visitor_id", event.visitor), ("session_id", event.session),
      ("transaction_id", event.transaction),
    ]
    for (field, name) in names where (name?.utf8.count ?? 0) > identifierLimit {
      return .init(field: field, message: "is longer than \(identifierLimit) bytes")
    }
    guard (event.attribution?.utf8.count ?? 0) > AttributionToken.longest else { return nil }
    return .init(
      field: "attribution_token", message: "is longer than \(AttributionToken.longest) bytes")
  }

  private static func longField(of product: Product, limit: Int) -> String? {
    if product.id.utf8.count > identifierLimit { return "id" }
    if product.title.utf8.count > 2_048 { return "title" }
    if (product.description?.utf8.count ?? 0) > limit { return "description" }
    if (product.brand?.utf8.count ?? 0) > 2_048 { return "brand" }
    return nil
  }
}
