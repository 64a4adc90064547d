import AkinStorage
import ArgumentParser
import Foundation

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy a shop into one file, also while it is served.",
    discussion: """
      The file holds everything that must survive: products, vectors, lists, events, rules, keys'
      digests. It appears whole or not at all.

      Example:
        akin backup --shop my-shop --output backups/monday.akin
      """)

  @OptionGroup var shop: ShopOptions
  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  func run() throws {
    try shop.open().backup(to: URL(filePath: output))
    Terminal.warn("Wrote \(output)")
  }
}

struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Make a shop of a backup.",
    discussion: """
      Refuses while the shop is served or built, and where there is one already, unless --replace
      is given.

      Example:
        akin restore backups/monday.akin --shop my-shop
      """)

  @Argument(help: "The backup.")
  var file: String
  @OptionGroup var shop: ShopOptions
  @Flag(help: "Replace the shop that is there.")
  var replace = false

  func run() throws {
    try ShopStore.restore(URL(filePath: file), to: shop.directory, replacing: replace)
    Terminal.warn("Restored \(shop.shop). Next: akin serve --shop \(shop.shop)")
  }
}
