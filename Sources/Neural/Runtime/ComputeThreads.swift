import CTorch

/// The one place that decides how many processor threads tensor operators use.
public enum ComputeThreads {
  /// Threads that one operator may use, for all threads of the process, from their next operator
  /// on. Results may differ in the last bits between numbers of threads.
  ///
  /// - Throws: `.invalidArgument` unless `count` is positive.
  public static func set(_ count: Int) throws(NeuralError) {
    try check(ctorch_set_threads(Int32(clamping: count)), "ComputeThreads.set")
  }

  /// Threads that one operator may use; by default the number of the processor's cores.
  public static var count: Int { Int(ctorch_threads()) }

  /// Threads on which independent operators of one graph may run. Can be set once, before the
  /// first use.
  ///
  /// - Throws: `.invalidArgument` unless `count` is positive and this is the first use.
  public static func setInterOperator(_ count: Int) throws(NeuralError) {
    try check(
      ctorch_set_interop_threads(Int32(clamping: count)), "ComputeThreads.setInterOperator")
  }

  /// Threads on which independent operators of one graph may run.
  public static var interOperatorCount: Int { Int(ctorch_interop_threads()) }
}
