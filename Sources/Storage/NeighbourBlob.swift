internal import AkinCatalogue
internal import Foundation

/// A neighbour list as bytes: for each entry an Int32 ordinal and a Float32 score, little-endian.
enum NeighbourBlob {
  static func encode(_ list: [Neighbour]) -> Data {
    var bytes = Data(capacity: list.count * 8)
    for neighbour in list {
      withUnsafeBytes(of: Int32(neighbour.item).littleEndian) { bytes.append(contentsOf: $0) }
      withUnsafeBytes(of: neighbour.score.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  static func decode(_ bytes: Data) -> [Neighbour] {
    bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count / 8 * 8, by: 8).map { start in
        let item = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Int32.self))
        let bits = UInt32(
          littleEndian: bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self))
        return Neighbour(item: Int(item), score: Float(bitPattern: bits))
      }
    }
  }
}
