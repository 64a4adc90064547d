internal import AkinRecommenders
public import AkinStorage
public import Foundation

/// A search over settings that a shop keeps for its dashboard: the last one of each recommender.
public struct KeptTuning: Sendable, Codable, Equatable {
  /// Settings that were tried.
  public struct Line: Sendable, Codable, Equatable {
    /// Which trial it was.
    public var trial: Int
    /// What was searched and what it was set to, in words.
    public var values: String
    /// All settings in words.
    public var settings: String
    /// What they are worth on what was held out.
    public var score: Double
    /// Seconds of fitting and measuring.
    public var seconds: Double
  }

  /// When it was done, in seconds since 1970-01-01 UTC.
  public var finished: Double
  /// The name of the file that was learnt from and held out from.
  public var file: String
  /// The recommender.
  public var recommender: String
  /// How settings were sought.
  public var method: String
  /// What they were judged by.
  public var metric: String
  /// What was held out, in words.
  public var validation: String
  /// What was searched.
  public var space: [String]
  /// Trials in all, and those whose settings could not be fitted.
  public var trials: Int, failed: Int
  /// The settings it began with: what had to be beaten.
  public var beginning: Line?
  /// The best, best first.
  public var best: [Line]

  private static let recordName = "tuning"

  /// Those kept in `store`, the latest first; none before the first.
  ///
  /// - Throws: `StorageError`; a decoding error where the record is damaged.
  public static func all(of store: ShopStore) throws -> [KeptTuning] {
    guard let record = try store.record(recordName) else { return [] }
    return try JSONDecoder().decode([KeptTuning].self, from: Data(record.utf8))
  }

  /// Keeps it in the shop in `directory`, instead of the one of the same recommender before.
  ///
  /// - Throws: `StorageError`, also where the folder holds no shop; a decoding error where what was
  ///   kept before is damaged.
  public func keep(in directory: URL) throws {
    let store = try ShopStore.toKeep(in: directory)
    let others = try Self.all(of: store).filter { $0.recommender != recommender }
    try store.keep([self] + others, as: Self.recordName)
  }
}

extension TuningReport {
  /// What a shop keeps of it.
  ///
  /// - Parameter file: the name of what was learnt from.
  public func kept(file: String, at time: Date) -> KeptTuning {
    func line(_ found: Found) -> KeptTuning.Line {
      KeptTuning.Line(
        trial: found.trial,
        values: found.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
          .joined(separator: " "),
        settings: found.settings.summary, score: found.score, seconds: found.seconds)
    }
    return KeptTuning(
      finished: time.timeIntervalSince1970, file: file, recommender: recommender,
      method: method.rawValue, metric: metric, validation: validation, space: space, trials: trials,
      failed: failed, beginning: beginning.map(line), best: best.map(line))
  }
}
