internal import AkinEncoders
internal import AkinEngine
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Vectors of texts in the shape of OpenAI's embeddings endpoint, so that its clients work here.
struct EmbeddingRoutes {
  let server: ShopServer

  private enum Input: Decodable {
    case one(String)
    case many([String])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .one(text)
      } else {
        self = .many(try container.decode([String].self))
      }
    }

    var texts: [String] {
      switch self {
      case .one(let text): [text]
      case .many(let texts): texts
      }
    }
  }

  private enum Format: String, Decodable {
    case float, base64
  }

  private struct EmbeddingRequest: Decodable {
    var input: Input
    var model: String?
    var encodingFormat: Format?
    var dimensions: Int?
  }

  private struct Answer: Encodable {
    struct Row: Encodable {
      var object = "embedding"
      var index: Int
      var embedding: Value
    }
    enum Value: Encodable {
      case numbers([Float])
      case bytes(String)

      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .numbers(let numbers): try container.encode(numbers)
        case .bytes(let text): try container.encode(text)
        }
      }
    }
    struct Usage: Encodable {
      var promptTokens: Int
      var totalTokens: Int
    }
    var object = "list"
    var data: [Row]
    var model: String
    var usage: Usage
  }

  func add(to router: Router<ShopContext>) {
    router.post("/v1/embeddings") { request, _ in
      let body = try await Body.collect(
        request, upTo: server.options.maximumBodyBytes, seconds: server.options.bodySeconds)
      let wanted = try JSON.read(EmbeddingRequest.self, from: body)
      let texts = wanted.input.texts
      try check(wanted, texts)
      let encoder = server.shop.encoder
      let rows = try await Offload.run { try encoder.encode(texts, as: .passage) }
      // The encoder keeps its tokens to itself: four bytes count as one.
      let tokens = texts.reduce(0) { $0 + max(1, $1.utf8.count / 4) }
      return JSON.response(
        Answer(
          data: (0..<rows.count).map { row in
            .init(index: row, embedding: value(rows[row], wanted.encodingFormat ?? .float))
          },
          model: server.shop.model, usage: .init(promptTokens: tokens, totalTokens: tokens)))
    }
  }

  private func check(_ wanted: EmbeddingRequest, _ texts: [String]) throws(Problem) {
    guard (1...256).contains(texts.count) else { throw .field("input", "takes 1 to 256 texts") }
    for (index, text) in texts.enumerated() where text.isEmpty || text.utf8.count > 32_768 {
      throw .field("input.\(index)", "takes a text of 1 to 32768 bytes")
    }
    let dimension = server.shop.encoder.dimension
    if let wanted = wanted.dimensions, wanted != dimension {
      throw .field("dimensions", "this model's vectors have \(dimension) components")
    }
    if let model = wanted.model, model != server.shop.model {
      throw .field("model", "this server has \(server.shop.model)")
    }
  }

  private func value(_ row: ArraySlice<Float>, _ format: Format) -> Answer.Value {
    switch format {
    case .float: .numbers(Array(row))
    case .base64:
      .bytes(row.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }.base64EncodedString())
    }
  }
}
