import Testing

@testable import AkinCatalogue

@Suite("Real feeds")
struct RealFeedTests {
  /// Row counts of the data's own README.
  @Test(
    "Row counts", .enabled(if: RealData.shared != nil),
    arguments: [
      ("catalogue/brightdata_shein/products.csv", 1_000, 26),
      ("catalogue/pricerunner/products.csv", 35_311, 7),
      ("catalogue/myntra/products.tsv", 12_491, nil),
      ("catalogue/zh_ecomgpt_eval/openbg_classify.jsonl", 997, nil),
      ("catalogue/zh_taobao_title_ner/train.jsonl", 6_000, nil),
      ("catalogue/zh_taobao_title_ner/test_clean.jsonl", 494, nil),
      ("catalogue/zh_shopee_tw_titles/test.tsv", 10_000, nil),
      ("retail/completejourney/products.tsv", 92_331, 5),
      ("retail/completejourney/product_types.tsv", 3_903, 4),
      ("search/homedepot/judgments.tsv", 51_471, nil),
      ("search/esci_200/judgments.jsonl", 200, nil),
      ("images/fashion_small_6k/products.tsv", 2_900, 8),
      ("ctr/criteo-tiny/train.csv", 500, 41),
      ("qa/amazon_contextual_pqa/het_answers_test.tsv", 2_289, 5),
      ("behaviour-sequence/Beauty/item_attributes.tsv", 12_101, nil),
    ] as [(String, Int, Int?)])
  func counts(path: String, rows: Int, columns: Int?) throws {
    let feed = readFile(try #require(RealData.shared) + "/" + path)
    #expect(feed.error == nil)
    #expect(feed.malformed.isEmpty, "\(feed.malformed.first.map { "\($0)" } ?? "")")
    #expect(feed.records.count == rows)
    if let columns { #expect(feed.columns.count == columns) }
  }

  @Test("The grocery chain's Parquet files", .enabled(if: RealData.grocery != nil))
  func grocery() throws {
    let folder = try #require(RealData.grocery)
    let products = readFile(folder + "/products.parquet")
    #expect(products.records.count == 92_331 && products.malformed.isEmpty)
    var options = FeedOptions()
    options.columns = ["household_id", "basket_id", "product_id", "transaction_timestamp"]
    let reader = try Feed.open(path: folder + "/transactions.parquet", options: options)
    var count = 0
    try reader.forEach { item in
      if case .record(let record) = item, record.fields.count == 4 { count += 1 }
    }
    #expect(count == 1_469_307)
  }

  @Test(
    "Chunks of 1 byte read a real feed the same", .enabled(if: RealData.shared != nil),
    arguments: ["catalogue/brightdata_shein/products.csv", "search/esci_200/judgments.jsonl"])
  func chunks(path: String) throws {
    let path = try #require(RealData.shared) + "/" + path
    var options = FeedOptions()
    options.chunkBytes = 977
    #expect(readFile(path, options) == readFile(path))
  }
}
