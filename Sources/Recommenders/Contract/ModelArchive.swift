internal import AkinNeural
public import Foundation

/// A model's parts, and their safetensors file.
///
/// Files appear complete or not at all. The same model gives the same bytes.
public struct ModelArchive: Sendable, Equatable {
  /// The model's ``Recommender/kind``.
  public var kind: String
  /// Settings and sizes.
  public var notes: [String: String] = [:]
  /// Arrays of ordinals.
  public var integers: [String: [Int32]] = [:]
  /// Arrays of numbers, row-major.
  public var floats: [String: [Float]] = [:]

  /// An archive without parts.
  public init(kind: String) { self.kind = kind }

  /// Writes the file, all or nothing.
  ///
  /// - Throws: `SafetensorsError` `cannotWrite`.
  public func write(to url: URL) throws {
    var tensors: [String: Tensor] = [:]
    for (name, values) in integers { tensors[name] = try Tensor(values) }
    for (name, values) in floats { tensors[name] = try Tensor(values) }
    var metadata = notes
    metadata["kind"] = kind
    try SafetensorsFile.write(tensors, metadata: metadata, to: url.path)
  }

  /// Reads a file.
  ///
  /// - Throws: `SafetensorsError`; ``RecommenderError`` `damaged` for a file of something else.
  public init(contentsOf url: URL) throws {
    let file = try SafetensorsFile(path: url.path)
    guard let kind = file.metadata["kind"] else {
      throw RecommenderError(.damaged, "\(url.path): is no recommender; train it again")
    }
    self.init(kind: kind)
    notes = file.metadata
    notes["kind"] = nil
    for entry in file.entries {
      let tensor = try file.tensor(entry.name)
      switch entry.dtype {
      case .int32: integers[entry.name] = try tensor.elements(as: Int32.self)
      case .float32: floats[entry.name] = try tensor.floats()
      default:
        throw RecommenderError(.damaged, "\(url.path): '\(entry.name)' is of an unknown type")
      }
    }
  }

  /// Ordinals by name, each in `0 ..< bound` where that is given.
  ///
  /// - Throws: ``RecommenderError`` `damaged`.
  public func ordinals(_ name: String, below bound: Int? = nil) throws(RecommenderError)
    -> [Int32]
  {
    guard let values = integers[name] else { throw damaged("has no '\(name)'") }
    if let bound, !values.allSatisfy({ (0..<bound).contains(Int($0)) }) {
      throw damaged("'\(name)' holds a number out of range")
    }
    return values
  }

  /// Numbers by name, all finite, `count` of them where that is given.
  ///
  /// - Throws: ``RecommenderError`` `damaged`.
  public func numbers(_ name: String, count: Int? = nil) throws(RecommenderError) -> [Float] {
    guard let values = floats[name] else { throw damaged("has no '\(name)'") }
    if let count, values.count != count {
      throw damaged("'\(name)' holds \(values.count) numbers, not \(count)")
    }
    guard values.allSatisfy(\.isFinite) else { throw damaged("'\(name)' is not finite") }
    return values
  }

  /// A whole number of the notes, at least 0.
  ///
  /// - Throws: ``RecommenderError`` `damaged`.
  public func whole(_ name: String) throws(RecommenderError) -> Int {
    guard let value = notes[name].flatMap({ Int($0) }), value >= 0 else {
      throw damaged("has no whole number '\(name)'")
    }
    return value
  }

  /// A real number of the notes.
  ///
  /// - Throws: ``RecommenderError`` `damaged`.
  public func real(_ name: String) throws(RecommenderError) -> Float {
    guard let value = notes[name].flatMap({ Float($0) }), value.isFinite else {
      throw damaged("has no number '\(name)'")
    }
    return value
  }

  /// The error for parts that do not fit together.
  public func damaged(_ what: String) -> RecommenderError {
    RecommenderError(.damaged, "the model '\(kind)' \(what); train it again")
  }
}
