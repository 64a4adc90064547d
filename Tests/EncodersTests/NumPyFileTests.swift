import Foundation
import Testing

@testable import AkinEncoders

@Suite struct NumPyFileTests {
  @Test func rowsComeBackAsWritten() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("v.npy")
    let writer = try NumPyWriter(destination: url, columns: 3)
    for part in [[1, 2, 3], [4, 5, 6, 7, 8, .infinity], []] as [[Float]] {
      try part.withUnsafeBufferPointer { try writer.append($0) }
    }
    #expect(!FileManager.default.fileExists(atPath: url.path))
    try writer.finish()
    let (values, header) = try NumPyFile.floats(at: url)
    #expect(values == [1, 2, 3, 4, 5, 6, 7, 8, .infinity])
    #expect(header.shape == [3, 3] && header.element == .float32 && header.dataOffset % 64 == 0)
    #expect(throws: EncoderError.self) { try NumPyFile.integers(at: url) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["v.npy"])
  }

  @Test func anAbandonedWriterLeavesTheOldFile() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("v.npy")
    try Data("old".utf8).write(to: url)
    do {
      let writer = try NumPyWriter(destination: url, columns: 1, element: .int32)
      try ([7] as [Int32]).withUnsafeBufferPointer { try writer.append($0) }
    }
    #expect(try Data(contentsOf: url) == Data("old".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["v.npy"])
  }

  /// As numpy 1.26 writes `np.array([1, -2], "<i4")`.
  @Test func numPysOwnFileIsRead() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("v.npy")
    let header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }"
    let padded = header.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n"
    var file = Data([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0])
    file += Data(padded.utf8) + Data([1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF])
    try file.write(to: url)
    let (values, found) = try NumPyFile.integers(at: url)
    #expect(values == [1, -2] && found.shape == [2] && found.dataOffset == 128)
  }

  @Test(arguments: [
    "", "{", "{}", "{'descr': '<f4', 'fortran_order': False}", "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': True, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)",
  ])
  func aBrokenHeaderIsRefused(_ header: String) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("v.npy")
    let length = UInt8(header.utf8.count)
    let file = Data([0x93] + Array("NUMPY".utf8) + [1, 0, length, 0]) + Data(header.utf8)
    try (file + Data(count: 4)).write(to: url)
    let error = #expect(throws: EncoderError.self) { try NumPyFile.floats(at: url) }
    #expect(error?.code == .malformedFile)
  }

  @Test(arguments: [
    Data(), Data("NUMPY".utf8), Data([0x93] + Array("NUMPY".utf8) + [9, 0, 1, 0]),
    Data([0x93] + Array("NUMPY".utf8) + [1, 0, 0xFF, 0xFF]),
    Data([0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]),
    Data([0x93] + Array("NUMPY".utf8) + [2, 0, 1, 0]),
  ])
  func aBrokenStartIsRefused(_ file: Data) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("v.npy")
    try file.write(to: url)
    let error = #expect(throws: EncoderError.self) { try NumPyFile.header(at: url) }
    #expect(error?.code == .malformedFile)
  }
}
