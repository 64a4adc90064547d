internal import Foundation

/// Why a checkpoint cannot be gone on from.
public struct CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file, and what to do about it.
  public let description: String
}

/// A training run in a safetensors file: parameters, the best ones, the optimiser's state, and the
/// history among the notes. Replaced as a whole, so a crash leaves the former one.
struct Checkpoint {
  let path: String

  func save(_ run: Run) throws {
    var tensors: [String: Tensor] = [:]
    for (index, parameter) in run.parameters.enumerated() {
      tensors["model." + parameter.name] = try parameter.tensor.detached()
      if !run.kept.isEmpty { tensors["best." + parameter.name] = run.kept[index] }
    }
    for (name, tensor) in run.optimiser.tensors { tensors["optimiser." + name] = tensor }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let history = String(decoding: try encoder.encode(run.history), as: UTF8.self)
    try SafetensorsFile.write(tensors, metadata: ["history": history], to: path)
  }

  /// Takes the run up where the file left it; leaves it alone if there is no file.
  func restore(_ run: inout Run) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let file = try SafetensorsFile(path: path)
    guard let notes = file.metadata["history"],
      let history = try? JSONDecoder().decode(TrainingHistory.self, from: Data(notes.utf8)),
      history.best.map({ (1...history.epochs.count).contains($0) }) ?? history.epochs.isEmpty
    else {
      throw CheckpointError(
        description: "\(path): is no checkpoint of a training run; remove it to start again")
    }
    var optimiser: [String: Tensor] = [:]
    for name in file.entries.map(\.name) where name.hasPrefix("optimiser.") {
      optimiser[String(name.dropFirst(10))] = try file.tensor(name)
    }
    do {
      let current = try tensors(of: run, "model.", in: file)
      let best =
        file.entries.contains { $0.name.hasPrefix("best.") }
        ? try tensors(of: run, "best.", in: file).map { try $0.clone() } : []
      try run.optimiser.load(optimiser)
      try withoutGradient {
        for (parameter, saved) in zip(run.parameters, current) {
          try parameter.tensor.overwrite(with: saved)
        }
      }
      run.kept = best
    } catch let error as NeuralError {
      throw CheckpointError(
        description: "\(path): belongs to another model (\(error.message)); remove it to start "
          + "again")
    }
    run.history = history
  }

  private func tensors(
    of run: Run, _ prefix: String, in file: SafetensorsFile
  ) throws -> [Tensor] {
    try run.parameters.map { parameter in
      guard let entry = file.entry(prefix + parameter.name),
        entry.shape == parameter.tensor.shape
      else {
        throw NeuralError(
          .invalidArgument, "no '\(parameter.name)' of shape \(parameter.tensor.shape)",
          operation: "restore")
      }
      return try file.tensor(entry.name)
    }
  }
}
