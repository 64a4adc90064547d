import AkinNeural
import Testing

@Suite struct PackedLinearTests {
  /// Largest difference, relative to the largest element.
  private func difference(_ a: Tensor, _ b: Tensor) throws -> Double {
    let b = try b.to(.float32)
    return try (a.to(.float32) - b).magnitude().maximum().item()
      / b.magnitude().maximum().item()
  }

  @Test(arguments: [(DType.float32, 1e-5), (.bfloat16, 1e-2)])
  func matchesTheUnfusedForm(_ dtype: DType, tolerance: Double) throws {
    let generator = try Generator(seed: 7)
    let x = try Tensor.randomNormal([4, 9, 64], using: generator)
    let weight = try Tensor.randomNormal([96, 64], using: generator)
    let bias = try Tensor.randomNormal([96], using: generator)
    let residual = try Tensor.randomNormal([4, 9, 96], using: generator)
    let expected = try x.linear(weight, bias: bias)

    let packed = try PackedLinear(weight: weight.to(dtype), bias: bias.to(dtype))
    let input = try x.to(dtype)
    let plain = try packed(input)
    #expect(plain.dtype == dtype && plain.shape == [4, 9, 96])
    #expect(try difference(plain, expected) < tolerance)
    #expect(try difference(packed.gelu(input), expected.gelu()) < tolerance)
    #expect(try difference(packed.gelu(input, .tanh), expected.gelu(.tanh)) < tolerance)
    let added = try packed.adding(residual.to(dtype), to: input)
    #expect(try difference(added, expected + residual) < tolerance)
  }

  @Test func withoutBias() throws {
    let generator = try Generator(seed: 8)
    let x = try Tensor.randomNormal([3, 16], using: generator)
    let weight = try Tensor.randomNormal([5, 16], using: generator)
    let packed = try PackedLinear(weight: weight, bias: nil)
    #expect(try difference(packed(x), x.matmul(weight.transpose(0, 1))) < 1e-5)
  }

  @Test func refusesABiasThatDoesNotFit() throws {
    #expect(throws: NeuralError.self) {
      try PackedLinear(weight: Tensor.zeros([4, 3]), bias: Tensor.zeros([3]))
    }
    #expect(throws: NeuralError.self) { try PackedLinear(weight: Tensor.zeros([4]), bias: nil) }
  }
}
