internal import Foundation

/// Settings travel as `{"recommender": "ease", "settings": {"regularisation": 20}}`. What a file
/// leaves out keeps the value a shop begins with.
extension RecommenderSettings: Codable {
  private enum CodingKeys: String, CodingKey { case recommender, settings }

  /// Reads name and settings.
  ///
  /// - Throws: ``RecommenderError`` `badSetting` for a name or a setting there is not; `DecodingError`
  ///   for what has another form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .recommender)
    guard let known = RecommenderName(rawValue: name) else {
      throw RecommenderError(
        .badSetting, "no recommender is called '\(name)'; there are \(RecommenderName.list)")
    }
    let values = try container.decodeIfPresent([String: Value].self, forKey: .settings) ?? [:]
    self = try known.settings.changing(values.compactMapValues(\.text))
  }

  /// Writes name and all settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .recommender)
    func encode(_ algorithm: some Encodable) throws {
      try container.encode(algorithm, forKey: .settings)
    }
    try encode(algorithm)
  }

  /// What a setting may be in JSON.
  private struct Value: Decodable {
    /// As people type it; `nil` for null, which is what a setting is that is not there.
    let text: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        text = nil
      } else if let value = try? container.decode(Bool.self) {
        text = "\(value)"
      } else if let value = try? container.decode(Int.self) {
        text = "\(value)"
      } else if let value = try? container.decode(Double.self) {
        text = "\(value)"
      } else {
        text = try container.decode(String.self)
      }
    }
  }
}
