import Foundation
import HTTPTypes
import Testing

@testable import AkinServer

/// `/metrics` holds to Prometheus' text format, and to what happened.
@Suite struct MetricsTests {
  /// The values of a text by sample, its families by name.
  private func read(_ text: String) throws -> (samples: [String: Double], types: [String: String]) {
    var (samples, types, helps): ([String: Double], [String: String], Set<String>) = ([:], [:], [])
    #expect(text.hasSuffix("\n"))
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if let help = line.wholeMatch(of: /# HELP ([a-zA-Z_:][\w:]*) [^\n]+/) {
        #expect(helps.insert(String(help.1)).inserted, "\(line)")
      } else if let type = line.wholeMatch(
        of: /# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)/)
      {
        #expect(types.updateValue(String(type.2), forKey: String(type.1)) == nil, "\(line)")
      } else {
        let sample = try #require(
          line.wholeMatch(
            of: /([a-zA-Z_:][\w:]*)(\{(?:\w+="[^"\\\n]*",?)*\})? (-?[\d.]+(?:e[+-]?\d+)?)/),
          "\(line)")
        let name = String(sample.1)
        let family = ["_bucket", "_sum", "_count"].reduce(name) {
          $1 != "" && name.hasSuffix($1) && types[String(name.dropLast($1.count))] == "histogram"
            ? String(name.dropLast($1.count)) : $0
        }
        #expect(types[family] != nil && helps.contains(family), "no head before \(line)")
        let key = name + (sample.2 ?? "")
        #expect(samples.updateValue(try #require(Double(sample.3)), forKey: key) == nil, "\(line)")
      }
    }
    return (samples, types)
  }

  @Test func metricsAreThereFromTheStartAndCountWhatHappens() async throws {
    let now = Date().timeIntervalSince1970
    let shop = try TestShop(now: { now })
    let empty = try await shop.ask(.get, "/metrics")
    #expect(empty.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
    #expect(try read(empty.text).samples["akin_events_accepted_total"] == 0)
    try await shop.fill(TestShop.titles)
    let late = Int(now) - 200
    let events = """
      [{"event":"view","user_id":"u","item_id":"p0","event_id":"1","timestamp":\(late)},
       {"event":"view","user_id":"u","item_id":"p0","event_id":"1","timestamp":\(late)},
       {"event":"view","user_id":"u","item_id":"p1","timestamp":\(Int(now))},
       {"event":"view","user_id":"u"}]
      """
    _ = try await shop.ask(.post, "/v1/events", events)
    _ = try await shop.ask(.get, "/v1/products/nothing")
    let (samples, types) = try read(try await shop.ask(.get, "/metrics").text)
    #expect(samples["akin_events_accepted_total"] == 2)
    #expect(samples["akin_events_repeated_total"] == 1)
    #expect(samples["akin_events_refused_total"] == 1)
    #expect(samples["akin_products_upserted_total"] == Double(TestShop.titles.count))
    #expect(samples["akin_products"] == Double(TestShop.titles.count))
    #expect(samples["akin_index_texts"] == Double(TestShop.titles.count))
    #expect(samples["akin_index_vector_bytes"] == Double(TestShop.titles.count * 64 * 4))
    #expect(samples["akin_encoding_waiting"] == 0)
    #expect(try #require(samples["akin_resident_memory_bytes"]) > 1e6)
    #expect(try #require(samples["akin_shop_files_bytes"]) > 1e4)
    // One event was two hundred seconds old when it came, the other under a second.
    #expect(types["akin_event_lag_seconds"] == "histogram")
    #expect(samples[#"akin_event_lag_seconds_bucket{le="60.0"}"#] == 1)
    #expect(samples[#"akin_event_lag_seconds_bucket{le="300.0"}"#] == 2)
    #expect(samples["akin_event_lag_seconds_count"] == 2)
    let missing = #"method="GET",route="/v1/products/{id}",status="404""#
    #expect(samples["akin_http_request_duration_seconds_count{\(missing)}"] == 1, "\(samples)")
    // Buckets hold those below them.
    for (name, total) in samples where name.contains("_count") {
      let inner = name.replacing("_count", with: "_bucket")
      let infinite =
        inner.hasSuffix("}") ? inner.dropLast() + #",le="+Inf"}"# : inner + #"{le="+Inf"}"#
      #expect(samples[String(infinite)] == total, "\(name)")
    }
  }
}
