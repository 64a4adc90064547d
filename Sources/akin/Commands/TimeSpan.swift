import ArgumentParser

/// A stretch of time as people write it: `90s`, `10m`, `1.5h`, or seconds without a unit.
struct TimeSpan: ExpressibleByArgument, Equatable {
  var seconds: Double

  init(seconds: Double) { self.seconds = seconds }

  init?(argument: String) {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    let unit = argument.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? argument : String(argument.dropLast())),
      number > 0, number.isFinite
    else { return nil }
    seconds = number * (unit ?? 1)
  }

  var defaultValueDescription: String {
    seconds.truncatingRemainder(dividingBy: 60) == 0
      ? "\(Int(seconds / 60))m" : "\(Int(seconds))s"
  }
}
