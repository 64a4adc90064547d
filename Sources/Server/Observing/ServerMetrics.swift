internal import Foundation
internal import Synchronization

/// Counts and latencies of the running server, as Prometheus reads them.
final class ServerMetrics: Sendable {
  private struct Route: Hashable {
    var method: String
    var path: String
    var status: Int
  }

  /// Values by upper bounds; the last bucket has none.
  private struct Histogram {
    let bounds: [Double]
    var buckets: [Int]
    var sum = 0.0

    init(_ bounds: [Double]) {
      self.bounds = bounds
      buckets = [Int](repeating: 0, count: bounds.count + 1)
    }

    mutating func add(_ value: Double) {
      buckets[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
      sum += value
    }
  }

  private struct State {
    var latencies: [Route: Histogram] = [:]
    var lags = Histogram([1, 5, 15, 60, 300, 3_600, 86_400])
    /// All are there from the start: a counter that appears with its first event hides that one.
    var counters = Dictionary(uniqueKeysWithValues: ServerMetrics.counters.map { ($0.name, 0) })
  }

  private static let counters = [
    (name: "events_accepted", help: "Events that were taken."),
    (name: "events_refused", help: "Events that could not be used."),
    (name: "events_repeated", help: "Events that had been sent before."),
    (name: "products_upserted", help: "Products that were added or replaced."),
  ]

  /// Upper bounds of the histogram, in seconds.
  private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
  private let state = Mutex(State())
  private let started: Double

  init(started: Double) { self.started = started }

  /// Notes a request that was answered.
  func record(method: String, path: String, status: Int, seconds: Double) {
    state.withLock {
      let route = Route(method: method, path: path, status: status)
      $0.latencies[route, default: Histogram(Self.bounds)].add(seconds)
    }
  }

  /// Notes how long after the shopper's deed events were durable. Clocks ahead of ours count as 0.
  func noteEventLags(_ seconds: [Double]) {
    state.withLock { for lag in seconds { $0.lags.add(max(0, lag)) } }
  }

  /// Adds to a counter.
  func count(_ name: String, _ number: Int = 1) {
    guard number > 0 else { return }
    state.withLock { $0.counters[name, default: 0] += number }
  }

  /// Requests answered so far, and those of them that failed on our side.
  var totals: (requests: Int, failures: Int) {
    state.withLock {
      $0.latencies.reduce((0, 0)) { totals, entry in
        let count = entry.value.buckets.reduce(0, +)
        return (totals.0 + count, totals.1 + (entry.key.status >= 500 ? count : 0))
      }
    }
  }

  /// How fast a route answers.
  struct RouteLatency: Encodable, Sendable {
    /// Method and path.
    var route: String
    /// Requests answered.
    var count: Int
    /// Seconds within which half were answered, by the histogram's buckets.
    var p50: Double
    /// Seconds within which 99 of 100 were answered.
    var p99: Double
  }

  /// The routes by how often they were asked.
  func routes() -> [RouteLatency] {
    let latencies = state.withLock(\.latencies)
    var merged: [String: [Int]] = [:]
    for (route, latency) in latencies {
      let name = "\(route.method) \(route.path)"
      let sums = merged[name] ?? [Int](repeating: 0, count: latency.buckets.count)
      merged[name] = zip(sums, latency.buckets).map(+)
    }
    return merged.map { name, buckets in
      RouteLatency(
        route: name, count: buckets.reduce(0, +), p50: Self.quantile(0.5, buckets),
        p99: Self.quantile(0.99, buckets))
    }
    .sorted { ($1.count, $0.route) < ($0.count, $1.route) }
  }

  /// A quantile from a histogram, linear within its bucket.
  private static func quantile(_ share: Double, _ buckets: [Int]) -> Double {
    let wanted = share * Double(buckets.reduce(0, +))
    var before = 0
    for (index, count) in buckets.enumerated() {
      let lower = index == 0 ? 0 : bounds[index - 1]
      guard bounds.indices.contains(index) else { return lower }
      if count > 0, Double(before + count) >= wanted {
        return lower + (bounds[index] - lower) * (wanted - Double(before)) / Double(count)
      }
      before += count
    }
    return 0
  }

  /// The text format of Prometheus, version 0.0.4, with `gauges` beside what was counted.
  func text(gauges: [(name: String, help: String, value: Double)]) -> String {
    let state = self.state.withLock { $0 }
    var lines = Self.head("http_request_duration_seconds", "Seconds to answer.", "histogram")
    for (route, latency) in state.latencies.sorted(by: { "\($0.key)" < "\($1.key)" }) {
      lines += Self.samples(
        "http_request_duration_seconds", latency,
        ["method=\"\(route.method)\"", "route=\"\(route.path)\"", "status=\"\(route.status)\""])
    }
    lines += Self.head(
      "event_lag_seconds", "Seconds from what a shopper did until it was durable here.", "histogram"
    )
    lines += Self.samples("event_lag_seconds", state.lags, [])
    for counter in Self.counters {
      lines += Self.head("\(counter.name)_total", counter.help, "counter")
      lines.append("akin_\(counter.name)_total \(state.counters[counter.name] ?? 0)")
    }
    for gauge in gauges {
      lines += Self.head(gauge.name, gauge.help, "gauge")
      lines.append("akin_\(gauge.name) \(gauge.value)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func head(_ name: String, _ help: String, _ type: String) -> [String] {
    ["# HELP akin_\(name) \(help)", "# TYPE akin_\(name) \(type)"]
  }

  private static func samples(_ name: String, _ histogram: Histogram, _ labels: [String])
    -> [String]
  {
    func sample(_ suffix: String, _ labels: [String], _ value: String) -> String {
      let braces = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
      return "akin_\(name)_\(suffix)\(braces) \(value)"
    }
    var lines: [String] = []
    var total = 0
    for (bound, count) in zip(histogram.bounds.map { "\($0)" } + ["+Inf"], histogram.buckets) {
      total += count
      lines.append(sample("bucket", labels + ["le=\"\(bound)\""], "\(total)"))
    }
    return lines + [
      sample("sum", labels, "\(histogram.sum)"), sample("count", labels, "\(total)"),
    ]
  }

  /// Bytes of all files below a folder; what cannot be read counts nothing.
  static func bytes(in folder: URL) -> Int {
    let files = FileManager.default.enumerator(
      at: folder, includingPropertiesForKeys: [.fileSizeKey, .isRegularFileKey])
    var total = 0
    while let file = files?.nextObject() as? URL {
      let values = try? file.resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey])
      if values?.isRegularFile ?? false { total += values?.fileSize ?? 0 }
    }
    return total
  }

  /// Seconds since the server started.
  func uptime(now: Double) -> Double { now - started }

  /// Resident memory of this process in bytes; 0 where the system does not say.
  static var residentMemory: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return 0
    }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
