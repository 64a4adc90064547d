/// What each kind of term counts in a ``WordSpace``, before its rarity.
public struct TermWeights: Sendable, Equatable, Codable {
  /// Words of letters, stemmed.
  public var word: Float = 1
  /// Numbers without a unit.
  public var number: Float = 1
  /// Model numbers and other pieces of letters and digits, joined.
  public var compound: Float = 1
  /// Their pieces.
  public var part: Float = 1
  /// A word joined with the number after it.
  public var adjacent: Float = 0.5
  /// Dictionary words of scripts without blanks.
  public var dictionaryWord: Float = 1
  /// Two neighbouring characters.
  public var bigram: Float = 0.7
  /// Two neighbouring characters of different words.
  public var crossing: Float = 0.3
  /// One character.
  public var character: Float = 0.3
  /// The factor of terms inside a number with a unit, which the quantity stands for.
  public var measured: Float = 0.3
  /// A quantity in its base unit.
  public var quantity: Float = 1
  /// The brand, under all of its names.
  public var brand: Float = 0
  /// The power of a term's rarity.
  public var rarity: Float = 1.5

  /// The weights that `docs/benchmarks/alike.md` says how were chosen.
  public init() {}
}
