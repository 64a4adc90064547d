import AkinStorage
import ArgumentParser
import Foundation

/// `--shop DIR`, for the commands that read one.
struct ShopOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The shop's folder.", valueName: "dir"))
  var shop: String

  var directory: URL { URL(filePath: shop, directoryHint: .isDirectory) }

  func open() throws -> ShopStore { try ShopStore(directory: directory) }
}
