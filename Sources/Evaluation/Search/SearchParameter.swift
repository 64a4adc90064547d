internal import Foundation

/// A setting that is searched, and the values it may take.
///
/// Values are texts, as people type them. People write a parameter as `name=0.5..160:log` (a range,
/// here searched by its logarithm), `name=10..500` (whole numbers, as both ends are) or
/// `name=cosine,jaccard` (these values alone).
public struct SearchParameter: Sendable, Equatable, CustomStringConvertible {
  /// What a setting may be.
  public enum Values: Sendable, Equatable {
    /// Any number between two.
    case real(ClosedRange<Double>, isLogarithmic: Bool = false)
    /// Any whole number between two.
    case whole(ClosedRange<Int>, isLogarithmic: Bool = false)
    /// One of these, none nearer to another.
    case choice([String])
  }

  /// The setting.
  public var name: String
  /// Its values.
  public var values: Values

  /// Creates a parameter.
  ///
  /// - Precondition: ranges that are searched by their logarithm begin above 0, choices are not
  ///   empty.
  public init(_ name: String, _ values: Values) {
    switch values {
    case .real(let range, let isLogarithmic):
      precondition(!isLogarithmic || range.lowerBound > 0, "a logarithm needs positive numbers")
    case .whole(let range, let isLogarithmic):
      precondition(!isLogarithmic || range.lowerBound > 0, "a logarithm needs positive numbers")
    case .choice(let words): precondition(!words.isEmpty, "no choice")
    }
    self.name = name
    self.values = values
  }

  /// How many values there are; `nil` where they are without number.
  public var count: Int? {
    switch values {
    case .real(let range, _): range.lowerBound == range.upperBound ? 1 : nil
    case .whole(let range, _): range.count
    case .choice(let words): words.count
    }
  }

  /// The parameter as people write it.
  public var description: String {
    switch values {
    case .real(let range, let isLogarithmic):
      "\(name)=\(range.lowerBound)..\(range.upperBound)" + (isLogarithmic ? ":log" : "")
    case .whole(let range, let isLogarithmic):
      "\(name)=\(range.lowerBound)..\(range.upperBound)" + (isLogarithmic ? ":log" : "")
    case .choice(let words): "\(name)=" + words.joined(separator: ",")
    }
  }
}

/// A text that describes no parameter.
public struct SearchSpaceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong and how it is written.
  public var description: String
}

extension SearchParameter {
  /// Reads what people write.
  ///
  /// - Throws: ``SearchSpaceError``.
  public init(parsing text: String) throws(SearchSpaceError) {
    func wrong(_ what: String) -> SearchSpaceError {
      SearchSpaceError(
        description: "'\(text)' \(what); write name=0.5..160, name=1..500:log or name=a,b,c")
    }
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw wrong("names no setting")
    }
    let name = String(text[..<equals])
    var rest = String(text[text.index(after: equals)...])
    guard let dots = rest.range(of: "..") else {
      let words = rest.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard words.allSatisfy({ !$0.isEmpty }), Set(words).count == words.count else {
        throw wrong("has an empty value, or one twice")
      }
      self.init(name, .choice(words))
      return
    }
    let isLogarithmic = rest.hasSuffix(":log")
    if isLogarithmic { rest.removeLast(4) }
    let (first, last) = (String(rest[..<dots.lowerBound]), String(rest[dots.upperBound...]))
    guard let lower = Double(first), let upper = Double(last), lower.isFinite, upper.isFinite,
      lower <= upper
    else { throw wrong("is no range from a smaller number to a larger one") }
    guard !isLogarithmic || lower > 0 else { throw wrong("has no logarithm at its lower end") }
    if let lower = Int(first), let upper = Int(last) {
      self.init(name, .whole(lower...upper, isLogarithmic: isLogarithmic))
    } else {
      self.init(name, .real(lower...upper, isLogarithmic: isLogarithmic))
    }
  }
}

extension SearchParameter {
  /// The value at a place of `0 ... 1`; places of a choice are equal stretches.
  func text(at place: Double) -> String {
    let place = min(max(place, 0), 1)
    switch values {
    case .real(let range, let isLogarithmic):
      let value = Self.value(at: place, range, isLogarithmic)
      // Four digits are as much as any setting is worth, and read well.
      let rounded = Double(String(format: "%.4g", value)) ?? value
      return "\(min(max(rounded, range.lowerBound), range.upperBound))"
    case .whole(let range, let isLogarithmic):
      let value = Self.value(at: place, Self.cells(range), isLogarithmic)
      return "\(min(max(Int(value.rounded()), range.lowerBound), range.upperBound))"
    case .choice(let words): return words[min(words.count - 1, Int(place * Double(words.count)))]
    }
  }

  /// The place of a value; `nil` for one that is none of the parameter's.
  func place(of text: String) -> Double? {
    switch values {
    case .real(let range, let isLogarithmic):
      guard let value = Double(text), range.contains(value) else { return nil }
      return Self.place(of: value, range, isLogarithmic)
    case .whole(let range, let isLogarithmic):
      guard let value = Int(text), range.contains(value) else { return nil }
      return Self.place(of: Double(value), Self.cells(range), isLogarithmic)
    case .choice(let words):
      return words.firstIndex(of: text).map { (Double($0) + 0.5) / Double(words.count) }
    }
  }

  /// Evenly spread places, as many as there are values where these are fewer.
  func levels(_ wanted: Int) -> [String] {
    if case .choice(let words) = values { return words }
    let steps = min(wanted, count ?? wanted)
    guard steps > 1 else { return [text(at: 0.5)] }
    var seen: Set<String> = []
    return (0..<steps).map { text(at: Double($0) / Double(steps - 1)) }
      .filter { seen.insert($0).inserted }
  }

  /// Every whole number owns the stretch of half a step to both sides.
  private static func cells(_ range: ClosedRange<Int>) -> ClosedRange<Double> {
    Double(range.lowerBound) - 0.5...Double(range.upperBound) + 0.5
  }

  private static func value(
    at place: Double, _ range: ClosedRange<Double>, _ isLogarithmic: Bool
  ) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    return isLogarithmic ? low * pow(high / low, place) : low + (high - low) * place
  }

  private static func place(
    of value: Double, _ range: ClosedRange<Double>, _ isLogarithmic: Bool
  ) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    guard low < high else { return 0.5 }
    return isLogarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
  }
}
