/// What stops a live index. Messages name places, never a customer's identifiers or values.
public enum IndexError: Error, Equatable, CustomStringConvertible {
  /// A vector of another length than the index has.
  case dimensionMismatch(Place, expected: Int, found: Int)
  /// A vector with a NaN or an infinity.
  case notFinite(Place)
  /// A vector of length 0 (or too short for float32 to scale) in an index by cosine.
  case zeroVector(Place)
  /// Something beyond ``IndexLimits``.
  case limit(Place, what: String, limit: Int)
  /// An attribute that is NaN or infinite.
  case notANumber(Place)
  /// A segment's bytes that contradict themselves.
  case damaged(section: String, offset: Int, reason: String)
  /// A segment written by a later version.
  case tooNew(format: UInt32)
  /// Segments of another dimension or measure than the index.
  case foreignSegment(reason: String)
  /// A rewrite whose sources are no longer in the index: it was installed before, or the index is
  /// another one.
  case staleRewrite

  /// Where in the caller's input.
  public enum Place: Sendable, Equatable, CustomStringConvertible {
    /// The n-th change given to ``VectorIndex/apply(_:)``, from 0.
    case change(Int)
    /// The n-th query of a batch, from 0.
    case query(Int)

    /// `change 3`.
    public var description: String {
      switch self {
      case .change(let index): "change \(index)"
      case .query(let index): "query \(index)"
      }
    }
  }

  /// What happened, where, and what to do.
  public var description: String {
    switch self {
    case .dimensionMismatch(let place, let expected, let found):
      "\(place): the vector has \(found) components, the index has \(expected);"
        + " both must come from the same model"
    case .notFinite(let place):
      "\(place): the vector holds a NaN or an infinity; encode it again"
    case .zeroVector(let place):
      "\(place): the vector has no direction, its length is 0; leave it out of a cosine index"
    case .limit(let place, let what, let limit):
      "\(place): \(what) beyond the limit of \(limit); shorten it"
    case .notANumber(let place):
      "\(place): a numeric attribute is NaN or infinite; leave the attribute out"
    case .damaged(let section, let offset, let reason):
      "section \(section), byte \(offset): \(reason); restore the segment from a snapshot"
    case .tooNew(let format):
      "the segment has format \(format), this version reads up to \(IndexSegment.format);"
        + " update Akin"
    case .foreignSegment(let reason): "the segment belongs to another index: \(reason)"
    case .staleRewrite: "the rewrite's sources are not in the index any more; begin a new one"
    }
  }
}
