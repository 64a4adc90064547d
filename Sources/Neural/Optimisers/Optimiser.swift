import CTorch

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
}

/// What one batch of a step has to say.
struct WeightedGradients {
  /// The batch's share in its step; those of all batches add up to 1.
  let weight: Double
  /// By each parameter, to be added up; `.bfloat16` where it was met as a copy. `[parameters][0…2]`
  let gradients: [[Tensor]]
}

/// An ``Optimiser`` at work on parameters: its moments, and the step.
final class OptimiserState {
  /// Parameters that one thread looks after and that decay alike.
  private struct Group {
    let parameters: [Parameter]
    let l2: Double
    let indices: [Int]
  }

  private let optimiser: Optimiser
  private let regularisation: Regularisation
  /// What each thread looks after: `[threads][at most 2]`.
  private let shares: [[Group]]
  /// First and second moments, or the one that the optimiser has, beside each parameter.
  private let first: [Tensor], second: [Tensor]
  private let steps: [Tensor]
  /// The mean gradients of the current step, beside each parameter.
  private let gradients: [Tensor]
  private var isFirstStep = true

  /// - Parameter threads: on how many threads a step is computed.
  init(
    _ optimiser: Optimiser, _ parameters: [Parameter], _ regularisation: Regularisation,
    threads: Int
  ) throws(NeuralError) {
    (self.optimiser, self.regularisation) = (optimiser, regularisation)
    shares = Self.shared(parameters, threads).map { share in
      [true, false].compactMap { decays in
        let indices = share.filter { parameters[$0].decays == decays }
        return indices.isEmpty
          ? nil
          : Group(
            parameters: indices.map { parameters[$0] }, l2: decays ? regularisation.l2 : 0,
            indices: indices)
      }
    }
    func zeros() throws(NeuralError) -> [Tensor] {
      try parameters.map { parameter throws(NeuralError) in
        try parameter.tensor.detached().filled(with: 0)
      }
    }
    gradients = try zeros().map { zero throws(NeuralError) in try zero.contiguous() }
    first = try zeros()
    if case .adamW = optimiser { second = try zeros() } else { second = [] }
    steps = try parameters.map { _ throws(NeuralError) in try Tensor(scalar: Float(0)) }
  }

  /// The numbers of the parameters, shared out so that each thread has about as many elements.
  private static func shared(_ parameters: [Parameter], _ threads: Int) -> [[Int]] {
    let sizes = parameters.map { $0.tensor.shape.reduce(1, *) }
    var shares = [[Int]](repeating: [], count: max(1, threads))
    var loads = shares.map { _ in 0 }
    for index in sizes.indices.sorted(by: { (sizes[$0], $1) > (sizes[$1], $0) }) {
      let least = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
      shares[least].append(index)
      loads[least] += sizes[index]
    }
    return shares.map { $0.sorted() }
  }

  /// One step against the weighted mean of the gradients that the batches of a step have.
  ///
  /// - Parameters:
  ///   - parts: what each batch has to say; weights that add up to 1.
  ///   - limit: the greatest length of the mean gradients together (Pascanu et al., 2013).
  ///   - copies: renewed.
  func step(
    _ parts: [WeightedGradients], limit: Double?, rate: Double, copies: HalfCopies? = nil
  ) throws {
    // A single batch has had operators on all threads, whose team would spin beside ours.
    let shares = parts.count > 1 ? self.shares : [Array(self.shares.joined())]
    let squares = try ComputeThreads.sideBySide(shares.count) { share in
      try shares[share].flatMap(\.indices).reduce(0) { try $0 + sum(of: parts, at: $1) }
    }
    let length = squares.reduce(0, +).squareRoot()
    let factor = limit.map { length > $0 ? $0 / length : 1 } ?? 1
    _ = try ComputeThreads.sideBySide(shares.count) { share in
      try withoutGradient { () throws(NeuralError) in
        for group in shares[share] {
          let own = group.indices.map { gradients[$0] }
          if factor < 1 { _ = try Operator.scale.all(.tensors(own), .number(factor), count: 0) }
          if regularisation.l1 > 0, group.l2 > 0 || group.parameters.allSatisfy(\.decays) {
            try addSigns(of: group, to: own)
          }
          try apply(own, to: group, rate)
          for parameter in group.parameters { try copies?.renew(parameter.tensor) }
        }
      }
    }
    isFirstStep = false
  }

  /// Leaves the mean of the gradients of one parameter in ``gradients``, always added up in the
  /// order of the batches.
  ///
  /// - Returns: the sum of its squares.
  private func sum(of parts: [WeightedGradients], at index: Int) throws(NeuralError) -> Double {
    let terms = parts.flatMap { part in part.gradients[index].map { ($0, part.weight) } }
    let handles: [OpaquePointer?] = terms.map(\.0.handle)
    var squares = 0.0
    let status = withExtendedLifetime(terms) {
      ctorch_weighted_sum(
        gradients[index].handle, handles, terms.map(\.1), terms.count, &squares)
    }
    try check(status, "weightedSum", [gradients[index].shape])
    return squares
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
      // Without momentum the operator takes no moments.
      _ = try Operator.sgd.all(
        parameters, .tensors(gradients), momentum == 0 ? .tensors([]) : first, .number(group.l2),
        .number(momentum),
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
    for group in shares.joined() {
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
