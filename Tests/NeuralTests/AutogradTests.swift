import AkinNeural
import Testing

/// A differentiable function of one tensor, and where to test it.
struct Differentiable: CustomTestStringConvertible, Sendable {
  let name: String
  var shape = [3, 4]
  /// Added to normal draws, to keep away from kinks and singularities.
  var offset = 0.0
  let apply: @Sendable (Tensor) throws -> Tensor

  var testDescription: String { name }

  static let all: [Differentiable] = [
    .init(name: "add, subtract, multiply") { try ($0 + $0 * $0 - 2) * 3 - $0 },
    .init(name: "divide", offset: 5) { try $0 / ($0 * $0) + $0 / 3 },
    .init(name: "exp, tanh, sigmoid") { try $0.exp() + $0.tanh() * $0.sigmoid() },
    .init(name: "log, square root, power", offset: 6) {
      try $0.log() + $0.squareRoot() + $0.power(1.5) + $0.reciprocalSquareRoot()
    },
    .init(name: "gelu") { try $0.gelu() + $0.gelu(.tanh) + $0.silu() },
    .init(name: "softmax") { try $0.softmax() * $0.logSoftmax(dimension: 0) },
    .init(name: "matmul", shape: [3, 3]) { try $0.matmul($0.transpose(0, 1)).matmul($0) },
    .init(name: "linear", shape: [2, 3]) { x in
      try x.linear(Tensor([1, -2, 3, 4, 5, -6] as [Double], shape: [2, 3]))
    },
    .init(name: "layer norm") { x in
      try x.layerNorm(
        weight: Tensor([1, 2, 3, 4] as [Double]), bias: Tensor([0, 1, 0, 1] as [Double]),
        epsilon: 1e-5)
    },
    .init(name: "sum, mean, variance, norm") {
      try $0.sum([0]) + $0.mean([0]) * $0.norm([0]) + $0.variance([0])
    },
    .init(name: "normalized") { try $0.normalized() },
    .init(name: "shapes") { x in
      try Tensor.concatenated(
        [x.reshape([2, 6]), x.permute([1, 0]).narrow(dimension: 0, start: 1, length: 2)],
        dimension: 1) * 2
    },
    .init(name: "indexing") { x in
      let rows = try Tensor([2, 0, 2] as [Int])
      let chosen = try x.indexSelect(dimension: 0, rows)
      return try chosen.gather(dimension: 1, Tensor([0, 3, 1] as [Int], shape: [3, 1])) * x
    },
    .init(name: "embedding") { try $0.embedding(Tensor([1, 1, 2] as [Int])).power(2) },
    .init(name: "masks") { x in
      let mask = try Tensor([true, false, true, false])
      return try x.maskedFill(mask, 7) * x.where(mask, else: x * 3)
    },
    .init(name: "attention", shape: [1, 1, 3, 4]) { try $0.attention(keys: $0, values: $0) },
    .init(name: "cross entropy") { x in
      try x.crossEntropy(Tensor([0, 3, 1] as [Int]), labelSmoothing: 0.1)
    },
  ]
}

@Suite struct AutogradTests {
  /// Central differences in double precision, weighted by fixed random numbers.
  @Test(arguments: Differentiable.all)
  func gradientsMatchFiniteDifferences(_ function: Differentiable) throws {
    let generator = try Generator(seed: 11)
    let start =
      try Tensor.randomNormal(function.shape, using: generator, dtype: .float64)
      + function.offset
    let weights = try Tensor.randomNormal(
      function.apply(start).shape, using: generator, dtype: .float64)
    func value(_ x: Tensor) throws -> Tensor { try (function.apply(x) * weights).sum() }

    let x = try start.clone().requiringGrad()
    try value(x).backward()
    let gradient = try #require(try x.grad()).elements(as: Double.self)

    let elements = try start.elements(as: Double.self)
    let step = 1e-5
    for i in elements.indices {
      var (up, down) = (elements, elements)
      up[i] += step
      down[i] -= step
      let difference =
        try value(Tensor(up, shape: start.shape)).item()
        - value(Tensor(down, shape: start.shape)).item()
      let numeric = difference / (2 * step)
      #expect(abs(gradient[i] - numeric) < 1e-5 * max(1, abs(numeric)), "element \(i)")
    }
  }

  @Test func gradientsAddUpUntilRemoved() throws {
    let x = try Tensor([3 as Float]).requiringGrad()
    #expect(try x.grad() == nil)
    try (x * x).sum().backward()
    try (x * x).sum().backward()
    #expect(try x.grad()?.floats() == [12])
    try x.setGrad(Tensor([1 as Float]))
    #expect(try x.grad()?.floats() == [1])
    try x.setGrad(nil)
    #expect(try x.grad() == nil)
    #expect(throws: NeuralError.self) { try x.setGrad(Tensor([1, 2] as [Float])) }
  }

  @Test func secondDerivatives() throws {
    let x = try Tensor([2 as Double]).requiringGrad()
    let unused = try Tensor([1 as Double]).requiringGrad()
    let first = try x.power(3).sum().gradients(by: [x, unused], createGraph: true)
    #expect(try first[0]?.item() == 12)
    #expect(first[1] == nil)
    let second = try #require(first[0]).sum().gradients(by: [x])
    #expect(try second[0]?.item() == 12)
    #expect(try x.grad() == nil)
  }

  @Test func scopesSwitchRecordingOff() throws {
    let x = try Tensor([1 as Float]).requiringGrad()
    #expect(try (x * 2).requiresGrad)
    let unrecorded = try withoutGradient { () throws(NeuralError) in try x * 2 }
    #expect(!unrecorded.requiresGrad)
    struct Stop: Error {}
    #expect(throws: Stop.self) { try withoutGradient { () throws(Stop) in throw Stop() } }
    #expect(try (x * 2).requiresGrad, "an error ends the scope too")
    let constant = try withInferenceMode { () throws(NeuralError) in try x * 2 }
    #expect(!constant.requiresGrad)
    #expect(throws: NeuralError.self) { try (x * constant).sum().backward() }
    #expect(try !(x * 2).detached().requiresGrad)
    #expect(throws: NeuralError.self) { try Tensor([1] as [Int]).requiringGrad() }
    #expect(throws: NeuralError.self) { try Tensor([1 as Float]).backward() }
  }

  /// Plain gradient descent finds a line.
  @Test func descendsToAKnownLine() throws {
    let generator = try Generator(seed: 5)
    let inputs = try Tensor.randomNormal([64, 2], using: generator)
    let truth = try Tensor([1.5, -0.5] as [Float], shape: [1, 2])
    let targets = try inputs.linear(truth) + 0.25
    var weight = try Tensor.zeros([1, 2]).requiringGrad()
    var bias = try Tensor.zeros([1]).requiringGrad()
    for _ in 0..<200 {
      let loss = try (inputs.linear(weight, bias: bias) - targets).power(2).mean()
      let gradients = try loss.gradients(by: [weight, bias])
      weight = try (weight.detached() - #require(gradients[0]) * 0.1).requiringGrad()
      bias = try (bias.detached() - #require(gradients[1]) * 0.1).requiringGrad()
    }
    #expect(try weight.detached().distance(to: truth) < 1e-4)
    #expect(try abs(bias.item() - 0.25) < 1e-4)
  }
}
