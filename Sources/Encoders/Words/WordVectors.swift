import AkinNeural
import AkinText
public import Foundation

/// Vectors of words by the company they keep in a shop's texts.
///
/// ```swift
/// let vectors = try WordTraining().fit(titles)
/// try vectors.like("手机", count: 5)   // 智能手机 0.81, 华为 0.74 …
/// ```
public struct WordVectors: Sendable, Equatable {
  /// A word that is like another.
  public struct Likeness: Sendable, Equatable, Codable {
    /// The word, folded.
    public var word: String
    /// The cosine, -1 ... 1.
    public var cosine: Float
    /// How often it stands in the texts.
    public var count: Int
  }

  /// The words, most frequent first.
  public let words: [String]
  /// How often each stands in the texts.
  public let counts: [Int]
  /// `[words, dimension]`
  public let rows: VectorRows
  /// The settings they were learned with.
  public let training: WordTraining
  private let places: [String: Int]

  init(words: [String], counts: [Int], rows: VectorRows, training: WordTraining) {
    (self.words, self.counts, self.rows, self.training) = (words, counts, rows, training)
    places = Dictionary(uniqueKeysWithValues: zip(words, words.indices))
  }

  /// The vector of a folded word; `nil` for one that is not known.
  public func vector(of word: String) -> ArraySlice<Float>? { places[word].map { rows[$0] } }

  /// The words nearest to the mean direction of those in `text`, best first, without those
  /// themselves; `nil` where none of them is known. O(words · dimension).
  public func like(_ text: String, count: Int) throws -> [Likeness]? {
    let asked = try WordReader.words(of: [text])[0].compactMap { places[$0] }
    guard !asked.isEmpty else { return nil }
    let lengths = (0..<rows.count).map { row in
      rows[row].reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
    }
    var mean = [Float](repeating: 0, count: rows.dimension)
    for row in asked where lengths[row] > 0 {
      for (column, value) in rows[row].enumerated() { mean[column] += value / lengths[row] }
    }
    let length = max(mean.reduce(0) { $0 + $1 * $1 }.squareRoot(), .leastNormalMagnitude)
    let known = Set(asked)
    let cosines = (0..<rows.count).map { row -> Float in
      guard lengths[row] > 0 else { return 0 }
      return zip(rows[row], mean).reduce(0) { $0 + $1.0 * $1.1 } / (lengths[row] * length)
    }
    return cosines.indices.filter { !known.contains($0) }
      .sorted { (-cosines[$0], $0) < (-cosines[$1], $1) }
      .prefix(count).map {
        Likeness(word: words[$0], cosine: cosines[$0], count: counts[$0])
      }
  }

  // MARK: Files

  private struct Stored: Codable {
    var training: WordTraining
    var words: [String]
    var counts: [Int]
  }

  private static let cardName = "words.json"
  private static let weightsName = "words.safetensors"

  /// Writes the vectors into a folder, which is made if it is not there; the list of words comes
  /// last.
  ///
  /// - Throws: ``EncoderError`` `.writeFailed`.
  public func save(to folder: URL) throws(EncoderError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try SafetensorsFile.write(
        ["vectors": Tensor(rows.values, shape: [rows.count, rows.dimension])],
        to: folder.appending(path: Self.weightsName).path(percentEncoded: false))
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      try encoder.encode(Stored(training: training, words: words, counts: counts))
        .write(to: folder.appending(path: Self.cardName), options: .atomic)
    } catch {
      throw EncoderError(
        .writeFailed, "The vectors cannot be written: is there room on the disk?",
        path: folder.path(percentEncoded: false))
    }
  }

  /// Reads the folder that ``save(to:)`` wrote.
  ///
  /// - Throws: ``EncoderError`` that names the file and the field.
  public init(folder: URL) throws(EncoderError) {
    let card = folder.appending(path: Self.cardName)
    let weights = folder.appending(path: Self.weightsName)
    guard FileAccess.isFile(card) else {
      throw EncoderError(
        .missingFile, "There are no word vectors; name a folder that `akin words train` wrote.",
        path: folder.path(percentEncoded: false))
    }
    let stored = try JSONFile.decode(Stored.self, at: card)
    guard stored.words.count == stored.counts.count, !stored.words.isEmpty,
      Set(stored.words).count == stored.words.count
    else {
      throw EncoderError(
        .malformedFile, "Every word is there once, with its count.", path: card.path,
        field: "words")
    }
    let values: [Float]
    let shape: [Int]
    do {
      let tensor = try SafetensorsFile(path: weights.path(percentEncoded: false)).tensor("vectors")
      (shape, values) = (tensor.shape, try tensor.floats())
    } catch {
      throw EncoderError(.malformedFile, "\(error)", path: weights.path, field: "vectors")
    }
    guard shape.count == 2, shape[0] == stored.words.count, shape[1] > 0,
      values.allSatisfy(\.isFinite)
    else {
      throw EncoderError(
        .shapeMismatch, "There must be a row of numbers for each of \(stored.words.count) words.",
        path: weights.path, field: "vectors")
    }
    self.init(
      words: stored.words, counts: stored.counts,
      rows: VectorRows(values: values, dimension: shape[1]), training: stored.training)
  }
}
