internal import Foundation

extension ModelSummary {
  /// Tells two models apart that may bear one name: 64 bits over every file's name, size and
  /// content, of which large files give 64 samples of 4 KiB. O(number of files).
  ///
  /// - Throws: ``EncoderError`` where a file of the model cannot be read.
  public func fingerprint() throws(EncoderError) -> String {
    var hash = FNV1a()
    let isFolder = FileAccess.isFolder(location.url)
    for file in files.sorted(by: { $0.name < $1.name }) {
      let url = isFolder ? location.url.appendingPathComponent(file.name) : location.url
      let content = try FileAccess.map(url)
      hash.add(Data("\(file.name) \(content.count)".utf8))
      let sample = 4_096
      let step = max(sample, content.count / 64)
      for start in stride(from: 0, to: content.count, by: step) {
        hash.add(content[start..<min(start + sample, content.count)])
      }
    }
    return hash.text
  }
}

/// The 64-bit FNV-1a hash: to notice a change, not for security.
private struct FNV1a {
  private var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ bytes: Data) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  var text: String { String(value, radix: 16) }
}
