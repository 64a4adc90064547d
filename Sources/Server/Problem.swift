internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// What is wrong with a request, as RFC 9457 has it: `application/problem+json`.
struct Problem: Error, HTTPResponseError, Encodable {
  /// One field at fault.
  struct Field: Encodable, Equatable {
    /// The line of a batch, from 1.
    var line: Int?
    /// The member's path, as in `slots.0.k`.
    var field: String?
    /// What is wrong with it, and what to do.
    var message: String
  }

  var type: String
  var title: String
  var code: Int
  var detail: String
  var errors: [Field]?
  var requestID: String?
  var retryAfter: Int?

  private enum CodingKeys: String, CodingKey {
    case type, title, detail, errors
    case code = "status"
    case requestID = "request_id"
  }

  init(
    _ status: HTTPResponse.Status, _ type: String, _ detail: String, errors: [Field]? = nil
  ) {
    self.type = "urn:akin:problem:" + type
    title = status.reasonPhrase
    code = status.code
    self.detail = detail
    self.errors = errors
  }

  /// A field that cannot be used.
  static func field(_ name: String, _ message: String) -> Problem {
    Problem(
      .unprocessableContent, "invalid-field", "\(name): \(message)",
      errors: [Field(field: name, message: message)])
  }

  static func notFound(_ what: String) -> Problem {
    Problem(.notFound, "not-found", "there is no such \(what)")
  }

  var status: HTTPResponse.Status { .init(code: code) }

  func response(from request: Request, context: some RequestContext) -> Response {
    var headers: HTTPFields = [.contentType: "application/problem+json"]
    if let retryAfter { headers[.retryAfter] = String(retryAfter) }
    if code == 401 { headers[.wwwAuthenticate] = "Bearer" }
    return Response(
      status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: JSON.bytes(self)))
    )
  }
}

/// JSON as the server writes and reads it.
enum JSON {
  /// `value` as UTF-8; sorted keys, so that equal answers are equal bytes.
  static func bytes(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Our own types hold nothing that JSON lacks.
    return (try? encoder.encode(value)).map(Array.init) ?? Array("{}".utf8)
  }

  static func response(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(bytes: bytes(value))))
  }

  /// Reads a body.
  ///
  /// - Throws: ``Problem`` that names the member at fault.
  static func read<Value: Decodable>(_ type: Value.Type, from body: ByteBuffer) throws(Problem)
    -> Value
  {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(type, from: Data(body.readableBytesView))
    } catch let error as DecodingError {
      throw problem(error)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(.badRequest, "malformed-json", "the body is no JSON")
    }
  }

  private static func problem(_ error: DecodingError) -> Problem {
    func path(_ keys: [any CodingKey]) -> String {
      keys.map { $0.intValue.map(String.init) ?? snake($0.stringValue) }.joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      return .field(path(context.codingPath + [key]), "is missing")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      let name = path(context.codingPath)
      return name.isEmpty
        ? Problem(.unprocessableContent, "invalid-body", "the body is no JSON object")
        : .field(name, "is of another type than documented")
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return .field(path(context.codingPath), "has a value that is not among those documented")
    default:
      return Problem(.badRequest, "malformed-json", "the body is no valid JSON in UTF-8")
    }
  }

  private static func snake(_ name: String) -> String {
    name.reduce(into: "") {
      $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1)
    }
  }
}
