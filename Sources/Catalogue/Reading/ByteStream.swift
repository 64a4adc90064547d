internal import CArrow
internal import CICU
internal import Foundation

/// Bytes in order, from a file or from another stream.
protocol ByteStream: AnyObject {
  /// Fills the beginning of `buffer`, which is not empty. 0 means the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FeedError) -> Int
}

extension ByteStream {
  /// Reads until `count` bytes are there or the stream ends.
  func sample(_ count: Int, chunk: Int) throws(FeedError) -> [UInt8] {
    var sample = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      var failure: FeedError?
      let read = sample.withUnsafeMutableBytes { bytes in
        let end = min(count, filled + chunk)
        do throws(FeedError) {
          return try self.read(into: .init(rebasing: bytes[filled..<end]))
        } catch {
          failure = error
          return 0
        }
      }
      // What came before a failure is still of use; the failure comes again on the next read.
      if let failure {
        if filled == 0 { throw failure }
        break
      }
      if read == 0 { break }
      filled += read
    }
    sample.removeLast(count - filled)
    return sample
  }
}

/// The bytes of a file.
final class FileStream: ByteStream {
  let path: String
  let size: Int
  /// Bytes handed out so far.
  private(set) var position = 0
  private let descriptor: Int32

  init(_ path: String) throws(FeedError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR {
        throw FeedError(
          .missing, path: path, message: "there is no such file", advice: "check the path")
      }
      throw Self.unreadable(path)
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw FeedError(
        .directory, path: path, message: "this is a directory",
        advice: "name the files in it one by one")
    }
    descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    self.path = path
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FeedError) -> Int {
    while true {
      let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 {
        position += count
        return count
      }
      if errno != EINTR { throw Self.unreadable(path) }
    }
  }

  private static func unreadable(_ path: String) -> FeedError {
    FeedError(
      .unreadable, path: path, message: "cannot be read: \(String(cString: strerror(errno)))",
      advice: "check its permissions and the disk")
  }
}

/// Bytes that are in memory.
final class MemoryStream: ByteStream {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FeedError) -> Int {
    let count = min(buffer.count, bytes.count - position)
    bytes.withUnsafeBytes {
      buffer.copyMemory(from: .init(rebasing: $0[position..<position + count]))
    }
    position += count
    return count
  }
}

/// Bytes that were read ahead to look at them, then the rest of the stream.
final class PrefixedStream: ByteStream {
  private let prefix: [UInt8]
  private var position: Int
  private let rest: any ByteStream

  init(_ prefix: [UInt8], skipping: Int = 0, rest: any ByteStream) {
    self.prefix = prefix
    self.position = skipping
    self.rest = rest
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FeedError) -> Int {
    guard position < prefix.count else { return try rest.read(into: buffer) }
    let count = min(buffer.count, prefix.count - position)
    prefix.withUnsafeBytes {
      buffer.copyMemory(from: .init(rebasing: $0[position..<position + count]))
    }
    position += count
    return count
  }
}

/// A stream of bytes made from the chunks of another.
private struct InputChunk {
  let base: UnsafeMutableRawBufferPointer
  var start = 0
  var end = 0
  var isLast = false

  mutating func refill(from stream: any ByteStream) throws(FeedError) {
    guard start == end, !isLast else { return }
    start = 0
    end = try stream.read(into: base)
    isLast = end == 0
  }
}

/// What a gzip or zstd stream holds.
final class DecompressingStream: ByteStream {
  private let upstream: any ByteStream
  private let path: String
  private let decompressor: OpaquePointer
  private var input: InputChunk

  init(_ upstream: any ByteStream, _ compression: FeedCompression, path: String, chunk: Int)
    throws(FeedError)
  {
    guard let handle = carrow_decompressor_open(compression == .zstd ? CARROW_ZSTD : CARROW_GZIP)
    else {
      throw FeedError(
        .resources, path: path, message: "Arrow cannot decompress \(compression.rawValue) here",
        advice: "decompress the file first")
    }
    self.upstream = upstream
    self.path = path
    decompressor = handle
    input = InputChunk(base: .allocate(byteCount: max(chunk, 1), alignment: 16))
  }

  deinit {
    carrow_decompressor_close(decompressor)
    input.base.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FeedError) -> Int {
    while true {
      try input.refill(from: upstream)
      if input.isLast && carrow_decompressor_is_complete(decompressor) == 1 { return 0 }
      var consumed = 0
      var produced = 0
      let failure = carrow_decompress(
        decompressor, input.base.bindMemory(to: UInt8.self).baseAddress! + input.start,
        input.end - input.start, buffer.bindMemory(to: UInt8.self).baseAddress, buffer.count,
        &consumed, &produced)
      if let failure {
        throw FeedError(
          .corrupt, path: path,
          message: "the compressed data is broken: \(String(cString: failure))",
          advice: "fetch or compress the file again")
      }
      input.start += consumed
      if produced > 0 { return produced }
      if input.isLast && consumed == 0 {
        throw FeedError(
          .truncated, path: path, message: "the compressed data ends too early",
          advice: "fetch or compress the file again")
      }
    }
  }
}

/// UTF-8 from text in another encoding. What is not valid in it becomes the byte 0xFF.
final class DecodingStream: ByteStream {
  private let upstream: any ByteStream
  private let path: String
  private let converter: OpaquePointer
  private let input: UnsafeMutableRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private var isFinished = false

  init(_ upstream: any ByteStream, _ encoding: FeedEncoding, path: String, chunk: Int)
    throws(FeedError)
  {
    guard let handle = cicu_converter_open(encoding.rawValue) else {
      throw FeedError(
        .unsupportedEncoding, path: path, message: "ICU cannot convert \(encoding.rawValue) here",
        advice: "convert the file to UTF-8 first")
    }
    self.upstream = upstream
    self.path = path
    converter = handle
    input = .allocate(byteCount: max(chunk, 1), alignment: 16)
    output = .allocate(byteCount: cicu_convert_bound(max(chunk, 1)), alignment: 16)
  }

  deinit {
    cicu_converter_close(converter)
    input.deallocate()
    output.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FeedError) -> Int {
    while start == end {
      if isFinished { return 0 }
      let count = try upstream.read(into: input)
      isFinished = count == 0
      let made = cicu_convert(
        converter, input.bindMemory(to: UInt8.self).baseAddress, count, isFinished ? 1 : 0,
        output.bindMemory(to: UInt8.self).baseAddress, output.count)
      guard made >= 0 else {
        throw FeedError(
          .resources, path: path, message: "ICU failed while converting",
          advice: "convert the file to UTF-8 first")
      }
      start = 0
      end = made
    }
    let count = min(buffer.count, end - start)
    buffer.copyMemory(from: .init(rebasing: output[start..<start + count]))
    start += count
    return count
  }
}
