import AkinNeural

/// A matrix of weights in a file's memory, read row by row as float32.
///
/// Word tables are the largest part of a small encoder (multilingual-e5-small: 82 % of its
/// weights), and a batch needs a few of their rows: so they stay mapped in the form of the file.
struct RowTable: @unchecked Sendable {
  // `bytes` points into memory that `owner` keeps alive and that nobody writes: any number of
  // threads may read it.

  /// The form in which elements are stored.
  enum Format: Sendable, Hashable {
    case float32, float16, bfloat16
    /// Blocks of 32: a float16 scale, then 16 bytes whose low halves are elements 0 to 15 and
    /// whose high halves are elements 16 to 31, each 8 too large.
    case blocks4

    /// Bytes that a row of `width` elements takes, or nil where it does not fill whole blocks.
    func bytes(inRowOf width: Int) -> Int? {
      switch self {
      case .float32: width * 4
      case .float16, .bfloat16: width * 2
      case .blocks4: width % 32 == 0 ? width / 32 * 18 : nil
      }
    }
  }

  let rows: Int
  let width: Int
  let format: Format
  private let bytes: UnsafeRawBufferPointer
  private let owner: AnyObject
  private let stride: Int

  /// - Precondition: `bytes` holds exactly the rows.
  init(
    bytes: UnsafeRawBufferPointer, ownedBy owner: AnyObject, rows: Int, width: Int,
    format: Format
  ) {
    guard let stride = format.bytes(inRowOf: width), bytes.count == rows * stride else {
      preconditionFailure("the loader checks the size of the table")
    }
    self.bytes = bytes
    self.owner = owner
    self.rows = rows
    self.width = width
    self.format = format
    self.stride = stride
  }

  /// Writes one row to `target`, `width` floats.
  ///
  /// - Precondition: `row` is within the table.
  func copy(row: Int, to target: UnsafeMutablePointer<Float>) {
    precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
    guard let base = bytes.baseAddress else { return }
    let source = base + row * stride
    switch format {
    case .float32:
      UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: stride)
    case .float16:
      for i in 0..<width {
        let bits = source.loadUnaligned(fromByteOffset: i * 2, as: UInt16.self)
        target[i] = Float(Float16(bitPattern: bits))
      }
    case .bfloat16:
      for i in 0..<width {
        let bits = source.loadUnaligned(fromByteOffset: i * 2, as: UInt16.self)
        target[i] = Float(bitPattern: UInt32(bits) << 16)
      }
    case .blocks4:
      for block in 0..<width / 32 {
        let start = source + block * 18
        let scale = Float(Float16(bitPattern: start.loadUnaligned(as: UInt16.self)))
        let out = target + block * 32
        for i in 0..<16 {
          let pair = start.load(fromByteOffset: 2 + i, as: UInt8.self)
          out[i] = Float(Int32(pair & 15) - 8) * scale
          out[i + 16] = Float(Int32(pair >> 4) - 8) * scale
        }
      }
    }
  }

  /// All rows as a float32 tensor `[rows, width]`.
  func tensor() throws(NeuralError) -> Tensor {
    let values = [Float](unsafeUninitializedCapacity: rows * width) { buffer, filled in
      if let base = buffer.baseAddress {
        for row in 0..<rows { copy(row: row, to: base + row * width) }
      }
      filled = rows * width
    }
    return try Tensor(values, shape: [rows, width])
  }
}
