import AkinCatalogue
import AkinEncoders
import AkinSearch
import AkinStorage
import Foundation
import Testing

@testable import AkinEngine

/// An encoder that is tuned on judged queries, and the order that learns from what it says: a shop
/// where what people want is a matter of words that no query holds.
@Suite struct SearchTuningTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "akin-shop-\(UUID())", directoryHint: .isDirectory)
  private static let wanted = ["omega", "sigma", "kappa", "lambda"]
  private static let others = ["delta", "theta", "gamma", "zeta"]

  /// Of each query two products in either order, and which of them is wanted.
  private func shop(_ count: Int) throws -> SearchJudgments {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var lines = ["id,title"]
    var judgments = SearchJudgments()
    for number in 0..<count {
      let kinds = [Self.wanted[number / 2 % 4], Self.others[number / 3 % 4]]
      for (place, kind) in (number % 2 == 0 ? kinds : kinds.reversed()).enumerated() {
        lines.append("\(number)-\(place),\(kind) unit n\(number)x")
        judgments.add("unit n\(number)x", "\(number)-\(place)", kind == kinds[0] ? 1 : 0)
      }
    }
    let file = folder.appending(path: "products.csv")
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
    var options = BuildOptions()
    options.model = "minilm-l6"
    _ = try BuildShop(
      directory: folder.appending(path: "shop"), options: options, progress: SilentProgress(),
      now: { Date(timeIntervalSince1970: 5) }
    ).run(products: [file], events: [])
    return judgments
  }

  @Test func whatTheTunedEncoderSaysIsLearnedFrom() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let judgments = try shop(200)
    let store = try ShopStore(directory: folder.appending(path: "shop"), for: .building)
    let report = try train(store, judgments)
    let figures = Dictionary(uniqueKeysWithValues: report.figures.map { ($0.order, $0.validation) })
    let learned = try #require(figures["learned"])
    let tuned = try #require(figures["learned, tuned"])
    #expect(tuned > learned && tuned > 0.95, "\(report.figures)")
    let meaning = try #require(figures["meaning"])
    #expect(try #require(figures["tuned"]) > meaning, "\(report.figures)")
    #expect(report.isKept)
    let kept = try #require(try ShopJudge.file(of: store))
    #expect(kept.lastPathComponent == "search-order-7000")

    // Searches use it, also for a product that came since and has no vector of the tuned encoder.
    let search = try ShopSearch(store: store)
    let number = try #require((0..<200).first { $0 % 2 == 1 && $0 / 3 % 4 == 0 })
    #expect(
      try search.search(SearchRequest("unit n\(number)x")).items.map(\.id).first == "\(number)-1")
    let key = SearchEncoder.key(kept)
    let text = "sigma unit n\(number)x"
    #expect(try store.textsWithoutVector([text, "zeta unit"], model: key).contains(1))
    let encoder = try SearchEncoder(folder: kept, store: store)
    let cosines = try encoder.cosines("unit n\(number)x", [text, nil, "theta unit n\(number)x"])
    #expect(cosines[0] > cosines[2] && cosines[1].isNaN)

    try store.removeVectors(model: key)
    #expect(try store.textsWithoutVector(["omega unit n0x"], model: key) == [0])
    // What training kept is what the saved weights give anew, in the same type of numbers.
    let anew = try SearchEncoder(folder: kept, store: store)
      .cosines("unit n\(number)x", [text, nil, "theta unit n\(number)x"])
    #expect(abs(anew[0] - cosines[0]) < 3e-4 && abs(anew[2] - cosines[2]) < 3e-4)
  }

  private func train(
    _ store: ShopStore, _ judgments: SearchJudgments
  ) throws -> SearchTrainingReport {
    let meaning = ShopMeaning(store: store)
    var training = try TrainSearch(
      store: store, judgments: judgments, progress: SilentProgress(),
      meaning: { try meaning.near($0, count: $1) }, now: { Date(timeIntervalSince1970: 7) })
    training.tuning = SearchTuning(budget: .seconds(600))
    return try training.run()
  }
}
