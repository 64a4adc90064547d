import AkinServer
import AkinStorage
import ArgumentParser
import Foundation

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Make, list and revoke the keys of a shop's API.",
    discussion: """
      Only a digest of a key is kept: it is shown once, when it is made.

      Example:
        akin key add --shop my-shop --role browser --name website --origin https://shop.example
      """,
    subcommands: [Add.self, List.self, Revoke.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key and show it once.",
      discussion: """
        Roles: admin (everything), write (read, and send products and events), read (ask), browser
        (ask for recommendations and send events, from pages of the named origins).

        Example:
          akin key add --shop my-shop --role write --name backend
        """)

    @OptionGroup var shop: ShopOptions
    @Option(help: "admin, write, read or browser.")
    var role: String
    @Option(help: "What to call it in lists.")
    var name = ""
    @Option(help: ArgumentHelp("A web origin that may use a browser key.", valueName: "url"))
    var origin: [String] = []
    @Flag(help: "Print JSON.")
    var json = false

    struct Made: Encodable {
      var id: String
      var role: String
      var key: String
    }

    func validate() throws {
      guard let role = KeyRole(rawValue: role) else {
        throw ValidationError("--role takes admin, write, read or browser.")
      }
      guard role != .browser || !origin.isEmpty else {
        throw ValidationError("A browser key needs --origin https://your.shop.")
      }
      for origin in origin {
        guard let parts = URLComponents(string: origin), parts.scheme != nil, parts.host != nil,
          parts.path.isEmpty
        else { throw ValidationError("--origin takes an address such as https://shop.example.") }
      }
      guard name.utf8.count <= 100 else { throw ValidationError("--name takes up to 100 bytes.") }
    }

    func run() throws {
      guard let role = KeyRole(rawValue: role) else { return }
      let store = try ShopStore(directory: shop.directory, for: .serving)
      let made = try ServerKeys.create(
        role: role, name: name, origins: origin, in: store, now: Date().timeIntervalSince1970)
      if json {
        return try Terminal.printJSON(
          Made(id: made.key.id, role: role.rawValue, key: made.secret))
      }
      Terminal.warn("Key \(made.key.id) (\(role.rawValue)). Keep it: it cannot be shown again.")
      Terminal.print(made.secret)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the keys, without the keys themselves.",
      discussion: """
        Example:
          akin key list --shop my-shop
        """)

    @OptionGroup var shop: ShopOptions
    @Flag(help: "Print JSON.")
    var json = false

    struct Listed: Encodable {
      var id: String
      var role: String
      var name: String
      var origins: [String]
      var isRevoked: Bool
    }

    func run() throws {
      let keys = try shop.open().keys().map {
        Listed(
          id: $0.id, role: $0.role.rawValue, name: $0.name, origins: $0.origins,
          isRevoked: $0.revoked != nil)
      }
      if json { return try Terminal.printJSON(keys) }
      for key in keys {
        Terminal.print(
          [key.id, key.role, key.isRevoked ? "revoked" : "active", key.name]
            .joined(separator: "  ") + key.origins.map { "  " + $0 }.joined())
      }
      if keys.isEmpty { Terminal.warn("No keys. Make one: akin key add --shop \(shop.shop)") }
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Revoke a key for good; a running server notices within a second.",
      discussion: """
        Example:
          akin key revoke --shop my-shop 1f0c2a9b
        """)

    @OptionGroup var shop: ShopOptions
    @Argument(help: "The key's id; see akin key list.")
    var id: String

    func run() throws {
      let store = try ShopStore(directory: shop.directory, for: .serving)
      guard try store.revokeKey(id: id, at: Date().timeIntervalSince1970) else {
        throw ValidationError("There is no key \(id). See: akin key list --shop \(shop.shop)")
      }
      Terminal.warn("Revoked \(id)")
    }
  }
}
