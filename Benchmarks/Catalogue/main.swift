// Megabytes a second from a feed's bytes to clean products and their quality, on one core, and the
// memory it takes with a sink that drops the products. Prints JSON lines:
//   akin-bench-catalogue FEED [--report]
// FEED is any product feed; Benchmarks/Catalogue/generate writes the one of the published figures.
import AkinCatalogue
import Foundation

/// Processor seconds of this process, which other processes do not slow down.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The most memory this process has held, in megabytes.
func peakMegabytes() -> Double {
  var usage = rusage()
  getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
  return Double(usage.ru_maxrss) * 1024 / 1e6
}

func emit(_ metric: String, _ value: Double, _ unit: String, _ note: String = "") {
  print(
    "{\"bench\": \"catalogue\", \"peer\": \"akin\", \"metric\": \"\(metric)\", "
      + "\"value\": \(value), \"unit\": \"\(unit)\", \"note\": \"\(note)\"}")
}

func run(_ path: String, showsReport: Bool) throws {
  let file = URL(fileURLWithPath: path)
  let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "akin-bench-\(ProcessInfo.processInfo.processIdentifier)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let megabytes = Double(size) / 1e6
  let rejects = try RejectLog(url: folder.appending(path: "rejects.jsonl"))
  var plain = ImportOptions()
  plain.findsNearDuplicates = false
  let reading = processorSeconds()
  try CatalogueImporter(options: plain, rejects: rejects).add(file: file) { _ in }
  emit(
    "read, map, clean", megabytes / (processorSeconds() - reading), "MB/s",
    "processor time; quality counted, near duplicates not looked for")
  let importer = CatalogueImporter(rejects: rejects)
  let before = peakMegabytes()
  let clock = ContinuousClock()
  let started = clock.now
  let processor = processorSeconds()
  try importer.add(file: file) { _ in }
  let read = processorSeconds() - processor
  let report = importer.report()
  let spent = processorSeconds() - processor
  let elapsed = clock.now - started
  let wall = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
  emit(
    "import", megabytes / read, "MB/s",
    "processor time, with the search for near duplicates; \(importer.count) products")
  emit("import and report", megabytes / spent, "MB/s", "processor time")
  emit("import and report, elapsed", megabytes / wall, "MB/s", "wall time")
  emit("peak memory", peakMegabytes() - before, "MB", "products dropped by the sink")
  emit("near duplicates", Double(report.nearDuplicateProducts), "products")
  if showsReport { print(report.render(width: 100)) }
}

let arguments = CommandLine.arguments.dropFirst()
guard let path = arguments.first(where: { !$0.hasPrefix("--") }) else {
  FileHandle.standardError.write(Data("akin-bench-catalogue FEED [--report]\n".utf8))
  exit(64)
}
do {
  try run(path, showsReport: arguments.contains("--report"))
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
