import AkinCatalogue
import ArgumentParser

/// What the columns of product files mean that belong to no shop.
struct ProductMapping: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "What product columns mean, as for akin build: title=name.", valueName: "field=column"))
  var map: [String] = []

  func options() throws -> ImportOptions {
    var options = ImportOptions()
    options.overrides = try MappingOverrides(map)
    return options
  }
}
