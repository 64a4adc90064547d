extension Operator {
  fileprivate static let binary = Operator("aten::binary_cross_entropy_with_logits")
  fileprivate static let l1 = Operator("aten::l1_loss")
  fileprivate static let mse = Operator("aten::mse_loss")
  fileprivate static let triplet = Operator("aten::triplet_margin_loss")
}

/// Losses: each the mean over the batch, a tensor of one element to call
/// ``Tensor/backward(gradient:keepGraph:)`` on. The cross-entropy over classes is
/// ``Tensor/crossEntropy(_:labelSmoothing:ignoring:)``, that over the rows of a long table
/// ``Tensor/softmaxLoss(table:targets:bias:inHalf:)``.
public enum Loss {
  /// `−y log σ(x) − (1 − y) log(1 − σ(x))` of scores `x` and labels `y` in `0 ... 1` of one shape.
  ///
  /// - Parameter positiveWeight: what a positive label weighs against a negative one.
  public static func binary(
    _ scores: Tensor, labels: Tensor, positiveWeight: Tensor? = nil
  ) throws(NeuralError) -> Tensor {
    try Operator.binary(.tensor(scores), .tensor(labels), .none, .optional(positiveWeight))
  }

  /// InfoNCE: each query is to find its own key among all keys, by the cosine.
  ///
  /// `−log exp(cos(qᵢ, kᵢ) / τ) / Σⱼ exp(cos(qᵢ, kⱼ) / τ)` (van den Oord et al., 2018). Keys of
  /// other queries are the in-batch negatives; rows of `keys` after the first n are further, mined
  /// ones that every query sees.
  ///
  /// - Parameters:
  ///   - queries: `[n, d]`
  ///   - keys: `[n + negatives, d]`
  ///   - temperature: τ; small values look at the hardest negatives.
  ///   - ignored: `[n, n + negatives]`, `.bool`, true where a key is no negative after all, such as
  ///     another copy of the query's own.
  public static func infoNCE(
    _ queries: Tensor, _ keys: Tensor, temperature: Double = 0.05, ignoring ignored: Tensor? = nil
  ) throws(NeuralError) -> Tensor {
    let cosines = try queries.normalized().matmul(keys.normalized().transpose(0, 1))
    var scores = try cosines / temperature
    if let ignored { scores = try scores.maskedFill(ignored, -1e9) }
    return try scores.crossEntropy(Tensor.range(0..<queries.size(0)))
  }

  /// `max(‖a − p‖ − ‖a − n‖ + margin, 0)` (Schroff et al., *FaceNet*, 2015); all `[n, d]`.
  public static func triplet(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: Double = 1
  ) throws(NeuralError) -> Tensor {
    try Operator.triplet(
      .tensor(anchor), .tensor(positive), .tensor(negative), .number(margin))
  }

  /// `max(0, margin − better + worse)`: scores of one shape, of which the one is to be larger.
  public static func margin(
    better: Tensor, worse: Tensor, margin: Double = 1
  ) throws(NeuralError) -> Tensor {
    try (worse - better + margin).relu().mean()
  }

  /// Contrastive loss of pairs at distance D (Hadsell et al., 2006): `D²` for those alike,
  /// `max(0, margin − D)²` for the others.
  ///
  /// - Parameters:
  ///   - distances: `[n]`, not negative.
  ///   - alike: `[n]`, 1 for alike and 0 for not.
  public static func contrastive(
    distances: Tensor, alike: Tensor, margin: Double = 1
  ) throws(NeuralError) -> Tensor {
    let near = try alike * distances * distances
    let apart = try (-distances + margin).relu().power(2)
    return try (near + (-alike + 1) * apart).mean()
  }

  /// `|x − y|`
  public static func meanAbsolute(_ x: Tensor, _ y: Tensor) throws(NeuralError) -> Tensor {
    try Operator.l1(.tensor(x), .tensor(y))
  }

  /// `(x − y)²`
  public static func meanSquared(_ x: Tensor, _ y: Tensor) throws(NeuralError) -> Tensor {
    try Operator.mse(.tensor(x), .tensor(y))
  }
}
