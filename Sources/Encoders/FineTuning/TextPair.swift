/// Two texts and how well the second answers the first.
public struct TextPair: Hashable, Sendable {
  /// What is asked: a query, or a product's text.
  public var left: String
  /// What is found: a product's text.
  public var right: String
  /// Larger is better; the least that a file holds means that they have nothing to do with each
  /// other. Pairs that are all alike in it are all right answers.
  public var relevance: Float

  /// Creates a pair.
  public init(_ left: String, _ right: String, relevance: Float = 1) {
    (self.left, self.right, self.relevance) = (left, right, relevance)
  }

  /// A labelled pair of products, all values of each joined.
  public init(_ pair: MatchPair) {
    self.init(pair.left.text, pair.right.text, relevance: pair.isMatch == true ? 1 : 0)
  }
}
