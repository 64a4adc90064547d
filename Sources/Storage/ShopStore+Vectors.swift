internal import Foundation
internal import GRDB

extension ShopStore {
  /// The indices of those of `texts` that `model` has not encoded yet, ascending.
  public func textsWithoutVector(_ texts: [String], model: String) throws(StorageError) -> [Int] {
    try read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT 1 FROM vector WHERE model = ? AND text = ?")
      return try texts.indices.filter { index in
        try Int.fetchOne(statement, arguments: [model, texts[index]]) == nil
      }
    }
  }

  /// Saves the vectors of `texts`, durable on return. `values` holds the rows one after the other.
  public func saveVectors(_ values: [Float], of texts: [String], model: String)
    throws(StorageError)
  {
    guard !texts.isEmpty else { return }
    let dimension = values.count / texts.count
    try write { database in
      let statement = try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO vector (model, text, value) VALUES (?, ?, ?)")
      for (row, text) in texts.enumerated() {
        let bytes = values[row * dimension..<(row + 1) * dimension].withUnsafeBytes { Data($0) }
        try statement.execute(arguments: [model, text, bytes])
      }
    }
  }

  /// The vectors of `texts`, row after row, in their order.
  ///
  /// - Throws: ``StorageError`` `damaged` where one is missing or has another dimension.
  public func vectors(of texts: [String], model: String, dimension: Int)
    throws(StorageError) -> [Float]
  {
    try read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT value FROM vector WHERE model = ? AND text = ?")
      var values: [Float] = []
      values.reserveCapacity(texts.count * dimension)
      for text in texts {
        let bytes = try Data.fetchOne(statement, arguments: [model, text])
        try append(bytes, dimension: dimension, to: &values)
      }
      return values
    }
  }

  /// The vectors of all published texts, in the order of their ordinals.
  public func publishedVectors(model: String, dimension: Int) throws(StorageError) -> [Float] {
    try read { database in
      let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM text") ?? 0
      var values: [Float] = []
      values.reserveCapacity(count * dimension)
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT vector.value FROM text
          LEFT JOIN vector ON vector.model = ? AND vector.text = text.value
          ORDER BY text.ordinal
          """, arguments: [model])
      while let row = try rows.next() {
        try append(row[0], dimension: dimension, to: &values)
      }
      return values
    }
  }

  func append(_ bytes: Data?, dimension: Int, to values: inout [Float]) throws {
    guard let bytes, bytes.count == dimension * MemoryLayout<Float>.stride else {
      throw StorageError(
        .damaged, path: path, "a product's vector is missing; build the shop again to encode it")
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
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT text.ordinal, text.value, vector.value FROM text
          LEFT JOIN vector ON vector.model = ? AND vector.text = text.value
          WHERE EXISTS (SELECT 1 FROM product WHERE product.text = text.ordinal)
          ORDER BY text.ordinal
          """, arguments: [model])
      while let row = try rows.next() {
        if let bytes = row[2] as Data? {
          try append(bytes, dimension: dimension, to: &found.values)
          found.ordinals.append(row[0])
        } else {
          found.missing.append((row[0], row[1]))
        }
      }
      return found
    }
  }
}
