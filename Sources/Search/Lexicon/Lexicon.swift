/// Words that mean the same: synonyms, brands under several names, colours in several languages.
///
/// A file holds one group a line, its words separated by commas; `brand:` or `colour:` in front
/// says what kind it is, `#` begins a comment.
/// ```
/// brand: Apple, 苹果
/// colour: black, 黑色, 黑
/// power bank, 充电宝, 移动电源
/// ```
public struct Lexicon: Sendable, Hashable {
  /// What the words of a group are.
  public enum Kind: String, Sendable, Hashable, Codable {
    case synonym
    case brand
    case colour
  }

  /// Words that mean the same.
  public struct Group: Sendable, Hashable {
    /// What they are.
    public var kind: Kind
    /// At least two words or phrases.
    public var words: [String]

    /// Creates a group.
    public init(kind: Kind, words: [String]) {
      self.kind = kind
      self.words = words
    }
  }

  /// The groups, in the order of their sources.
  public var groups: [Group]

  /// A lexicon of the given groups.
  public init(groups: [Group] = []) { self.groups = groups }

  /// Reads a file's text.
  ///
  /// - Parameter name: the file, for messages.
  /// - Throws: ``SearchError`` `badLexicon` with the line.
  public init(parsing text: String, name: String) throws(SearchError) {
    groups = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      var content = line.prefix { $0 != "#" }
      content = content.drop(while: \.isWhitespace)
      guard !content.isEmpty else { continue }
      var kind = Kind.synonym
      if let colon = content.firstIndex(where: { $0 == ":" || $0 == "：" }) {
        let label = String(content[..<colon]).lowercased().filter { !$0.isWhitespace }
        guard let named = Kind(rawValue: label == "color" ? "colour" : label) else {
          throw SearchError(
            .badLexicon,
            "\(name), line \(index + 1): a line begins with brand:, colour: or a word, "
              + "and '\(label):' is none of them")
        }
        kind = named
        content = content[content.index(after: colon)...]
      }
      let words = content.split { ",，、".contains($0) }.map {
        $0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
      }.map { String($0) }.filter { !$0.isEmpty }
      guard words.count >= 2 else {
        throw SearchError(
          .badLexicon,
          "\(name), line \(index + 1): a group needs two words or more, separated by commas")
      }
      groups.append(Group(kind: kind, words: words))
    }
  }

  /// What every shop begins with: colours, common goods in Chinese and English, well-known brands.
  public static let builtIn: Lexicon = {
    let text = String(decoding: PackageResources.lexicon_txt, as: UTF8.self)
    // The file is part of this module; that it reads is tested.
    guard let lexicon = try? Lexicon(parsing: text, name: "lexicon.txt") else { return Lexicon() }
    return lexicon
  }()

  /// Both, one after the other.
  public func merging(_ other: Lexicon) -> Lexicon { Lexicon(groups: groups + other.groups) }
}
