internal import CKernels

/// Vectors of items from the company they keep: skip-gram and CBOW with negative sampling.
///
/// For every place c of a sequence and its neighbours within a window that is drawn anew,
///
///     ln σ(⟨x, y(c)⟩) + Σ ln σ(−⟨x, y(n)⟩)
///
/// is made larger by stochastic gradient ascent with a pace that falls in a line to almost nothing:
/// x is each neighbour's input vector (skip-gram) or their mean (CBOW), y are output vectors, and the
/// negatives n are drawn with chances proportional to frequency^``negativeExponent``. Frequent items
/// are thinned out first. Mikolov et al., *Distributed representations of words and phrases and their
/// compositionality* (NIPS 2013). The neighbours of a place share its negatives (Ji et al., 2016), and
/// CBOW's gradient is that of the mean (İrsoy et al., 2021).
///
/// One thread works on the tables, so that a seed gives the same vectors every time.
/// O(epochs · places · window · negatives · dimension) time, O(items · dimension) memory.
package struct NegativeSampling: Sendable, Equatable, Codable {
  /// What is predicted from what.
  package enum Objective: String, Sendable, Codable, CaseIterable {
    /// Each neighbour alone.
    case skipGram = "skip-gram"
    /// The neighbours' mean: faster, for many sequences.
    case cbow
  }

  /// What is predicted from what.
  package var objective = Objective.skipGram
  /// The length of a vector.
  package var dimension = 128
  /// Places on either side, at most.
  package var window = 5
  /// Negatives of a place.
  package var negatives = 5
  /// Passes over the sequences.
  package var epochs = 5
  /// The first pace.
  package var learningRate: Float = 0.025
  /// The share of all places from which on an item is thinned out; 0 for never.
  package var subsampling = 1e-3
  /// The power of frequency by which negatives are drawn: 1 as often as they are there, 0 all
  /// alike, below 0 the rare ones more often.
  package var negativeExponent = 0.75
  /// Whether the order of a sequence means something; sets are shuffled before every pass.
  package var isOrdered = true
  /// What every draw follows from.
  package var seed: UInt64 = 0

  /// Mikolov's settings.
  package init() {}

  /// What is wrong with the settings, in words; `nil` where nothing is.
  package var fault: String? {
    guard (1...4096).contains(dimension) else { return "dimension takes 1 to 4096" }
    guard (1...Int(AKIN_WINDOWS_LARGEST)).contains(window) else {
      return "window takes 1 to \(AKIN_WINDOWS_LARGEST)"
    }
    guard (1...Int(AKIN_WINDOWS_NEGATIVES)).contains(negatives) else {
      return "negatives takes 1 to \(AKIN_WINDOWS_NEGATIVES)"
    }
    guard (1...10_000).contains(epochs) else { return "epochs takes 1 to 10000" }
    guard learningRate > 0, learningRate <= 10 else { return "learningRate takes 0 to 10" }
    guard subsampling >= 0, subsampling <= 1 else { return "subsampling takes 0 to 1" }
    guard (-4...4).contains(negativeExponent) else { return "negativeExponent takes -4 to 4" }
    return nil
  }

  /// The two tables of vectors, rows of ``stride`` floats of which the last ones may be padding.
  package struct Tables: Sendable {
    /// Floats of a row, a multiple of 16.
    package var stride: Int
    /// What an item says of its neighbours: the vectors to keep.
    package var inputs: [Float]
    /// What an item is predicted by.
    package var outputs: [Float]
  }

  /// Learns the vectors of items `0 ..< count`.
  ///
  /// - Parameters:
  ///   - items: the sequences end to end, each item in `0 ..< count`.
  ///   - offsets: where each begins, sequences + 1.
  ///   - kernel: an instruction set that this processor has; the best where left out.
  ///   - progress: called now and then with places done and places in all; throws to stop.
  /// - Throws: ``NeuralError`` `.invalidArgument` for bad settings and where the vectors leave the
  ///   numbers' range; what `progress` throws.
  package func fit(
    items: [Int32], offsets: [Int], count: Int, kernel: Int32? = nil,
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Tables {
    if let fault {
      throw NeuralError(.invalidArgument, fault, operation: "NegativeSampling.fit")
    }
    precondition(offsets.last == items.count, "the last sequence ends with the items")
    var tables = firstTables(count)
    guard !items.isEmpty else { return tables }
    let draws = Draws(items: items, count: count, self)
    var pass = Pass(items: items, offsets: offsets, seed: seed)
    var state = Seeds.combined(seed, 2)
    let total = items.count * epochs
    for epoch in 0..<epochs {
      pass.shuffle(epoch: epoch, insides: !isOrdered)
      for part in pass.parts(of: Self.placesAtOnce) {
        let done = epoch * items.count + Int(pass.offsets[part.lowerBound])
        let share = Float(done) / Float(total)
        learn(
          pass, part, draws, max(1e-4, 1 - share) * learningRate, kernel ?? akin_kernel_best(),
          &state, tables.stride, &tables.inputs, &tables.outputs)
        try progress(epoch * items.count + Int(pass.offsets[part.upperBound]), total)
      }
      guard tables.inputs.allSatisfy(\.isFinite) else {
        throw NeuralError(
          .invalidArgument, "the vectors left the numbers' range; take a lower learningRate",
          operation: "NegativeSampling.fit")
      }
    }
    return tables
  }

  /// Places between two changes of the pace.
  private static let placesAtOnce = 10_000

  /// Inputs even in ± 1/2 / dimension, outputs 0, as word2vec begins.
  private func firstTables(_ count: Int) -> Tables {
    let stride = (dimension + 15) / 16 * 16
    var inputs = [Float](repeating: 0, count: count * stride)
    var generator = SplitMix(Seeds.combined(seed, 1))
    inputs.withUnsafeMutableBufferPointer { inputs in
      for row in 0..<count {
        for column in 0..<dimension {
          let unit = Float(generator.next() >> 40) * 0x1p-24
          inputs[row * stride + column] = (unit - 0.5) / Float(dimension)
        }
      }
    }
    return Tables(
      stride: stride, inputs: inputs, outputs: [Float](repeating: 0, count: count * stride))
  }

  private func learn(
    _ pass: Pass, _ part: Range<Int>, _ draws: Draws, _ rate: Float, _ kernel: Int32,
    _ state: inout UInt64, _ stride: Int, _ inputs: inout [Float], _ outputs: inout [Float]
  ) {
    pass.items.withUnsafeBufferPointer { items in
      pass.offsets.withUnsafeBufferPointer { offsets in
        draws.withUnsafe { keep, stay, other in
          inputs.withUnsafeMutableBufferPointer { inputs in
            outputs.withUnsafeMutableBufferPointer { outputs in
              var work = akin_windows(
                items: items.baseAddress, offsets: offsets.baseAddress, count: draws.count,
                keep: keep, stay: stay, other: other, dimension: stride,
                window: window, negatives: negatives, averages: objective == .cbow ? 1 : 0,
                inputs: inputs.baseAddress, outputs: outputs.baseAddress)
              withUnsafeTemporaryAllocation(of: Int32.self, capacity: pass.longest) { kept in
                withUnsafeTemporaryAllocation(
                  of: Float.self, capacity: akin_windows_scratch(&work)
                ) { scratch in
                  akin_windows_learn(
                    kernel, &work, part.lowerBound, part.upperBound, rate, &state,
                    kept.baseAddress, scratch.baseAddress)
                }
              }
            }
          }
        }
      }
    }
  }
}
