/// Something with parameters that training may change.
///
/// A model is a tree of layers. Each names its own parameters and passes its parts a longer prefix,
/// so that a checkpoint's names read like the code: `blocks.0.attention.projection.weight`.
///
/// ```swift
/// final class Classifier: Layer {
///   let hidden: Linear, output: Linear
///   func visit(_ visitor: inout ParameterVisitor) {
///     visitor.visit(hidden, "hidden")
///     visitor.visit(output, "output")
///   }
/// }
/// ```
public protocol Layer: AnyObject {
  /// Shows every parameter to the visitor, always in the same order.
  func visit(_ visitor: inout ParameterVisitor)
}

/// Collects the parameters of a tree of layers with their names.
public struct ParameterVisitor {
  private(set) var found: [Parameter] = []
  private var prefix = ""

  /// A part under its name.
  public mutating func visit(_ layer: some Layer, _ name: String) {
    let outer = prefix
    prefix += name + "."
    layer.visit(&self)
    prefix = outer
  }

  /// Parts of one kind, numbered.
  public mutating func visit(_ layers: [some Layer], _ name: String) {
    for (index, layer) in layers.enumerated() { visit(layer, "\(name).\(index)") }
  }

  /// A parameter of the layer itself.
  ///
  /// - Parameter decays: whether weight decay applies; biases and norms are left alone.
  public mutating func visit(_ tensor: Tensor?, _ name: String, decays: Bool = true) {
    if let tensor { found.append(Parameter(name: prefix + name, tensor: tensor, decays: decays)) }
  }
}

/// A tensor that training may change in place.
public struct Parameter {
  /// Where it is in the tree of layers, such as `blocks.0.expansion.weight`.
  public let name: String
  /// Its elements.
  public let tensor: Tensor
  /// Whether weight decay applies to it.
  public let decays: Bool

  /// Names a tensor as a parameter.
  public init(name: String, tensor: Tensor, decays: Bool = true) {
    (self.name, self.tensor, self.decays) = (name, tensor, decays)
  }
}

extension Layer {
  /// All parameters of this layer and its parts, frozen ones included, in a fixed order.
  public var parameters: [Parameter] {
    var visitor = ParameterVisitor()
    visit(&visitor)
    return visitor.found
  }

  /// Leaves this layer and its parts out of training, or takes them back in.
  public func freeze(_ isFrozen: Bool = true) throws(NeuralError) {
    for parameter in parameters { try parameter.tensor.requiringGrad(!isFrozen) }
  }

  /// Copies the elements of tensors with the parameters' names over the parameters.
  ///
  /// - Throws: `.invalidArgument` for a missing name or another shape, before anything changes.
  public func load(_ tensors: [String: Tensor]) throws(NeuralError) {
    let pairs = try parameters.map { parameter throws(NeuralError) in
      guard let source = tensors[parameter.name], source.shape == parameter.tensor.shape else {
        throw NeuralError(
          .invalidArgument, "no tensor '\(parameter.name)' of shape \(parameter.tensor.shape)",
          operation: "load", shapes: tensors[parameter.name].map { [$0.shape] } ?? [])
      }
      return (parameter.tensor, source)
    }
    try withoutGradient { () throws(NeuralError) in
      for (target, source) in pairs { try target.overwrite(with: source) }
    }
  }
}

/// What a pass through a model is for: inference, or training with its random choices.
///
/// Randomness is a function of the seed and of the place where it is needed; a pass repeated with
/// the same seed makes the same choices, so a checkpoint needs no generator's state.
public final class Pass {
  private let seed: UInt64?
  private var draws: UInt64 = 0

  private init(seed: UInt64?) { self.seed = seed }

  /// A pass without randomness.
  public static var inference: Pass { Pass(seed: nil) }

  /// A pass whose random choices follow from `seed`.
  public static func training(seed: UInt64) -> Pass { Pass(seed: seed) }

  /// Whether dropout and the like take place.
  public var isTraining: Bool { seed != nil }

  /// A seed for the next random choice of a training pass.
  public func nextSeed() -> UInt64 {
    draws += 1
    return Seeds.combined(seed ?? 0, draws)
  }

  /// Dropout in training, nothing in inference.
  public func dropout(_ x: Tensor, _ probability: Double) throws(NeuralError) -> Tensor {
    guard isTraining, probability > 0 else { return x }
    return try x.dropout(probability, seed: nextSeed())
  }
}

/// Seeds that follow from other seeds.
public enum Seeds {
  /// A seed for part `index` of whatever `seed` stands for (the finaliser of SplitMix64, Steele et
  /// al., 2014).
  public static func combined(_ seed: UInt64, _ index: UInt64) -> UInt64 {
    var z = seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// SplitMix64 (Steele, Lea & Flood, 2014): the numbers that ``Seeds`` makes of one seed, in order.
package struct SplitMix: RandomNumberGenerator, Sendable {
  private var seed: UInt64
  private var index: UInt64 = 0

  /// Starts at `seed`.
  package init(_ seed: UInt64) { self.seed = seed }

  /// 64 random bits.
  package mutating func next() -> UInt64 {
    defer { index &+= 1 }
    return Seeds.combined(seed, index)
  }
}
