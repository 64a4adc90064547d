/// How parameters follow their gradients. A step changes them in place, in one pass over memory.
public enum Optimiser: Sendable, Equatable {
  /// Adam with decoupled weight decay (Loshchilov & Hutter, 2019).
  case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// Stochastic gradient descent with momentum.
  case sgd(momentum: Double = 0.9, nesterov: Bool = false)
  /// Adagrad (Duchi et al., 2011): features that are rarely seen take larger steps.
  case adagrad(epsilon: Double = 1e-10)
}

/// Penalties on the size of parameters, apart from biases and norms.
public struct Regularisation: Sendable, Equatable {
  /// Added to the gradient with the sign of each parameter: drives small ones to 0.
  public var l1: Double
  /// AdamW: the share of each parameter that a step at rate 1 takes off. The others: this times
  /// the parameter is added to the gradient.
  public var l2: Double

  /// No penalty unless said otherwise.
  public init(l1: Double = 0, l2: Double = 0) { (self.l1, self.l2) = (l1, l2) }
}

extension Operator {
  fileprivate static let adamW = Operator("aten::_fused_adamw_")
  fileprivate static let sgd = Operator("aten::_fused_sgd_")
  fileprivate static let adagrad = Operator("aten::_fused_adagrad_")
  fileprivate static let sign = Operator("aten::_foreach_sign")
  fileprivate static let addScaled = Operator("aten::_foreach_add_.List")
  fileprivate static let scale = Operator("aten::_foreach_mul_.Scalar")
  fileprivate static let norms = Operator("aten::_foreach_norm.Scalar")
}

/// An ``Optimiser`` at work on parameters: its moments, and the step.
final class OptimiserState {
  private struct Group {
    let parameters: [Parameter]
    let l2: Double
    let indices: [Int]
  }

  private let optimiser: Optimiser
  private let regularisation: Regularisation
  private let groups: [Group]
  /// First and second moments, or the one that the optimiser has, beside each parameter.
  private let first: [Tensor], second: [Tensor]
  private let steps: [Tensor]
  private var isFirstStep = true

  init(
    _ optimiser: Optimiser, _ parameters: [Parameter], _ regularisation: Regularisation
  ) throws(NeuralError) {
    (self.optimiser, self.regularisation) = (optimiser, regularisation)
    groups = [true, false].compactMap { decays in
      let indices = parameters.indices.filter { parameters[$0].decays == decays }
      return indices.isEmpty
        ? nil
        : Group(
          parameters: indices.map { parameters[$0] }, l2: decays ? regularisation.l2 : 0,
          indices: indices)
    }
    func zeros() throws(NeuralError) -> [Tensor] {
      try parameters.map { parameter throws(NeuralError) in
        try parameter.tensor.detached().filled(with: 0)
      }
    }
    first = try zeros()
    if case .adamW = optimiser { second = try zeros() } else { second = [] }
    steps = try parameters.map { _ throws(NeuralError) in try Tensor(scalar: Float(0)) }
  }

  /// One step against the gradients, one for each parameter.
  func step(_ gradients: [Tensor], rate: Double) throws(NeuralError) {
    try withoutGradient { () throws(NeuralError) in
      for group in groups {
        let own = group.indices.map { gradients[$0] }
        if regularisation.l1 > 0, group.l2 > 0 || group.parameters.allSatisfy(\.decays) {
          try addSigns(of: group, to: own)
        }
        try apply(own, to: group, rate)
      }
    }
    isFirstStep = false
  }

  private func addSigns(of group: Group, to gradients: [Tensor]) throws(NeuralError) {
    let signs = try Operator.sign.all(
      .tensors(group.parameters.map(\.tensor)), count: group.parameters.count)
    _ = try Operator.addScaled.all(
      .tensors(gradients), .tensors(signs), .number(regularisation.l1), count: 0)
  }

  private func apply(
    _ gradients: [Tensor], to group: Group, _ rate: Double
  ) throws(NeuralError) {
    let parameters = Argument.tensors(group.parameters.map(\.tensor))
    let first = Argument.tensors(group.indices.map { self.first[$0] })
    let steps = group.indices.map { self.steps[$0] }
    switch optimiser {
    case .adamW(let beta1, let beta2, let epsilon):
      for step in steps { try step.fill(step.item() + 1) }
      _ = try Operator.adamW.all(
        parameters, .tensors(gradients), first, .tensors(group.indices.map { second[$0] }),
        .tensors([]), .tensors(steps), .number(rate), .number(beta1), .number(beta2),
        .number(group.l2), .number(epsilon), .bool(false), .bool(false), count: 0)
    case .sgd(let momentum, let nesterov):
      _ = try Operator.sgd.all(
        parameters, .tensors(gradients), first, .number(group.l2), .number(momentum),
        .number(rate), .number(0), .bool(nesterov), .bool(false), .bool(isFirstStep), count: 0)
    case .adagrad(let epsilon):
      for step in steps { try step.fill(step.item() + 1) }
      _ = try Operator.adagrad.all(
        parameters, .tensors(gradients), first, .tensors(steps), .number(rate), .number(0),
        .number(group.l2), .number(epsilon), .bool(false), count: 0)
    }
  }

  /// What a checkpoint must hold beside the parameters.
  var tensors: [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for group in groups {
      for (index, parameter) in zip(group.indices, group.parameters) {
        tensors["first." + parameter.name] = first[index]
        if !second.isEmpty { tensors["second." + parameter.name] = second[index] }
        tensors["steps." + parameter.name] = steps[index]
      }
    }
    return tensors
  }

  /// Takes up where a checkpoint was made.
  ///
  /// - Throws: `.invalidArgument` when a tensor is missing or has another shape.
  func load(_ saved: [String: Tensor]) throws(NeuralError) {
    for (name, tensor) in tensors {
      guard let source = saved[name] else {
        throw NeuralError(.invalidArgument, "no state '\(name)'", operation: "load")
      }
      try tensor.overwrite(with: source)
    }
    isFirstStep = false
  }
}

extension [Tensor] {
  /// Scales these gradients in place so that the length of all together is at most `limit`
  /// (Pascanu et al., 2013).
  ///
  /// - Returns: the length before.
  func clip(toNorm limit: Double) throws(NeuralError) -> Double {
    let norms = try Operator.norms.all(.tensors(self), .integer(2), count: count)
    let norm = try Tensor.stacked(norms).norm().item()
    if norm > limit {
      _ = try Operator.scale.all(.tensors(self), .number(limit / norm), count: 0)
    }
    return norm
  }

  /// Adds others in place.
  func add(_ others: [Tensor], weight: Double) throws(NeuralError) {
    _ = try Operator.addScaled.all(.tensors(self), .tensors(others), .number(weight), count: 0)
  }

  /// Multiplies in place.
  func multiply(by factor: Double) throws(NeuralError) {
    _ = try Operator.scale.all(.tensors(self), .number(factor), count: 0)
  }
}
