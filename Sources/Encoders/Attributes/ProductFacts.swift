public import AkinCatalogue

/// What a product's texts and fields say of it, typed: the evidence for and against "the same".
///
/// Names are folded (case, width, accents, traditional Chinese), quantities stand in base units, so
/// that facts of two products compare without regard to who wrote them, or in which language.
public struct ProductFacts: Sendable, Equatable {
  /// One of a row of products that are told apart by a number: `iphone` 12, `s` 21, `cs` 3.
  public struct Series: Sendable, Hashable {
    /// The word before the number.
    public var name: String
    /// The number.
    public var number: Double

    /// Creates a member of a series.
    public init(name: String, number: Double) {
      self.name = name
      self.number = number
    }
  }

  /// The key of the brand in ``BrandLexicon``, from the brand field or else the title.
  public var brand: String?
  /// Whether ``brand`` was read in the title.
  public var isBrandGuessed = false
  /// Model and part numbers, joined: `wh1000xm4`, `kgn34vw20g`, ascending.
  public var models: [String] = []
  /// Words joined with the number after them, as some shops write model numbers: `iphone12`.
  public var joined: [String] = []
  /// Words with the numbers that follow them.
  public var series: [Series] = []
  /// Numbers of the title without a unit, ascending.
  public var numbers: [Double] = []
  /// Years from 1980 to 2039, ascending.
  public var years: [Double] = []
  /// Sizes, capacities, weights, packs of title and fields.
  public var quantities: [Quantity] = []
  /// Quantities that only the description mentions: they may agree, never contradict.
  public var mentioned: [Quantity] = []
  /// Colours of title and fields.
  public var colours: Colours = []
  /// What the title says the product is made for (`for iPhone 12`, `适用苹果12`), folded.
  public var target: String?
  /// The price that is paid now.
  public var price: Price?
  /// The global trade item number.
  public var barcode: String?
  /// The group of variants it belongs to.
  public var group: String?
  /// The first category path, folded, widest first.
  public var category: [String] = []
  /// Other attributes: folded name, folded values, ascending by name.
  public var named: [NamedValues] = []

  /// The values of one attribute; shops repeat names.
  public struct NamedValues: Sendable, Hashable {
    /// The folded name.
    public var name: String
    /// The folded values, ascending.
    public var values: [String]
  }

  /// No facts.
  public init() {}
}
