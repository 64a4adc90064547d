public import AkinRecommenders
public import Foundation

/// A file of a recommender's settings, as `akin tune` writes it.
public enum SettingsFile {
  /// Reads `{"recommender": "ease", "settings": {"regularisation": 20}}`; what is left out keeps the
  /// value a shop begins with.
  ///
  /// - Throws: ``EngineError`` `unreadableInput`; `RecommenderError` `badSetting` for names there
  ///   are not.
  public static func read(_ url: URL) throws -> RecommenderSettings {
    let path = url.path(percentEncoded: false)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw EngineError(.unreadableInput, "\(path): cannot be read")
    }
    do {
      return try JSONDecoder().decode(RecommenderSettings.self, from: data)
    } catch let error as RecommenderError {
      throw RecommenderError(error.code, "\(path): \(error.message)")
    } catch {
      throw EngineError(
        .unreadableInput,
        "\(path): holds no settings; it is {\"recommender\": \"ease\", \"settings\": {…}}")
    }
  }
}
