/// What the live index holds: a vector under an identifier, with typed attributes to filter by.
public struct IndexItem: Sendable, Equatable {
  /// The key. Putting another item of the same identifier replaces this one.
  public var id: String
  /// `[dimension]` finite components, of any length (an index by cosine scales them to 1 itself).
  public var vector: [Float]
  /// What filters look at, by name.
  public var attributes: [String: IndexAttribute]

  /// Creates an item; it is checked when it is applied to an index.
  public init(id: String, vector: [Float], attributes: [String: IndexAttribute] = [:]) {
    self.id = id
    self.vector = vector
    self.attributes = attributes
  }
}

/// A typed property of an item. Items may hold different types under one name; a filter sees only
/// those of the type it asks for.
public enum IndexAttribute: Sendable, Hashable {
  /// One value: a brand, a colour.
  case text(String)
  /// Several values: a set of tags, or a path from the root (`["Home", "Kitchen", "Kettles"]`).
  /// Their order is kept.
  case texts([String])
  /// A finite number: a price, a size in its base unit.
  case number(Double)
  /// In stock or not.
  case flag(Bool)
}

/// One change to a live index.
public enum IndexChange: Sendable, Equatable {
  /// Adds the item, or replaces that of the same identifier as a whole.
  case put(IndexItem)
  /// Removes the item of this identifier; nothing happens where there is none.
  case delete(String)
}

/// What makes one vector near another.
public enum IndexMeasure: UInt32, Sendable, Hashable, CaseIterable {
  /// The inner product of vectors scaled to length 1, in `-1 ... 1`.
  case cosine = 0
  /// The inner product as it is.
  case innerProduct = 1
}

/// What an index accepts: beyond it an error, so that one broken feed cannot fill the memory.
public enum IndexLimits {
  /// Components of a vector.
  public static let dimension = 16_384
  /// Bytes of UTF-8 of an identifier, which has at least one.
  public static let identifierBytes = 1_024
  /// Bytes of UTF-8 of an attribute's name or of one text.
  public static let textBytes = 65_536
  /// Attributes of an item, and texts of an attribute.
  public static let attributes = 1_024
  /// Rows of a segment.
  public static let segmentRows = Int(Int32.max) - 64
}
