import Foundation

/// Small JSON settings files, with errors that name the file and the field.
enum JSONFile {
  /// Longer than any settings file and shorter than what would exhaust memory.
  private static let longest = 16 << 20

  static func decode<Value: Decodable>(
    _ type: Value.Type, at url: URL
  ) throws(EncoderError) -> Value {
    let data = try FileAccess.map(url)
    guard data.count <= longest else {
      throw EncoderError(
        .malformedFile, "\(data.count) bytes are too many for a settings file.", path: url.path)
    }
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      throw EncoderError(
        .malformedFile, "The JSON does not have the expected form.", path: url.path,
        field: field(of: error))
    } catch {
      throw EncoderError(.malformedFile, "The file is not JSON.", path: url.path)
    }
  }

  private static func field(of error: DecodingError) -> String? {
    let keys: [any CodingKey] =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .dataCorrupted(let context):
        context.codingPath
      case .keyNotFound(let key, let context): context.codingPath + [key]
      @unknown default: []
      }
    return keys.isEmpty ? nil : keys.map(\.stringValue).joined(separator: ".")
  }
}
