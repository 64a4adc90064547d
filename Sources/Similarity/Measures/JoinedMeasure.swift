public import AkinCatalogue

/// Several measures of two products in one, weighted, with an account of what each contributed.
///
/// ```swift
/// let measure = try JoinedMeasure([
///   .init("title", weight: 3) { words.cosine(segment($0.title), segment($1.title)) },
///   .init(.brand, weight: 1), .init(.price(), weight: 1), .init(.size(), weight: 2),
/// ])
/// let account = measure.account(kettle, toaster)
/// ```
///
/// The score is Σ weight · value / Σ weight over the parts that have a value: a price that nobody
/// knows does not make two products less alike. Parts in 0 … 1 give a score in 0 … 1.
public struct JoinedMeasure: Sendable {
  /// One measure and what it weighs.
  public struct Part: Sendable {
    /// What it compares, for the account.
    public let name: String
    /// At least 0.
    public let weight: Double
    /// `nil` where one of the products does not say.
    public let value: @Sendable (Product, Product) -> Double?

    /// A measure of your own.
    public init(
      _ name: String, weight: Double, value: @escaping @Sendable (Product, Product) -> Double?
    ) {
      (self.name, self.weight, self.value) = (name, weight, value)
    }

    /// A measure of an attribute.
    public init(_ measure: AttributeMeasure, weight: Double) {
      self.init(measure.name, weight: weight) { measure.value($0, $1) }
    }
  }

  /// What the parts came to; the contributions add up to the score.
  public struct Account: Sendable, Equatable {
    /// One part of the account.
    public struct Line: Sendable, Equatable {
      /// What was compared.
      public let name: String
      /// The measure's value, `nil` where one of the products does not say.
      public let value: Double?
      /// What it adds to the score.
      public let contribution: Double
    }

    /// The weighted mean; 0 where no part has a value.
    public let score: Double
    /// In the order of the measure's parts.
    public let lines: [Line]
  }

  /// What is joined.
  public let parts: [Part]

  /// - Throws: ``MeasureError/unusableWeight(part:)``.
  public init(_ parts: [Part]) throws(MeasureError) {
    if let part = parts.first(where: { !($0.weight >= 0 && $0.weight.isFinite) }) {
      throw .unusableWeight(part: part.name)
    }
    self.parts = parts
  }

  /// The score and how it came about. The time of the parts.
  public func account(_ a: Product, _ b: Product) -> Account {
    let values = parts.map { $0.value(a, b) }
    let total = zip(parts, values).reduce(0.0) { $0 + ($1.1 == nil ? 0 : $1.0.weight) }
    let lines = zip(parts, values).map { part, value in
      Account.Line(
        name: part.name, value: value,
        contribution: total > 0 ? part.weight * (value ?? 0) / total : 0)
    }
    return Account(score: lines.reduce(0) { $0 + $1.contribution }, lines: lines)
  }
}
