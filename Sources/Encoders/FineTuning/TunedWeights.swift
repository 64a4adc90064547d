import AkinNeural
package import Foundation

/// What a tuning changed, by itself: a fraction of a model's size, laid over the encoder that it came
/// from.
package enum TunedWeights {
  /// Writes the tensors that `tuned` changed. All or nothing.
  ///
  /// - Throws: ``EncoderError`` `.writeFailed`.
  package static func save(_ tuned: TunedEncoder, to file: URL) throws(EncoderError) {
    do {
      try SafetensorsFile.write(
        tuned.tensors, metadata: ["fingerprint": tuned.card.fingerprint],
        to: file.path(percentEncoded: false))
    } catch {
      throw EncoderError(.writeFailed, "\(error)", path: file.path(percentEncoded: false))
    }
  }

  /// The encoder at `location` with the tensors of `file` in place of its own.
  ///
  /// - Throws: ``EncoderError``; `.shapeMismatch` where the file belongs to another encoder.
  package static func encoder(
    _ location: ModelLocation, tunedBy file: URL
  ) throws(EncoderError) -> TransformerEncoder {
    let path = file.path(percentEncoded: false)
    var parts = try location.parts()
    var tensors: [String: Tensor] = [:]
    do {
      let saved = try SafetensorsFile(path: path)
      let fingerprint = try ModelStore().inspect(location).fingerprint()
      guard saved.metadata["fingerprint"] == fingerprint else {
        throw EncoderError(
          .shapeMismatch, "These weights were tuned from another encoder; tune again.", path: path)
      }
      for entry in saved.entries { tensors[entry.name] = try saved.tensor(entry.name) }
    } catch let error as EncoderError {
      throw error
    } catch {
      throw EncoderError(.malformedFile, "\(error)", path: path)
    }
    parts.weights = OverlaidWeights(base: parts.weights, tensors: tensors)
    return try TransformerEncoder(parts, precision: .fastestFloat)
  }
}
