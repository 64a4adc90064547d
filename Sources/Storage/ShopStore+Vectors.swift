internal import Foundation

extension ShopStore {
  /// The indices of those of `texts` that `model` has not encoded yet, ascending.
  public func textsWithoutVector(_ texts: [String], model: String) throws(StorageError) -> [Int] {
    try read { database in
      try texts.indices.filter { index in
        try !database.finds(
          "SELECT 1 FROM vector WHERE model = ? AND text = ?", [model, texts[index]])
      }
    }
  }

  /// Saves the vectors of `texts`, durable on return. `values` holds the rows one after the other.
  /// What another process has saved meanwhile is kept.
  public func saveVectors(_ values: [Float], of texts: [String], model: String)
    throws(StorageError)
  {
    guard !texts.isEmpty else { return }
    let dimension = values.count / texts.count
    try write { database in
      try database.executeEach(
        """
        INSERT INTO vector (model, text, value)
        SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM vector WHERE model = ? AND text = ?)
        """,
        texts.lazy.enumerated().map { row, text in
          let bytes = values[row * dimension..<(row + 1) * dimension].withUnsafeBytes { Data($0) }
          return [model, text, bytes, model, text]
        })
    }
  }

  /// The vectors of `texts`, row after row, in their order.
  ///
  /// - Throws: ``StorageError`` `damaged` where one is missing or has another dimension.
  public func vectors(of texts: [String], model: String, dimension: Int)
    throws(StorageError) -> [Float]
  {
    try read { database in
      var values: [Float] = []
      values.reserveCapacity(texts.count * dimension)
      for text in texts {
        let bytes: Data? = try database.value(
          "SELECT value FROM vector WHERE model = ? AND text = ?", [model, text])
        try append(bytes, dimension: dimension, to: &values)
      }
      return values
    }
  }

  /// The vectors of all published texts, in the order of their ordinals.
  public func publishedVectors(model: String, dimension: Int) throws(StorageError) -> [Float] {
    try read { database in
      let count: Int = try database.value("SELECT count(*) FROM text") ?? 0
      var values: [Float] = []
      values.reserveCapacity(count * dimension)
      try database.forEachRow(
        """
        SELECT vector.value FROM text
        LEFT JOIN vector ON vector.model = ? AND vector.text = text.value
        ORDER BY text.ordinal
        """, [model]
      ) { row in
        try append(row[optional: 0], dimension: dimension, to: &values)
      }
      return values
    }
  }

  /// Lets the vectors of a model go that nobody asks for any more.
  public func removeVectors(model: String) throws(StorageError) {
    try write { database in
      try database.execute("DELETE FROM vector WHERE model = ?", [model])
    }
  }

  func append(_ bytes: Data?, dimension: Int, to values: inout [Float]) throws {
    guard let bytes, bytes.count == dimension * MemoryLayout<Float>.stride else {
      throw StorageError(
        .damaged, path: place, "a product's vector is missing; build the shop again to encode it")
    }
    bytes.withUnsafeBytes { bytes in
      for index in 0..<dimension {
        values.append(bytes.loadUnaligned(fromByteOffset: index * 4, as: Float.self))
      }
    }
  }
}

/// The vectors of a shop's texts, and the texts that have none yet.
public struct TextVectors: Sendable {
  /// The positions of the texts that have a vector, ascending.
  public var ordinals: [Int] = []
  /// Their vectors, row after row.
  public var values: [Float] = []
  /// The texts without one.
  public var missing: [(ordinal: Int, text: String)] = []
}

extension ShopStore {
  /// The vectors of all texts that a product has; texts without one are named.
  ///
  /// - Throws: ``StorageError`` `damaged` where one has another dimension.
  public func textVectors(model: String, dimension: Int) throws(StorageError) -> TextVectors {
    try read { database in
      var found = TextVectors()
      try database.forEachRow(
        """
        SELECT text.ordinal, text.value, vector.value FROM text
        LEFT JOIN vector ON vector.model = ? AND vector.text = text.value
        WHERE EXISTS (SELECT 1 FROM product WHERE product.text = text.ordinal)
        ORDER BY text.ordinal
        """, [model]
      ) { row in
        if let bytes: Data = try row[optional: 2] {
          try append(bytes, dimension: dimension, to: &found.values)
          found.ordinals.append(try row[0])
        } else {
          found.missing.append((try row[0], try row[1]))
        }
      }
      return found
    }
  }
}
