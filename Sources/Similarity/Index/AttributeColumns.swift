/// All attributes of a segment, one column for each name and type.
struct AttributeColumns: Sendable {
  enum Kind: UInt32 { case text, texts, number, flag }
  struct Key: Hashable {
    var name: String
    var kind: Kind
  }
  private enum Contents: Sendable {
    case texts(TextColumn, single: Bool)
    case number(NumberColumn)
    case flag(FlagColumn)
  }
  private static let section = "attributes"

  private let rows: Int
  private var columns: [Key: Contents] = [:]

  /// O(bytes).
  init(_ reader: SectionReader, rows: Int) throws(IndexError) {
    self.rows = rows
    let names = try TextTable(Self.section + ".names", in: reader)
    let kinds: Column<UInt32> = try reader.column(Self.section + ".kinds", count: names.count)
    for index in 0..<names.count {
      guard let kind = Kind(rawValue: kinds[index]) else {
        throw kinds.damaged(at: index, "it is no type of attribute")
      }
      let section = Self.section(index)
      let contents: Contents =
        switch kind {
        case .text, .texts:
          .texts(try TextColumn(section, in: reader, rows: rows), single: kind == .text)
        case .number: .number(try NumberColumn(section, in: reader, rows: rows))
        case .flag: .flag(try FlagColumn(section, in: reader, rows: rows))
        }
      let key = Key(name: names.text(index), kind: kind)
      guard columns.updateValue(contents, forKey: key) == nil else {
        throw kinds.damaged(at: index, "an attribute is there twice")
      }
    }
  }

  /// The attributes of `row`, as they were put. O(columns).
  func attributes(_ row: Int) -> [String: IndexAttribute] {
    var result: [String: IndexAttribute] = [:]
    for (key, contents) in columns {
      switch contents {
      case .texts(let column, let single):
        guard let texts = column.texts(row) else { continue }
        result[key.name] = single ? .text(texts.first ?? "") : .texts(texts)
      case .number(let column):
        if let number = column.number(row) { result[key.name] = .number(number) }
      case .flag(let column):
        if let flag = column.flag(row) { result[key.name] = .flag(flag) }
      }
    }
    return result
  }

  /// The rows that pass `filter`; `identifiers` finds rows by identifier.
  func rows(passing filter: IndexFilter, identifiers: IdentifierColumn) -> RowSet {
    var result = RowSet(count: rows)
    switch filter {
    case .equals(let name, let value):
      forEachText(name) { $0.insertRows(holding: [value], into: &result) }
    case .oneOf(let name, let values):
      forEachText(name) { $0.insertRows(holding: values, into: &result) }
    case .pathPrefix(let name, let prefix):
      forEachText(name) { $0.insertRows(under: prefix, into: &result) }
    case .range(let name, let range):
      if case .number(let column)? = columns[Key(name: name, kind: .number)] {
        column.insertRows(in: range, into: &result)
      }
    case .flag(let name, let wanted):
      if case .flag(let column)? = columns[Key(name: name, kind: .flag)] {
        result = column.rows(with: wanted)
      }
    case .identifiers(let ids):
      for id in ids { if let row = identifiers.row(of: id) { result[row] = true } }
    case .all(let filters):
      result = RowSet(count: rows, full: true)
      for filter in filters {
        result.formIntersection(rows(passing: filter, identifiers: identifiers))
      }
    case .any(let filters):
      for filter in filters {
        result.formUnion(rows(passing: filter, identifiers: identifiers))
      }
    case .not(let filter):
      result = rows(passing: filter, identifiers: identifiers)
      result.invert()
    }
    return result
  }

  private func forEachText(_ name: String, _ body: (TextColumn) -> Void) {
    for kind in [Kind.text, .texts] {
      if case .texts(let column, _)? = columns[Key(name: name, kind: kind)] { body(column) }
    }
  }

  private static func section(_ index: Int) -> String { "attribute.\(index)" }

  static func sections(_ rows: [[String: IndexAttribute]]) -> [IndexSection] {
    var texts: [Key: [(row: Int, texts: [String])]] = [:]
    var numbers: [Key: [(row: Int, number: Double)]] = [:]
    var flags: [Key: [(row: Int, flag: Bool)]] = [:]
    for (row, attributes) in rows.enumerated() {
      for (name, value) in attributes {
        switch value {
        case .text(let text):
          texts[Key(name: name, kind: .text), default: []].append((row, [text]))
        case .texts(let list):
          texts[Key(name: name, kind: .texts), default: []].append((row, list))
        case .number(let number):
          numbers[Key(name: name, kind: .number), default: []].append((row, number))
        case .flag(let flag):
          flags[Key(name: name, kind: .flag), default: []].append((row, flag))
        }
      }
    }
    let keys = (Array(texts.keys) + numbers.keys + flags.keys).sorted {
      ($0.name, $0.kind.rawValue) < ($1.name, $1.kind.rawValue)
    }
    var sections = TextTable.sections(section + ".names", keys.map(\.name))
    sections.append(
      IndexSection(
        name: section + ".kinds", contents: IndexBytes(keys.map(\.kind.rawValue))))
    for (index, key) in keys.enumerated() {
      if let entries = texts[key] {
        sections += TextColumn.sections(section(index), entries, rows: rows.count)
      } else if let entries = numbers[key] {
        sections += NumberColumn.sections(section(index), entries, rows: rows.count)
      } else if let entries = flags[key] {
        sections += FlagColumn.sections(section(index), entries, rows: rows.count)
      }
    }
    return sections
  }
}
