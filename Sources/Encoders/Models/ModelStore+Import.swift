public import Foundation

extension ModelStore {
  /// Copies a Hugging Face directory or a ``CompactEncoder``'s folder into the store under a name of its own.
  ///
  /// The model is loaded and encodes a text first, so a broken one is never imported. The files
  /// that matter are copied to a hidden folder which is then renamed: the model appears complete
  /// or not at all.
  ///
  /// - Returns: what ``inspect(_:)`` says of the imported model.
  /// - Throws: ``EncoderError``: what is wrong with the model; `.invalidName`, `.nameTaken`,
  ///   `.writeFailed`.
  @discardableResult
  public func `import`(directory: URL, name: String) throws(EncoderError) -> ModelSummary {
    guard Self.isUsable(name) else {
      throw EncoderError(
        .invalidName,
        "A model's name has up to 100 letters, digits, '-', '_' and '.', and starts with a letter "
          + "or digit.", field: name)
    }
    let folder = folders.first { FileAccess.isFolder($0) } ?? folders[0]
    let target = folder.appendingPathComponent(name)
    guard BuiltInModel(rawValue: name) == nil,
      !FileManager.default.fileExists(atPath: target.path)
    else {
      throw EncoderError(
        .nameTaken, "There is a model of this name: choose another, or remove the folder.",
        path: target.path)
    }
    try probe(directory)
    let partial = folder.appendingPathComponent(
      ".\(name).\(ProcessInfo.processInfo.processIdentifier).partial")
    do {
      try copy(directory, to: partial)
      try FileAccess.rename(partial, to: target)
    } catch {
      // The half copy is hidden and never listed; failing to remove it harms nothing.
      _ = try? FileManager.default.removeItem(at: partial)
      throw EncoderError(
        .writeFailed, "The model could not be copied: is there room on the disk?",
        path: target.path)
    }
    return try inspect(name)
  }

  private func probe(_ directory: URL) throws(EncoderError) {
    let encoder = try ModelLocation(name: "", url: directory, origin: .path)
      .encoder(precision: .float32)
    let vector: VectorRows
    do {
      vector = try encoder.encode(["probe"])
    } catch let error as EncoderError {
      throw error
    } catch {
      throw EncoderError(.computation, "\(error)", path: directory.path)
    }
    guard vector.values.allSatisfy(\.isFinite) else {
      throw EncoderError(
        .malformedFile, "The model's vectors are not numbers: its weights are damaged.",
        path: directory.path)
    }
  }

  private func copy(_ directory: URL, to target: URL) throws {
    let files = FileManager.default
    if files.fileExists(atPath: target.path) { try files.removeItem(at: target) }
    try files.createDirectory(at: target, withIntermediateDirectories: true)
    let names =
      CompactEncoder.isFolder(directory)
      ? CompactEncoder.fileNames
      : ModelDirectory.fileNames + [try ModelDirectory(directory).poolingFile]
    for name in names {
      let source = directory.appendingPathComponent(name)
      guard FileAccess.isFile(source) else { continue }
      let destination = target.appendingPathComponent(name)
      try files.createDirectory(
        at: destination.deletingLastPathComponent(), withIntermediateDirectories: true)
      try files.copyItem(at: source.resolvingSymlinksInPath(), to: destination)
    }
  }
}
