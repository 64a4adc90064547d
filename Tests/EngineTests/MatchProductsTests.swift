import AkinEncoders
import Foundation
import Testing

@testable import AkinEngine

/// From a table of labelled pairs to a matcher in a folder, its measures and its answers.
@Suite struct MatchProductsTests {
  @Test func trainsMeasuresAndAnswers() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "akin-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func table(_ name: String, _ numbers: Range<Int>) throws -> URL {
      let rows = numbers.map { number in
        let isSame = number % 3 == 0
        return "sony camera x\(number + 100),sony x\(isSame ? number + 100 : number + 500) camera,"
          + "\(isSame ? 1 : 0)"
      }
      let url = folder.appending(path: name)
      try Data(("left_title,right_title,label\n" + rows.joined(separator: "\n") + "\n").utf8)
        .write(to: url)
      return url
    }
    let (train, valid) = (try table("train.csv", 0..<90), try table("valid.csv", 90..<150))
    var training = MatchTraining()
    (training.ensembles, training.crossEncoder) = (1, nil)
    let use = MatchProducts(progress: SilentProgress())
    let model = folder.appending(path: "matcher")
    let card = try use.train(training, train: train, valid: valid, output: model)
    #expect(card.trainingPairs == 90 && card.encoder == "minilm-l6")
    let measures = try use.evaluate(model: model, pairs: valid)
    #expect(measures.f1 == 1 && measures == card.validation)
    let answers = try use.predict(model: model, pairs: valid)
    #expect(answers.map(\.pair) == Array(1...60))
    #expect(answers.map(\.isMatch) == (90..<150).map { $0 % 3 == 0 })
  }
}
