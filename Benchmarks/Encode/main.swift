// Titles a second from string to unit vector, and the time of one title. Prints JSON lines:
//   akin-bench-encode TITLES [--model NAME] [--precision fp32|bf16|int8] [--repeat 3] [--output FILE.npy]
// TITLES holds one title a line. Benchmarks/encode.py runs this beside the peers.
import AkinEncoders
import AkinNeural
import Foundation

struct Arguments {
  var titles = ""
  var model = "minilm-l6"
  var precision = NumericPrecision.fastest
  var repetitions = 3
  var output: String?

  init(_ list: [String]) throws {
    var rest = list[...]
    func value(of option: String) throws -> String {
      guard let value = rest.popFirst() else { throw Usage(message: "\(option) needs a value") }
      return value
    }
    while let word = rest.popFirst() {
      switch word {
      case "--model": model = try value(of: word)
      case "--output": output = try value(of: word)
      case "--repeat":
        guard let number = Int(try value(of: word)), number > 0 else {
          throw Usage(message: "--repeat needs a positive number")
        }
        repetitions = number
      case "--precision":
        guard let chosen = NumericPrecision(rawValue: try value(of: word)) else {
          throw Usage(message: "--precision needs fp32, bf16 or int8")
        }
        precision = chosen
      default: titles = word
      }
    }
    guard !titles.isEmpty else { throw Usage(message: "name a file of titles") }
  }
}

struct Usage: Error, CustomStringConvertible {
  let message: String
  var description: String { message }
}

/// Seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let elapsed = try ContinuousClock().measure(body)
  return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
}

func emit(
  _ bench: String, _ peer: String, _ metric: String, _ value: Double, _ unit: String, _ note: String
) {
  print(
    "{\"bench\": \"\(bench)\", \"peer\": \"\(peer)\", \"metric\": \"\(metric)\", "
      + "\"value\": \(value), \"unit\": \"\(unit)\", \"note\": \"\(note)\"}")
}

func run() throws {
  let arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
  guard arguments.precision.isSupported else {
    print("# skipped \(arguments.precision.rawValue), which this processor lacks")
    return
  }
  let text = try String(contentsOfFile: arguments.titles, encoding: .utf8)
  let titles = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    .map(String.init)
  var loaded: (any TextEncoder)?
  let loading = try seconds {
    loaded = try ModelStore().encoder(named: arguments.model, precision: arguments.precision)
  }
  guard let encoder = loaded else { return }
  let peer = "akin \(arguments.model) \(arguments.precision.rawValue)"
  emit("encode load", peer, "seconds", loading, "s", "")
  _ = try encoder.encode(Array(titles.prefix(256)))
  var times: [Double] = []
  for _ in 0..<arguments.repetitions {
    times.append(try seconds { _ = try encoder.encode(titles) })
  }
  times.sort()
  let count = Double(titles.count)
  emit(
    "encode batch", peer, "titles/s", count / times[times.count / 2], "1/s",
    "\(titles.count) titles, min..max \(Int(count / (times.last ?? 1)))..\(Int(count / times[0])); "
      + "\(ComputeThreads.count) threads")
  for title in titles.prefix(30) { _ = try encoder.encode([title]) }
  var single: [Double] = []
  for title in titles.prefix(500) {
    single.append(try seconds { _ = try encoder.encode([title]) } * 1000)
  }
  single.sort()
  emit(
    "encode one title", peer, "p50", single[single.count / 2], "ms",
    "p95 \(single[single.count * 95 / 100]) ms")
  if let output = arguments.output {
    let writer = try NumPyWriter(
      destination: URL(fileURLWithPath: output), columns: encoder.dimension)
    try encoder.encode(stream: titles) { rows in
      try rows.values.withUnsafeBufferPointer { try writer.append($0) }
    }
    try writer.finish()
  }
}

do {
  try run()
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(64)
}
