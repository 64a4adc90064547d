/// A safetensors file, opened by memory map: no tensor is read before it is used.
///
/// The whole directory is checked when the file is opened: an opened file has no overlaps, gaps
/// or sizes that do not fit. Its tensors borrow the mapping, which stays as long as one of them.
///
/// ```swift
/// let file = try SafetensorsFile(path: "model.safetensors")
/// let weight = try file.tensor("encoder.layer.0.attention.self.query.weight")
/// ```
public final class SafetensorsFile: Sendable {
  /// What the file says of one tensor.
  public struct Entry: Sendable, Equatable {
    /// The tensor's name.
    public let name: String
    /// The type of its elements.
    public let dtype: DType
    /// Its sizes; empty for a scalar.
    public let shape: [Int]
    /// Where its elements are, counted from the start of the data.
    public let bytes: Range<Int>
  }

  /// Where the file was opened.
  public let path: String
  /// The file's free notes, such as `format`: `pt`.
  public let metadata: [String: String]
  /// Its tensors, in the order of their data.
  public let entries: [Entry]

  private let file: MappedFile
  private let dataOffset: Int
  private let positions: [String: Int]

  /// Opens a file and checks its header, in time linear in the header's length.
  ///
  /// - Throws: ``SafetensorsError`` with the first defect.
  public init(path: String) throws(SafetensorsError) {
    self.path = path
    do { file = try MappedFile(path: path) } catch {
      throw SafetensorsError(path, .cannotOpen(error.message))
    }
    let header: SafetensorsHeader
    do { header = try SafetensorsHeader(file: file.bytes) } catch {
      throw SafetensorsError(path, error.reason)
    }
    metadata = header.metadata
    entries = header.entries
    dataOffset = header.dataOffset
    positions = Dictionary(
      uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
  }

  /// What the file says of the tensor of this name.
  public func entry(_ name: String) -> Entry? { positions[name].map { entries[$0] } }

  /// The tensor of this name, on the CPU, in constant time.
  ///
  /// It borrows the file's memory. Only elements that the file stores at an address which the
  /// processor cannot read directly are copied; the format allows such files.
  ///
  /// - Throws: `.notFound`, or `.tensor` when memory is exhausted.
  public func tensor(_ name: String) throws(SafetensorsError) -> Tensor {
    guard let entry = entry(name) else { throw SafetensorsError(path, .notFound(name)) }
    let start = dataOffset + entry.bytes.lowerBound
    let bytes = UnsafeRawBufferPointer(
      rebasing: file.bytes[start..<start + entry.bytes.count])
    do {
      return start % entry.dtype.byteCount == 0
        ? try Tensor(borrowing: bytes, ownedBy: file, dtype: entry.dtype, shape: entry.shape)
        : try Tensor(bytes: bytes, dtype: entry.dtype, shape: entry.shape)
    } catch {
      throw SafetensorsError(path, .tensor(error))
    }
  }
}
