public import AkinCatalogue
public import AkinEvaluation

extension RecommenderName {
  /// The settings that are worth a search, and between which values, for `interactions`.
  ///
  /// Empty where there is nothing to search.
  public func searchSpace(for interactions: Interactions) -> [SearchParameter] {
    switch self {
    case .popularity:
      interactions.times == nil ? [] : [Self.range("halfLife", 3_600...31_536_000.0, log: true)]
    case .habit:
      (interactions.times == nil
        ? [] : [Self.range("halfLife", 86_400...157_680_000.0, log: true)])
        + [Self.range("smoothing", 0.5...200, log: true)]
    case .itemKNN:
      [
        // A weighting goes with the cosine alone.
        Self.range("k", 5...1_000), Self.choice("weighting", "none", "tf-idf", "bm25"),
        Self.range("shrinkage", 0.0...100),
      ]
    case .userKNN:
      [
        Self.range("k", 10...2_000), Self.choice("similarity", "cosine", "jaccard", "pearson"),
        Self.range("shrinkage", 0.0...50),
      ]
    case .ease: [Self.range("regularisation", 0.2...300, log: true)] + Self.exponents
    case .graphFilter:
      [
        Self.range("rank", 16...Self.most(512, interactions.itemCount / 4, least: 32)),
        Self.range("saturation", 0.0...20), Self.range("idealWeight", 0.0...0.5),
        Self.range("userExponent", 0.0...0.6), Self.range("itemExponent", 0.0...0.7),
        Self.range("outputExponent", 0.0...0.7),
      ]
    case .ials:
      [
        Self.range("factors", 16...Self.most(256, interactions.itemCount, least: 32)),
        Self.range("alpha", 0.5...200, log: true),
        Self.range("regularisation", 0.5...500, log: true),
        Self.range("regularisationExponent", 0.0...1), Self.range("iterations", 4...24),
      ]
    case .slim:
      [
        Self.range("ridge", 1...300.0, log: true), Self.range("lasso", 0.05...20, log: true),
        Self.range("candidates", 30...300),
      ]
    case .bpr:
      [
        Self.range("factors", 16...128), Self.range("learningRate", 0.005...0.3, log: true),
        Self.range("regularisation", 1e-4...0.05, log: true), Self.range("epochs", 20...150),
      ]
    case .lightGCN:
      [
        Self.range("factors", 16...128), Self.choice("layers", "1", "2", "3", "4"),
        Self.range("learningRate", 0.002...0.05, log: true),
        Self.range("regularisation", 1e-6...1e-2, log: true), Self.range("epochs", 10...100),
      ]
    case .neuMF:
      [
        Self.range("factors", 16...128), Self.choice("layers", "0", "1", "2", "3"),
        Self.range("dropout", 0.0...0.6), Self.choice("objective", "softmax", "logistic"),
        Self.range("negatives", 4...32), Self.range("learningRate", 5e-4...0.02, log: true),
        Self.range("regularisation", 1e-4...1, log: true), Self.range("epochs", 5...40),
      ]
    case .item2Vec:
      [
        Self.choice("objective", "skip-gram", "cbow"), Self.range("factors", 32...200),
        Self.range("window", 2...64), Self.range("negatives", 3...30),
        Self.range("negativeExponent", -0.5...1.0),
        Self.range("subsampling", 1e-5...0.1, log: true),
        Self.range("learningRate", 0.01...0.2, log: true), Self.range("epochs", 5...100),
        Self.choice("comparison", "cosine", "context"), Self.range("popularity", 0.0...1.0),
      ]
    }
  }

  private static let exponents = [
    choice("diagonalExponent", "0", "0.5", "1"), range("userExponent", 0.0...0.7),
    range("itemExponent", 0.0...0.7), range("outputExponent", 0.0...0.7),
  ]

  /// `bound`, or less where there are fewer items.
  private static func most(_ bound: Int, _ items: Int, least: Int) -> Int {
    max(least, min(bound, items))
  }

  private static func range(_ name: String, _ range: ClosedRange<Double>, log: Bool = false)
    -> SearchParameter
  {
    SearchParameter(name, .real(range, isLogarithmic: log))
  }

  /// Sizes matter by their ratio.
  private static func range(_ name: String, _ range: ClosedRange<Int>) -> SearchParameter {
    SearchParameter(name, .whole(range, isLogarithmic: true))
  }

  private static func choice(_ name: String, _ words: String...) -> SearchParameter {
    SearchParameter(name, .choice(words))
  }
}
