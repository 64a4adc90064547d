internal import Synchronization

/// Token buckets: a client may make so many requests a second, and save up one second's worth.
final class RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var time: Double
  }

  private let buckets: Mutex<[String: Bucket]> = Mutex([:])
  /// Clients remembered at once.
  private let capacity = 100_000

  /// Takes a token of `client`.
  ///
  /// - Returns: `nil` where there was one, else the seconds until the next.
  func wait(for client: String, rate: Double, now: Double) -> Double? {
    buckets.withLock { buckets in
      if buckets.count >= capacity, buckets[client] == nil {
        // Full buckets say no more than missing ones.
        buckets = buckets.filter { now - $0.value.time < 1 }
        if buckets.count >= capacity { buckets.removeAll() }
      }
      var bucket = buckets[client] ?? Bucket(tokens: max(1, rate), time: now)
      bucket.tokens = min(max(1, rate), bucket.tokens + max(0, now - bucket.time) * rate)
      bucket.time = now
      let isAllowed = bucket.tokens >= 1
      if isAllowed { bucket.tokens -= 1 }
      buckets[client] = bucket
      return isAllowed ? nil : (1 - bucket.tokens) / rate
    }
  }
}
