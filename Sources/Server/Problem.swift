internal import AkinCatalogue
internal import AkinRanking
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
  /// The methods that the address has, where the request's is none of them.
  var allow: [String]?

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

  /// A method that the address does not have.
  static func method(of methods: [String]) -> Problem {
    var problem = Problem(
      .methodNotAllowed, "method", "this address takes \(methods.joined(separator: ", "))")
    problem.allow = methods
    return problem
  }

  var status: HTTPResponse.Status { .init(code: code) }

  func response(from request: Request, context: some RequestContext) -> Response {
    var headers: HTTPFields = [.contentType: "application/problem+json"]
    if let retryAfter { headers[.retryAfter] = String(retryAfter) }
    if let allow { headers[.allow] = allow.joined(separator: ", ") }
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
      throw problem(error, body)
    } catch let unknown as UnknownMember {
      throw .field(
        path(unknown.path),
        "is not known here; there are "
          + unknown.known.map(snake).sorted().joined(separator: ", "))
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(.badRequest, "malformed-json", "the body is no JSON")
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map(String.init) ?? snake($0.stringValue) }.joined(separator: ".")
  }

  private static func problem(_ error: DecodingError, _ body: ByteBuffer) -> Problem {
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
      // The decoder calls a number that no type holds malformed, and does not say which it is.
      if let value = body.withUnsafeReadableBytes({ JSONValue.parse($0) }),
        let path = largeNumber(in: value)
      {
        return .field(path, "is a number out of range")
      }
      return Problem(.badRequest, "malformed-json", "the body is no valid JSON in UTF-8")
    }
  }

  /// The path of the first number that no whole number holds.
  private static func largeNumber(in value: JSONValue) -> String? {
    func below(_ name: String, _ value: JSONValue) -> String? {
      if case .number(let number) = value { return abs(number) < 0x1p63 ? nil : name }
      return largeNumber(in: value).map { "\(name).\($0)" }
    }
    switch value {
    case .array(let values):
      return values.enumerated().lazy.compactMap { below(String($0.offset), $0.element) }.first
    case .object(let members): return members.lazy.compactMap { below($0.0, $0.1) }.first
    default: return nil
    }
  }

  private static func snake(_ name: String) -> String {
    name.reduce(into: "") {
      $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1)
    }
  }
}
