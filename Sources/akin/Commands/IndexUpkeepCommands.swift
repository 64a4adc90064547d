import AkinEngine
import AkinSimilarity
import ArgumentParser
import Foundation

struct IndexCompactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact", abstract: "Make one segment of everything, without what was deleted.",
    discussion: """
      Needs as much room again as the index takes until it is done.

      Example: akin index compact my-index
      """)

  @OptionGroup var folder: IndexFolderOption

  func run() throws {
    let index = try folder.open(for: .writing)
    let before = index.statistics.bytes
    let result = Result { try index.compact() }
    let after = index.statistics.bytes
    try index.close()
    try result.get()
    Terminal.warn("\(ByteCount.text(before)) before, \(ByteCount.text(after)) now")
  }
}

struct IndexVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Compare every byte of an index with its checksums.",
    discussion: """
      Prints a line for each damage: file, part, byte, what is wrong. Exit status 65 where there is
      any.

      Example: akin index verify my-index
      """)

  @OptionGroup var folder: IndexFolderOption

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let damage = try DurableIndex.verify(folder.url)
    if json {
      try Terminal.printJSON(damage)
    } else {
      for place in damage { Terminal.print(place.description) }
    }
    guard damage.isEmpty else {
      Terminal.warn(
        "\(damage.count) damaged; restore a snapshot: akin index restore FROM DIR")
      throw ExitCode(ExitStatus.unusableInput)
    }
    if !json { Terminal.warn("All is as it was written.") }
  }
}

struct IndexSnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Save an index as it is now into a new folder.",
    discussion: """
      On the same disk it takes neither time nor room, as it shares files that never change; a
      damaged disk then damages both. For a backup copy it to another disk.

      Examples:
        akin index snapshot my-index monday
        akin index snapshot my-index /backup/monday --copy
      """)

  @OptionGroup var folder: IndexFolderOption

  @Argument(help: ArgumentHelp("The new folder.", valueName: "to"))
  var target: String

  @Flag(help: "Copy all bytes, even on the same disk.")
  var copy = false

  func run() throws {
    try DurableIndex.save(
      folder.url, to: URL(filePath: target, directoryHint: .isDirectory), copying: copy)
    Terminal.warn("Saved \(folder.directory) in \(target)")
  }
}

struct IndexRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Make an index of a snapshot, in a new folder.",
    discussion: """
      The snapshot is compared with its checksums first, and stays as it is.

      Example: akin index restore monday my-index
      """)

  @Argument(help: ArgumentHelp("The snapshot.", valueName: "from"))
  var source: String

  @OptionGroup var folder: IndexFolderOption

  func run() throws {
    try DurableIndex.restore(
      URL(filePath: source, directoryHint: .isDirectory), to: folder.url)
    Terminal.warn("Restored \(folder.directory)")
  }
}

struct IndexStatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Show what an index consists of.",
    discussion: "Example: akin index stats my-index --json")

  @OptionGroup var folder: IndexFolderOption

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let figures = try folder.open(for: .reading).statistics
    if json { return try Terminal.printJSON(figures) }
    let lines = [
      ("items", figures.items.formatted()),
      ("recent", "\(figures.recent.formatted()) of them in no segment yet"),
      ("vectors", "\(figures.dimension) dimensions in \(figures.precision), \(figures.measure)"),
      ("size", "\(ByteCount.text(figures.bytes)), logs \(ByteCount.text(figures.logBytes)) of it"),
      ("changes", "\(figures.changes.formatted()) since it was created"),
      ("format", "\(figures.format)"),
    ]
    for (name, value) in lines {
      Terminal.print("\(name.padding(toLength: 10, withPad: " ", startingAt: 0))  \(value)")
    }
    for segment in figures.segments {
      Terminal.print(
        "\(segment.file)  \(segment.rows.formatted()) rows, \(segment.deleted.formatted()) deleted,"
          + " \(ByteCount.text(segment.bytes))")
    }
    if figures.tornBytes > 0 {
      Terminal.warn(
        "A crash left \(ByteCount.text(figures.tornBytes)) of a change that was not finished; the"
          + " next change cuts them off.")
    }
  }
}
