import CKernels
import CTorch

extension Operator {
  fileprivate static let empty = Operator("aten::empty.memory_format")
}

/// The products of a Transformer's block, for inference, in int8, with what surrounds them: biases,
/// GELU (by the normal distribution, to 5e-5), sums and norms.
///
/// Weights are coded by output, what enters a product by row (as in Dettmers et al., *LLM.int8()*,
/// 2022); sums are exact, all else is float32. Rows go through a part in blocks that stay in the
/// processor's cache. Twice as many products a second as in bfloat16 on processors with AVX-512 and
/// without AMX.
package final class CodedBlock: @unchecked Sendable {
  // Constants, and memory that nobody writes after `init`.

  /// A linear layer's `[outputs, inputs]` and `[outputs]`.
  package typealias Weights = (weight: Tensor, bias: Tensor)
  /// A norm's `[features]` and `[features]`, and what is added to the variance.
  package typealias Norm = (weight: Tensor, bias: Tensor, epsilon: Double)

  private let projection: CodedLinear, output: CodedLinear
  private let expansion: CodedLinear, contraction: CodedLinear
  private let attentionNorm: NormVectors, outputNorm: NormVectors
  /// Sizes of a row, and between the products of the second half.
  package let width: Int, hidden: Int

  /// Rows from which on a second thread is worth its start.
  private static let rowsOfAThread = 48

  /// Whether this processor has the instructions.
  package static var isSupported: Bool { akin_transformer_supported() != 0 }

  /// Whether it is the fastest way on this processor: AMX multiplies bfloat16 faster still.
  package static var isFastest: Bool { isSupported && !Runtime.processorHas("amx_bf16") }

  /// Whether layers of these sizes can be coded.
  package static func fits(width: Int, hidden: Int) -> Bool {
    width > 0 && hidden > 0 && width % 32 == 0 && hidden % 32 == 0
  }

  /// Codes the layers.
  ///
  /// - Parameters:
  ///   - projection: to queries, keys and values: `[3 · width, width]`.
  ///   - output: `[width, width]`
  ///   - expansion: `[hidden, width]`
  ///   - contraction: `[width, hidden]`
  /// - Throws: `.invalidArgument` when shapes do not fit each other or ``fits(width:hidden:)`` says
  ///   no.
  package init(
    projection: Weights, output: Weights, attentionNorm: Norm, expansion: Weights,
    contraction: Weights, outputNorm: Norm
  ) throws(NeuralError) {
    let shape = expansion.weight.shape
    let (width, hidden) = shape.count == 2 ? (shape[1], shape[0]) : (0, 0)
    let layers = [
      (projection, 3 * width, width), (output, width, width), (expansion, hidden, width),
      (contraction, width, hidden),
    ]
    guard Self.fits(width: width, hidden: hidden),
      layers.allSatisfy({ $0.weight.shape == [$1, $2] && $0.bias.shape == [$1] }),
      [attentionNorm, outputNorm].allSatisfy({
        $0.weight.shape == [width] && $0.bias.shape == [width]
      })
    else {
      throw NeuralError(
        .invalidArgument, "the layers of a block, in multiples of 32, are needed",
        operation: "CodedBlock", shapes: layers.map(\.0.weight.shape))
    }
    (self.width, self.hidden) = (width, hidden)
    self.projection = try CodedLinear(projection)
    self.output = try CodedLinear(output)
    self.expansion = try CodedLinear(expansion)
    self.contraction = try CodedLinear(contraction)
    self.attentionNorm = try NormVectors(attentionNorm)
    self.outputNorm = try NormVectors(outputNorm)
  }

  // All take and give contiguous rows on the CPU, `.float32` or `.bfloat16`, and throw
  // `.invalidArgument` for other shapes or types. `plainly`: by the plain loops that the tests take
  // as the truth.

  /// Queries, keys and values: `[rows, width]` → `[rows, 3 · width]`.
  package func project(_ x: Tensor, plainly: Bool = false) throws(NeuralError) -> Tensor {
    try map(x, to: 3 * width, scratch: (width, 3 * width)) { rows in
      projection.withLayer { akin_project_rows(plainly ? 1 : 0, $0, rows) }
    }
  }

  /// `norm(x + W context + b)`: `[rows, width]` twice → `[rows, width]`.
  package func attach(
    _ context: Tensor, to x: Tensor, plainly: Bool = false
  ) throws(NeuralError) -> Tensor {
    try map(context, adding: x, to: width, scratch: (width, width)) { rows in
      output.withLayer { layer in
        attentionNorm.withNorm { akin_attach_rows(plainly ? 1 : 0, layer, $0, rows) }
      }
    }
  }

  /// `norm(a + W₂ gelu(W₁ a + b₁) + b₂)`: `[rows, width]` → `[rows, width]`.
  package func feedForward(_ a: Tensor, plainly: Bool = false) throws(NeuralError) -> Tensor {
    try map(a, to: width, scratch: (width, hidden)) { rows in
      expansion.withLayer { expansion in
        contraction.withLayer { contraction in
          outputNorm.withNorm {
            akin_feed_forward_rows(plainly ? 1 : 0, expansion, contraction, $0, rows)
          }
        }
      }
    }
  }

  private func map(
    _ x: Tensor, adding residual: Tensor? = nil, to outputs: Int, scratch sizes: (Int, Int),
    _ body: @Sendable (UnsafePointer<akin_rows>) -> Void
  ) throws(NeuralError) -> Tensor {
    let shape = x.shape
    let given = [x] + [residual].compactMap(\.self)
    guard shape.count == 2, shape[1] == width,
      given.allSatisfy({
        $0.shape == shape && $0.isContiguous && $0.device == .cpu && $0.dtype == x.dtype
      }), x.dtype == .float32 || x.dtype == .bfloat16
    else {
      throw NeuralError(
        .invalidArgument, "contiguous rows of \(width) numbers, fp32 or bf16, are needed",
        operation: "CodedBlock", shapes: given.map(\.shape))
    }
    let y = try Operator.empty(.integers([shape[0], outputs]), .dtype(x.dtype))
    // Nobody else has seen `y`; parts are rows of their own.
    nonisolated(unsafe) let (source, target) = (try x.data(), try y.data())
    nonisolated(unsafe) let added = try residual?.data()
    let size = x.dtype.byteCount
    let isHalf: Int32 = x.dtype == .bfloat16 ? 1 : 0
    let width = width
    try ComputeThreads.share(shape[0], atLeast: Self.rowsOfAThread) { part in
      let bytes = akin_transformer_scratch(part.count, sizes.0, sizes.1)
      let scratch = UnsafeMutableRawPointer.allocate(byteCount: max(64, bytes), alignment: 64)
      defer { scratch.deallocate() }
      let start = part.lowerBound * size
      var rows = akin_rows(
        half: isHalf, count: part.count, residual: added.map { $0 + start * outputs },
        from: source.map { $0 + start * width },
        to: target.map { UnsafeMutableRawPointer(mutating: $0) + start * outputs }, scratch: scratch
      )
      body(&rows)
    }
    withExtendedLifetime((x, y, residual)) {}
    return y
  }
}

extension Tensor {
  /// Where the elements of a contiguous tensor on the CPU begin; an empty one has no place.
  fileprivate func data() throws(NeuralError) -> UnsafeRawPointer? {
    var data: UnsafeRawPointer?
    try check(ctorch_tensor_data(handle, &data), "data", [shape])
    return data
  }
}

/// A linear layer in int8.
private final class CodedLinear: Sendable {
  // Memory that nobody writes after `init`.
  nonisolated(unsafe) private let memory: UnsafeMutableRawPointer
  nonisolated(unsafe) private let layer: akin_coded_linear

  init(_ layer: CodedBlock.Weights) throws(NeuralError) {
    let (weights, bias) = (try layer.weight.floats(), try layer.bias.floats())
    let outputs = bias.count, inputs = weights.count / outputs
    memory = .allocate(
      byteCount: weights.count + 3 * outputs * MemoryLayout<Float>.stride, alignment: 64)
    let codes = memory.assumingMemoryBound(to: Int8.self)
    let scales = (memory + weights.count).assumingMemoryBound(to: Float.self)
    let (sums, biases) = (scales + outputs, scales + 2 * outputs)
    akin_code_linear(weights, outputs, inputs, codes, scales, sums)
    biases.initialize(from: bias, count: outputs)
    self.layer = akin_coded_linear(
      inputs: inputs, outputs: outputs, codes: codes, scales: scales, sums: sums, bias: biases)
  }

  deinit { memory.deallocate() }

  func withLayer(_ body: (UnsafePointer<akin_coded_linear>) -> Void) {
    withUnsafePointer(to: layer) { layer in withExtendedLifetime(self) { body(layer) } }
  }
}

/// A norm's weight and bias.
private struct NormVectors: Sendable {
  private let weight: [Float], bias: [Float]
  private let epsilon: Float

  init(_ norm: CodedBlock.Norm) throws(NeuralError) {
    (weight, bias) = (try norm.weight.floats(), try norm.bias.floats())
    epsilon = Float(norm.epsilon)
  }

  func withNorm(_ body: (UnsafePointer<akin_norm>) -> Void) {
    weight.withUnsafeBufferPointer { weight in
      bias.withUnsafeBufferPointer { bias in
        var norm = akin_norm(weight: weight.baseAddress, bias: bias.baseAddress, epsilon: epsilon)
        body(&norm)
      }
    }
  }
}
