import ArgumentParser

/// A stretch of time as an argument: `90`, `90s`, `5m`, `1h`, `7d`.
struct TimeBudget: ExpressibleByArgument {
  var seconds: Double

  init(seconds: Double) { self.seconds = seconds }

  init?(argument: String) {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    let unit = argument.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? argument : String(argument.dropLast())),
      number.isFinite, number > 0
    else { return nil }
    seconds = number * (unit ?? 1)
  }

  var defaultValueDescription: String { "\(Int(seconds))s" }
}
