extension SafetensorsFile {
  /// Writes tensors to a file, in the order and alignment of the reference library: wider types
  /// first, then by name, the data starting at a multiple of 8 bytes.
  ///
  /// All or nothing: a new file is written beside the old one, flushed to the disk and renamed
  /// over it, so that a crash leaves the one or the other. The same tensors give the same bytes.
  ///
  /// - Parameters:
  ///   - tensors: on any device; those on another are copied one at a time.
  ///   - metadata: free notes.
  /// - Throws: `.cannotWrite`, `.reservedName` for `__metadata__`, or `.tensor`.
  public static func write(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], to path: String
  ) throws(SafetensorsError) {
    guard tensors["__metadata__"] == nil else {
      throw SafetensorsError(path, .reservedName("__metadata__"))
    }
    let ordered = tensors.sorted {
      ($1.value.dtype.byteCount, $0.key) < ($0.value.dtype.byteCount, $1.key)
    }
    let header = headerBytes(ordered, metadata)
    do {
      let file = try AtomicFile(replacing: path)
      // The closure throws untyped: Swift 6.3 crashes on a typed one here.
      try header.withUnsafeBytes { (bytes) throws in try file.write(bytes) }
      for (_, tensor) in ordered {
        try tensor.withUnsafeBytes { try file.write($0) }
      }
      try file.commit()
    } catch let failure as AtomicFile.Failure {
      throw SafetensorsError(
        path, .cannotWrite(step: failure.step, failure.message))
    } catch let error as NeuralError {
      throw SafetensorsError(path, .tensor(error))
    } catch {
      throw SafetensorsError(path, .cannotWrite(step: "write", "\(error)"))
    }
  }

  /// The length and the JSON, padded with spaces to a multiple of 8 bytes.
  private static func headerBytes(
    _ tensors: [(key: String, value: Tensor)], _ metadata: [String: String]
  ) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let notes = metadata.sorted { $0.key < $1.key }
        .map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\"__metadata__\":{\(notes.joined(separator: ","))}")
    }
    var start = 0
    for (name, tensor) in tensors {
      let end = start + tensor.count * tensor.dtype.byteCount
      let sizes = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(name)):{\"dtype\":\"\(tensor.dtype.safetensorsName)\","
          + "\"shape\":[\(sizes)],\"data_offsets\":[\(start),\(end)]}")
      start = end
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
