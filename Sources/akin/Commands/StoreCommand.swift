import AkinStorage
import ArgumentParser
import Foundation

struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store",
    abstract: "Say where a shop's data is: in its folder, or in PostgreSQL for several servers.",
    discussion: """
      A shop lives in its folder, in SQLite. Where several servers share the work it lives in a
      PostgreSQL database, which the folder then names in its file database.url; every command goes
      on with --shop DIR. Passwords belong in ~/.pgpass or PGPASSFILE, not in the address.

      Examples:
        akin store move --to postgresql://akin@db.example/shop --shop my-shop
        akin store attach postgresql://akin@db.example/shop --shop second-server
        akin store move --to sqlite --shop my-shop
      """,
    subcommands: [Show.self, Move.self, Attach.self], defaultSubcommand: Show.self)

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Print where the data is, without a password.")
    @OptionGroup var shop: ShopOptions

    func run() throws {
      let store = try shop.open()
      Terminal.print(store.place)
    }
  }

  struct Move: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "move",
      abstract: "Move a shop to PostgreSQL, or back into its folder.",
      discussion: """
        Copies everything in one transaction and then makes the folder name the new place; the old one
        is left as it is. Refuses while the shop is served or built.
        """)
    @OptionGroup var shop: ShopOptions
    @Option(
      help: ArgumentHelp(
        "sqlite, or postgresql://USER@HOST/DATABASE.", valueName: "address"))
    var to: String
    @Flag(help: "Replace the shop that is there.")
    var replace = false

    func run() throws {
      let old = try ShopStore.move(shop.directory, to: to, replacing: replace)
      Terminal.warn("Moved to \(try shop.open().place). The old data is still in \(old).")
    }
  }

  struct Attach: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "attach",
      abstract: "Make a new folder for a shop that lives in PostgreSQL: a second server's.")
    @Argument(
      help: ArgumentHelp("postgresql://USER@HOST/DATABASE.", valueName: "address"))
    var address: String
    @OptionGroup var shop: ShopOptions

    func run() throws {
      try ShopStore.attach(shop.directory, to: address)
      Terminal.warn("Attached \(shop.shop). Next: akin serve --shop \(shop.shop)")
    }
  }
}
