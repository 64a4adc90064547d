public import AkinEncoders
internal import AkinCatalogue
public import Foundation

/// The use case "fine-tune an encoder on a shop's own pairs".
public struct TuneEncoder {
  private let progress: any ProgressReporter
  private let log: @Sendable (String) -> Void

  /// Reports to `progress`; now and then `log` gets a line of epoch, loss and time left.
  public init(
    progress: any ProgressReporter, log: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    (self.progress, self.log) = (progress, log)
  }

  /// Trains on the pairs of `pairs` and writes the encoder into `output`; the epoch that is kept is
  /// the best on those of `valid`, or on a tenth of the left texts where there are none.
  ///
  /// - Throws: `MatchError` with file, line and column; `EncoderError`; `CancellationError`.
  public func tune(
    _ tuning: BiEncoderTuning, pairs: URL, valid: URL?, output: URL
  ) throws -> TunedEncoder.Card {
    var tuning = tuning
    let file = try TextPairFile(pairs)
    tuning.asksQueries = tuning.asksQueries || file.asksQueries
    // A folder that cannot be written must not cost ten minutes first.
    try TunedEncoder.check(output)
    let parts =
      try valid.map { (train: file.pairs, held: try TextPairFile($0).pairs) }
      ?? Self.parted(file.pairs)
    let stages = StageReporter(progress)
    var shown = ContinuousClock.now
    tuning.report = { [log] done, total, line in
      try stages.report("Fine-tuning", done, total)
      guard shown.duration(to: .now) >= .seconds(10) || done == total else { return }
      shown = .now
      log(line)
    }
    let tuned = try tuning.fit(train: parts.train, valid: parts.held)
    stages.end()
    try tuned.save(to: output)
    return tuned.card
  }

  /// Nine tenths of the left texts to learn from, by a hash: one text's pairs stay together.
  static func parted(_ pairs: [TextPair]) -> (train: [TextPair], held: [TextPair]) {
    func isHeld(_ pair: TextPair) -> Bool {
      pair.left.withFieldBytes { TextHash.of($0) } % 10 == 0
    }
    return (pairs.filter { !isHeld($0) }, pairs.filter(isHeld))
  }
}
