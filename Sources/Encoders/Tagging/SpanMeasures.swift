/// How well stretches were found: one counts where start, end and type agree with what people marked.
public struct SpanMeasures: Sendable, Codable, Equatable {
  /// Counts and what follows from them.
  public struct Figures: Sendable, Codable, Equatable {
    /// Stretches that people marked, that were found, and that are both.
    public var marked = 0, found = 0, right = 0
    /// `right / found`; 0 where nothing was found.
    public var precision: Double { found == 0 ? 0 : Double(right) / Double(found) }
    /// `right / marked`; 0 where nothing was marked.
    public var recall: Double { marked == 0 ? 0 : Double(right) / Double(marked) }
    /// `2 · right / (marked + found)`
    public var f1: Double {
      marked + found == 0 ? 0 : 2 * Double(right) / Double(marked + found)
    }

    private enum CodingKeys: String, CodingKey {
      case marked, found, right, precision, recall, f1
    }

    init() {}

    /// Reads counts; the rest follows.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      marked = try values.decode(Int.self, forKey: .marked)
      found = try values.decode(Int.self, forKey: .found)
      right = try values.decode(Int.self, forKey: .right)
    }

    /// Writes counts and measures.
    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(marked, forKey: .marked)
      try values.encode(found, forKey: .found)
      try values.encode(right, forKey: .right)
      try values.encode(precision, forKey: .precision)
      try values.encode(recall, forKey: .recall)
      try values.encode(f1, forKey: .f1)
    }
  }

  /// Over all types together.
  public private(set) var all = Figures()
  /// By type.
  public private(set) var types: [String: Figures] = [:]

  /// Measures what was found in each title against what was marked there.
  public init(_ pairs: some Sequence<(marked: [TitleSpan], found: [TitleSpan])>) {
    for (marked, found) in pairs {
      let right = Set(marked).intersection(found)
      for span in marked { types[span.type, default: .init()].marked += 1 }
      for span in found { types[span.type, default: .init()].found += 1 }
      for span in right { types[span.type, default: .init()].right += 1 }
      all.marked += marked.count
      all.found += found.count
      all.right += right.count
    }
  }
}

/// Marks what stood marked in the training titles, the longest stretch first: what a tagger must beat.
public struct DictionaryTagger: Sendable {
  private let types: [String: String]
  private let longest: Int

  /// Keeps of each marked text the type that it had most often.
  public init(_ titles: [TaggedTitle]) {
    var counts: [String: [String: Int]] = [:]
    for span in titles.flatMap(\.spans) {
      counts[span.text, default: [:]][span.type, default: 0] += 1
    }
    types = counts.compactMapValues { types in
      types.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
    longest = types.keys.map(\.unicodeScalars.count).max() ?? 0
  }

  /// The stretches of a title. O(length · longest text).
  public func spans(of title: String) -> [TitleSpan] {
    let scalars = Array(title.unicodeScalars)
    var spans: [TitleSpan] = []
    var place = 0
    while place < scalars.count {
      var length = min(longest, scalars.count - place)
      while length > 0 {
        let text = scalars[place..<place + length].map(String.init).joined()
        if let type = types[text] {
          spans.append(TitleSpan(start: place, end: place + length, type: type, text: text))
          break
        }
        length -= 1
      }
      place += max(1, length)
    }
    return spans
  }
}
