/// Tags of single characters for stretches of text: begin, inside, end, single, for each type, and
/// outside (BIOES; Ratinov & Roth, 2009).
struct TagScheme: Sendable, Hashable, Codable {
  /// The types, sorted.
  let types: [String]

  private enum Part: Int { case begin, inside, end, single }

  /// 0 is outside; four tags a type follow.
  var count: Int { 1 + 4 * types.count }

  init(of titles: [TaggedTitle]) {
    types = Set(titles.flatMap { $0.spans.map(\.type) }).sorted()
  }

  private func tag(_ type: Int, _ part: Part) -> Int { 1 + 4 * type + part.rawValue }

  private func part(of tag: Int) -> (type: Int, part: Part)? {
    guard tag > 0, let part = Part(rawValue: (tag - 1) % 4) else { return nil }
    return ((tag - 1) / 4, part)
  }

  /// One tag for each of `length` characters. A type that the scheme does not know counts as outside.
  func tags(of spans: [TitleSpan], length: Int) -> [Int] {
    var tags = [Int](repeating: 0, count: length)
    for span in spans where span.end <= length {
      guard let type = types.firstIndex(of: span.type) else { continue }
      if span.end - span.start == 1 {
        tags[span.start] = tag(type, .single)
        continue
      }
      for place in span.start..<span.end { tags[place] = tag(type, .inside) }
      tags[span.start] = tag(type, .begin)
      tags[span.end - 1] = tag(type, .end)
    }
    return tags
  }

  /// The stretches that `tags` mark; what is not begun or not ended is none.
  func spans(of tags: [Int], in title: [Unicode.Scalar]) -> [TitleSpan] {
    var spans: [TitleSpan] = []
    var open: (start: Int, type: Int)?
    for (place, tag) in tags.enumerated() {
      guard let (type, part) = part(of: tag) else {
        open = nil
        continue
      }
      if part == .begin || part == .single { open = (place, type) }
      guard part == .end || part == .single else { continue }
      if let open, open.type == type {
        let text = title[open.start...place].map(String.init).joined()
        spans.append(
          TitleSpan(start: open.start, end: place + 1, type: types[type], text: text))
      }
      open = nil
    }
    return spans
  }

  /// Whether `next` may follow `tag`; `nil` stands for the edge of the title.
  func allows(_ tag: Int?, then next: Int?) -> Bool {
    let before = tag.flatMap(part)
    let after = next.flatMap(part)
    let isOpen = before.map { $0.part == .begin || $0.part == .inside } ?? false
    let goesOn = after.map { $0.part == .inside || $0.part == .end } ?? false
    if isOpen { return goesOn && before?.type == after?.type }
    return !goesOn
  }
}
