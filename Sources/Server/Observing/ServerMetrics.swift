internal import Foundation
internal import Synchronization

/// Counts and latencies of the running server, as Prometheus reads them.
final class ServerMetrics: Sendable {
  private struct Route: Hashable {
    var method: String
    var path: String
    var status: Int
  }

  private struct Latency {
    var buckets = [Int](repeating: 0, count: ServerMetrics.bounds.count + 1)
    var sum = 0.0
  }

  private struct State {
    var latencies: [Route: Latency] = [:]
    var counters: [String: Int] = [:]
  }

  /// Upper bounds of the histogram, in seconds.
  private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
  private let state = Mutex(State())
  private let started: Double

  init(started: Double) { self.started = started }

  /// Notes a request that was answered.
  func record(method: String, path: String, status: Int, seconds: Double) {
    let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    state.withLock {
      let route = Route(method: method, path: path, status: status)
      $0.latencies[route, default: Latency()].buckets[bucket] += 1
      $0.latencies[route]?.sum += seconds
    }
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
    var lines = ["# TYPE akin_http_request_duration_seconds histogram"]
    for (route, latency) in state.latencies.sorted(by: { "\($0.key)" < "\($1.key)" }) {
      let labels =
        "method=\"\(route.method)\",route=\"\(route.path)\",status=\"\(route.status)\""
      var total = 0
      for (bound, count) in zip(Self.bounds.map { "\($0)" } + ["+Inf"], latency.buckets) {
        total += count
        lines.append(
          "akin_http_request_duration_seconds_bucket{\(labels),le=\"\(bound)\"} \(total)")
      }
      lines.append("akin_http_request_duration_seconds_sum{\(labels)} \(latency.sum)")
      lines.append("akin_http_request_duration_seconds_count{\(labels)} \(total)")
    }
    for (name, count) in state.counters.sorted(by: { $0.key < $1.key }) {
      lines.append("# TYPE akin_\(name)_total counter")
      lines.append("akin_\(name)_total \(count)")
    }
    for gauge in gauges {
      lines.append("# HELP akin_\(gauge.name) \(gauge.help)")
      lines.append("# TYPE akin_\(gauge.name) gauge")
      lines.append("akin_\(gauge.name) \(gauge.value)")
    }
    return lines.joined(separator: "\n") + "\n"
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
