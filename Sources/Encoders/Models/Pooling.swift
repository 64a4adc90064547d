/// How the states of a text's tokens become one vector.
public enum Pooling: String, Hashable, Sendable, CaseIterable {
  /// The average over all tokens, special ones included.
  case mean
  /// The first token's state (`[CLS]`, `<s>`).
  case first
  /// The largest value of each dimension.
  case maximum
  /// The sum over all tokens divided by the square root of their number.
  case meanSquareRoot = "mean_sqrt_len"
}
