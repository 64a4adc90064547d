internal import AkinEncoders
internal import AkinNeural
internal import AkinSimilarity
internal import Foundation

/// The use case "is this machine fit?": versions, processor features, and what will be used.
public enum Doctor {
  /// One finding.
  public struct Line: Sendable, Codable, Equatable {
    /// What was looked at.
    public var name: String
    /// What was found, and where it is not fine what to do.
    public var value: String
    /// Whether Akin can work with it.
    public var isFine: Bool
  }

  /// All findings.
  public struct Report: Sendable, Codable, Equatable {
    /// In the order to read them.
    public var lines: [Line]
    /// Whether everything is fine.
    public var isFine: Bool { lines.allSatisfy(\.isFine) }
  }

  /// Looks at everything; changes nothing.
  public static func examine() -> Report {
    var lines = [
      Line(name: "akin", value: AkinVersion.current, isFine: true),
      Line(name: "libtorch", value: Runtime.libtorchVersion, isFine: true),
      Line(
        name: "processor",
        value: "\(ProcessInfo.processInfo.activeProcessorCount) cores, "
          + features.joined(separator: " "), isFine: true),
      Line(
        name: "memory", value: ByteCount.text(Int(ProcessInfo.processInfo.physicalMemory)),
        isFine: true),
      Line(
        name: "devices", value: Device.available.map(\.description).joined(separator: ", "),
        isFine: true),
      Line(name: "threads", value: "\(ComputeThreads.count)", isFine: true),
      Line(
        name: "encoding in",
        value: NumericPrecision.fastest.rawValue
          + (Runtime.hasFastBFloat16 || NumericPrecision.fastest == .int8
            ? "" : " (this processor multiplies no bfloat16; encoding is slower)"),
        isFine: true),
      kernel,
    ]
    lines += models
    lines.append(
      Line(
        name: "charts",
        value: ChartLibrary.script() == nil
          ? "missing; the dashboard shows tables instead; run `make setup`" : "Chart.js",
        isFine: true))
    return Report(lines: lines)
  }

  private static var features: [String] {
    [
      "avx2", "avx512_f", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16", "neon",
    ].filter(Runtime.processorHas)
  }

  private static var kernel: Line {
    do {
      return Line(name: "comparing with", value: try Kernel.preferred().description, isFine: true)
    } catch {
      return Line(name: "comparing with", value: "\(error)", isFine: false)
    }
  }

  /// The built-in models must be there; imported ones are listed.
  private static var models: [Line] {
    let store = ModelStore()
    let found = store.list()
    let missing = BuiltInModel.allCases.filter { model in
      !found.contains { $0.name == model.rawValue }
    }
    return found.map {
      Line(
        name: "model", value: "\($0.name) (\($0.origin.rawValue))", isFine: true)
    }
      + missing.map {
        Line(
          name: "model", value: "\($0.rawValue) is missing; run `make setup`", isFine: false)
      }
  }
}

/// Sizes as people read them.
public enum ByteCount {
  /// `1.5 GB`, `12 MB`, `980 kB`: decimal multiples.
  public static func text(_ bytes: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1000, unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    return
      (value < 10 && unit > 0
      ? String(format: "%.1f", value) : String(Int(value.rounded()))) + " " + units[unit]
  }
}
