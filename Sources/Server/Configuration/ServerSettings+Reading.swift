public import Foundation
internal import Yams

extension ServerSettings {
  /// Reads a YAML file. Every error names its line and column.
  ///
  /// - Throws: ``ConfigurationError``.
  public init(file: URL) throws(ConfigurationError) {
    let path = file.path(percentEncoded: false)
    let text: String
    do {
      text = try String(contentsOf: file, encoding: .utf8)
    } catch {
      throw ConfigurationError(place: path, message: "cannot be read as UTF-8 text")
    }
    try self.init(yaml: text, name: path)
  }

  init(yaml text: String, name: String) throws(ConfigurationError) {
    self.init()
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch { throw Self.syntax(error, in: name) }
    guard let root else { return }
    guard case .mapping(let mapping) = root else {
      throw Self.error(root, in: name, "must be settings, one a line: port: 8080")
    }
    try read(mapping, under: "", name)
  }

  private mutating func read(_ mapping: Node.Mapping, under prefix: String, _ name: String)
    throws(ConfigurationError)
  {
    for (key, value) in mapping {
      guard let word = key.string else { throw Self.error(key, in: name, "must be a name") }
      let path = prefix + word
      if case .mapping(let inner) = value, prefix.isEmpty,
        Self.table.contains(where: { $0.name.hasPrefix(path + ".") })
      {
        try read(inner, under: path + ".", name)
        continue
      }
      guard let setting = Self.table.first(where: { $0.name == path }) else {
        throw Self.error(key, in: name, Self.unknown(path))
      }
      guard case .scalar(let scalar) = value else {
        throw Self.error(value, in: name, "\(path) takes one value")
      }
      if let refusal = setting.read(&self, scalar.string) {
        throw Self.error(value, in: name, "\(path) \(refusal)")
      }
    }
  }

  /// Reads `AKIN_HOST`, `AKIN_TLS_CERTIFICATE` and so on: the names of a file's settings.
  ///
  /// - Throws: ``ConfigurationError``.
  public init(environment: [String: String]) throws(ConfigurationError) {
    self.init()
    for setting in Self.table {
      let variable =
        "AKIN_" + setting.name.uppercased().replacingOccurrences(of: ".", with: "_")
      guard let value = environment[variable], !value.isEmpty else { continue }
      if let refusal = setting.read(&self, value) {
        throw ConfigurationError(place: variable, message: refusal)
      }
    }
  }

  private static func unknown(_ path: String) -> String {
    let names = table.map(\.name).joined(separator: ", ")
    return "there is no setting \(path); there are \(names)"
  }

  private static func error(_ node: Node, in name: String, _ message: String)
    -> ConfigurationError
  {
    let place = node.mark.map { "\(name):\($0.line):\($0.column)" } ?? name
    return ConfigurationError(place: place, message: message)
  }

  private static func syntax(_ error: any Error, in name: String) -> ConfigurationError {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _)?, .parser(_, let problem, let mark, _)?,
      .composer(_, let problem, let mark, _)?:
      return ConfigurationError(place: "\(name):\(mark.line):\(mark.column)", message: problem)
    case .duplicatedKeysInMapping(let keys, let context)?:
      return ConfigurationError(
        place: "\(name):\(context.mark.line):\(context.mark.column)",
        message: "\(keys.joined(separator: ", ")) is set twice")
    default: return ConfigurationError(place: name, message: "is no YAML")
    }
  }
}
