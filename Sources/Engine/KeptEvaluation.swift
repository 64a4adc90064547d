public import AkinEvaluation
public import AkinStorage
public import Foundation

/// An evaluation that a shop keeps for its dashboard: what was measured, of whom, and when.
public struct KeptEvaluation: Sendable, Codable, Equatable {
  /// One recommender.
  public struct Line: Sendable, Codable, Equatable {
    /// The recommender.
    public var recommender: String
    /// Its settings in words.
    public var settings: String
    /// Means by `metric@cut`.
    public var means: [String: Double]
    /// 95 % bootstrap intervals, by `metric@cut`.
    public var intervals: [String: ConfidenceInterval]
    /// Parts of the test.
    public var strata: [EvaluationReport.Stratum]
    /// Recall as lists grow.
    public var curve: [EvaluationReport.CurvePoint]
    /// Seconds of fitting.
    public var fitSeconds: Double
  }

  /// When it was done, in seconds since 1970-01-01 UTC.
  public var finished: Double
  /// Names of the files that were learnt from and tested by.
  public var files: [String]
  /// Why the first one was chosen, where there was a choice.
  public var reason: String?
  /// Users or cases of the test.
  public var rows: Int
  /// What was chosen, then what was measured beside it.
  public var lines: [Line]

  private static let recordName = "evaluation"

  /// The last one kept in `store`; `nil` before the first.
  ///
  /// - Throws: `StorageError`; a decoding error where it is damaged.
  public static func last(of store: ShopStore) throws -> KeptEvaluation? {
    try store.record(recordName).map { try JSONDecoder().decode(Self.self, from: Data($0.utf8)) }
  }

  /// Keeps it in the shop in `directory`, instead of the one before.
  ///
  /// - Throws: `StorageError`, also where the folder holds no shop.
  public func keep(in directory: URL) throws {
    try ShopStore.toKeep(in: directory).keep(self, as: Self.recordName)
  }
}

extension ShopStore {
  /// The store of a shop that is there, to keep what was measured outside it.
  ///
  /// - Throws: `StorageError`, also where the folder holds no shop.
  static func toKeep(in directory: URL) throws -> ShopStore {
    // Opened to be read, a folder without a shop is refused, not made one.
    _ = try ShopStore(directory: directory)
    return try ShopStore(directory: directory, for: .building)
  }

  /// Replaces a record by `value`.
  func keep(_ value: some Encodable, as name: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try setRecord(name, to: String(decoding: encoder.encode(value), as: UTF8.self))
  }
}

extension EvaluationReport {
  /// What a shop keeps of it.
  ///
  /// - Parameter files: names of what was learnt from and tested by.
  public func kept(files: [String], at time: Date) -> KeptEvaluation {
    let own = KeptEvaluation.Line(
      recommender: chosen, settings: settings, means: means, intervals: intervals, strata: strata,
      curve: curve, fitSeconds: fitSeconds)
    let beside = others.map {
      KeptEvaluation.Line(
        recommender: $0.recommender, settings: $0.settings, means: $0.means,
        intervals: $0.intervals, strata: $0.strata, curve: $0.curve, fitSeconds: $0.fitSeconds)
    }
    return KeptEvaluation(
      finished: time.timeIntervalSince1970, files: files, reason: reason,
      rows: sizes["evaluated_users"] ?? sizes["test_cases"] ?? 0, lines: [own] + beside)
  }
}
