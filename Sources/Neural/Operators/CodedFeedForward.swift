import CKernels
import CTorch

extension Operator {
  fileprivate static let emptyLike = Operator("aten::empty_like")
}

/// The second half of a Transformer's block, for inference, with its products in int8:
/// `y = norm(x + W₂ gelu(W₁ x + b₁) + b₂)` with the exact GELU.
///
/// Weights are coded by output, what enters a product by row (as in Dettmers et al., *LLM.int8()*,
/// 2022); sums are exact, all else is float32. Rows go through both products and the norm in blocks
/// that stay in the processor's cache. Twice as many products a second as in bfloat16 on processors
/// with AVX-512 and without AMX.
package final class CodedFeedForward: @unchecked Sendable {
  // Constants, and memory that nobody writes after `init`.
  private let layer: akin_feed_forward
  private let memory: UnsafeMutableRawPointer
  /// Sizes of a row, and between the products.
  package let width: Int, hidden: Int

  /// Whether this processor has the instructions.
  package static var isSupported: Bool { akin_feed_forward_supported() != 0 }

  /// Whether it is the fastest way on this processor: AMX multiplies bfloat16 faster still.
  package static var isFastest: Bool { isSupported && !Runtime.processorHas("amx_bf16") }

  /// Whether layers of these sizes can be coded.
  package static func fits(width: Int, hidden: Int) -> Bool {
    width > 0 && hidden > 0 && width % 32 == 0 && hidden % 32 == 0
  }

  /// Codes the layers.
  ///
  /// - Parameters:
  ///   - expansion: W₁ `[hidden, width]` and b₁ `[hidden]`.
  ///   - contraction: W₂ `[width, hidden]` and b₂ `[width]`.
  ///   - norm: weight and bias, both `[width]`, and what is added to the variance.
  /// - Throws: `.invalidArgument` when shapes do not fit each other or ``fits(width:hidden:)`` says
  ///   no.
  package init(
    expansion: (weight: Tensor, bias: Tensor), contraction: (weight: Tensor, bias: Tensor),
    norm: (weight: Tensor, bias: Tensor, epsilon: Double)
  ) throws(NeuralError) {
    let shape = expansion.weight.shape
    guard shape.count == 2, Self.fits(width: shape[1], hidden: shape[0]),
      expansion.bias.shape == [shape[0]], contraction.weight.shape == [shape[1], shape[0]],
      [contraction.bias, norm.weight, norm.bias].allSatisfy({ $0.shape == [shape[1]] })
    else {
      throw NeuralError(
        .invalidArgument,
        "weights [hidden, width] and [width, hidden], both multiples of 32, are needed",
        operation: "CodedFeedForward", shapes: [shape, contraction.weight.shape])
    }
    let (width, hidden) = (shape[1], shape[0])
    (self.width, self.hidden) = (width, hidden)
    let (first, second) = (try expansion.weight.floats(), try contraction.weight.floats())
    let vectors = [
      try expansion.bias.floats(), try contraction.bias.floats(), try norm.weight.floats(),
      try norm.bias.floats(),
    ]
    let bytes = 2 * width * hidden + (3 * hidden + 5 * width) * MemoryLayout<Float>.stride
    memory = .allocate(byteCount: bytes, alignment: 64)
    let codes = memory.assumingMemoryBound(to: Int8.self)
    var next = (memory + 2 * width * hidden).assumingMemoryBound(to: Float.self)
    func room(_ count: Int) -> UnsafeMutablePointer<Float> {
      defer { next += count }
      return next
    }
    func stored(_ values: [Float]) -> UnsafePointer<Float> {
      let place = room(values.count)
      place.initialize(from: values, count: values.count)
      return UnsafePointer(place)
    }
    func coded(
      _ weights: [Float], _ outputs: Int, _ codes: UnsafeMutablePointer<Int8>, _ bias: [Float]
    ) -> akin_coded_linear {
      let (scales, sums) = (room(outputs), room(outputs))
      let inputs = weights.count / outputs
      akin_code_linear(weights, outputs, inputs, codes, scales, sums)
      return akin_coded_linear(
        inputs: inputs, outputs: outputs, codes: codes, scales: scales, sums: sums,
        bias: stored(bias))
    }
    layer = akin_feed_forward(
      expansion: coded(first, hidden, codes, vectors[0]),
      contraction: coded(second, width, codes + width * hidden, vectors[1]),
      norm_weight: stored(vectors[2]), norm_bias: stored(vectors[3]),
      epsilon: Float(norm.epsilon))
  }

  deinit { memory.deallocate() }

  /// `[rows, width]` → `[rows, width]` of the same type, on the calling thread.
  ///
  /// - Parameters:
  ///   - x: contiguous `.float32` or `.bfloat16` on the CPU.
  ///   - plainly: by the plain loops that the tests take as the truth.
  /// - Throws: `.invalidArgument` for another shape or type.
  package func callAsFunction(_ x: Tensor, plainly: Bool = false) throws(NeuralError) -> Tensor {
    let shape = x.shape
    guard shape.count == 2, shape[1] == width, x.isContiguous, x.device == .cpu,
      x.dtype == .float32 || x.dtype == .bfloat16
    else {
      throw NeuralError(
        .invalidArgument, "contiguous rows of \(width) numbers, fp32 or bf16, are needed",
        operation: "CodedFeedForward", shapes: [shape])
    }
    let y = try Operator.emptyLike(.tensor(x))
    var source: UnsafeRawPointer?
    var target: UnsafeRawPointer?
    try check(ctorch_tensor_data(x.handle, &source), "CodedFeedForward", [shape])
    try check(ctorch_tensor_data(y.handle, &target), "CodedFeedForward", [shape])
    guard let source, let target else { return y }
    withUnsafePointer(to: layer) { layer in
      let bytes = akin_feed_forward_scratch(layer, shape[0])
      let scratch = UnsafeMutableRawPointer.allocate(byteCount: max(64, bytes), alignment: 64)
      defer { scratch.deallocate() }
      withExtendedLifetime((x, y)) {
        // Nobody else has seen `y`.
        akin_feed_forward_rows(
          plainly ? 1 : 0, layer, source, x.dtype == .bfloat16 ? 1 : 0, shape[0],
          UnsafeMutableRawPointer(mutating: target), scratch)
      }
    }
    return y
  }
}
