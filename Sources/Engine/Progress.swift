/// Where long work reports how far it is: a bar on a terminal, lines in a log, events on a server.
///
/// Calls come from one thread at a time, in the order of the work.
public protocol ProgressReporter: Sendable {
  /// A stage begins: `name` as people would say it ("Encoding texts"), `total` units of `unit`,
  /// `nil` where the total is not known.
  func begin(_ name: String, total: Int?, unit: String)
  /// `done` units of the current stage are finished.
  func advance(to done: Int)
  /// The current stage is finished; `note` says what came of it.
  func end(_ note: String)
}

/// Reports to nobody.
public struct SilentProgress: ProgressReporter {
  /// Creates it.
  public init() {}
  /// Does nothing.
  public func begin(_ name: String, total: Int?, unit: String) {}
  /// Does nothing.
  public func advance(to done: Int) {}
  /// Does nothing.
  public func end(_ note: String) {}
}
