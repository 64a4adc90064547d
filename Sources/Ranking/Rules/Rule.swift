/// What a merchandiser wants of the shop's lists: one action, where it holds, and when.
///
/// Rules change the order of what the models found and what may be shown; they never make up a
/// score. Every list says which rule did what.
public struct Rule: Sendable, Equatable, Codable {
  /// Names the rule for good.
  public var id: String
  /// What people call it.
  public var name: String
  /// Whether it is applied at all.
  public var active: Bool
  /// What it does.
  public var action: RuleAction
  /// Where it holds; everywhere by default.
  public var scope: RuleScope
  /// When it holds; always where `nil`.
  public var schedule: RuleSchedule?

  /// Creates a rule.
  public init(
    id: String, name: String = "", active: Bool = true, action: RuleAction,
    scope: RuleScope = RuleScope(), schedule: RuleSchedule? = nil
  ) {
    self.id = id
    self.name = name
    self.active = active
    self.action = action
    self.scope = scope
    self.schedule = schedule
  }

  private enum CodingKeys: String, CodingKey {
    case id, name, active, action, scope, schedule
  }

  /// Reads a rule; what is left out has its default, ``id`` an empty one, which ``check()`` refuses.
  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    id = try members.decodeIfPresent(String.self, forKey: .id) ?? ""
    name = try members.decodeIfPresent(String.self, forKey: .name) ?? ""
    active = try members.decodeIfPresent(Bool.self, forKey: .active) ?? true
    action = try members.decode(RuleAction.self, forKey: .action)
    scope = try members.decodeIfPresent(RuleScope.self, forKey: .scope) ?? RuleScope()
    schedule = try members.decodeIfPresent(RuleSchedule.self, forKey: .schedule)
  }

  /// Whether the rule is to be applied to a list.
  public func applies(to list: RuleContext) -> Bool {
    active && scope.covers(list) && (schedule?.covers(list.time) ?? true)
  }
}

/// The list that rules are applied to.
public struct RuleContext: Sendable, Equatable {
  /// The kind of list: `similar`, `bought_together`, `popular`, `for_you`, `search`.
  public var kind: String
  /// Where the shop shows it, in its own words: `home`, `product`, `basket`.
  public var page: String?
  /// The groups that the shopper belongs to, in the shop's own words.
  public var audiences: Set<String>
  /// The product that the list belongs to.
  public var subject: RuleProduct?
  /// What the shopper typed, of a list of search results.
  public var query: String?
  /// Now, in seconds since 1970-01-01 UTC.
  public var time: Double

  /// Creates a context.
  public init(
    kind: String, page: String? = nil, audiences: Set<String> = [], subject: RuleProduct? = nil,
    query: String? = nil, time: Double
  ) {
    self.kind = kind
    self.page = page
    self.audiences = audiences
    self.subject = subject
    self.query = query
    self.time = time
  }
}

/// Where a rule holds. Each condition that is given must be met by one of its values.
public struct RuleScope: Sendable, Equatable, Codable {
  /// Kinds of list.
  public var kinds: [String]?
  /// Pages of the shop.
  public var pages: [String]?
  /// Categories of the product that the list belongs to, at any level.
  public var categories: [String]?
  /// Groups of shoppers.
  public var audiences: [String]?
  /// What shoppers typed, whole, letter case and blanks aside; of search results only.
  public var queries: [String]?

  /// Everywhere.
  public init(
    kinds: [String]? = nil, pages: [String]? = nil, categories: [String]? = nil,
    audiences: [String]? = nil, queries: [String]? = nil
  ) {
    self.kinds = kinds
    self.pages = pages
    self.categories = categories
    self.audiences = audiences
    self.queries = queries
  }

  /// A query without what does not tell it from another.
  private static func plain(_ query: String) -> String {
    query.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  func covers(_ list: RuleContext) -> Bool {
    if let kinds, !kinds.contains(list.kind) { return false }
    if let pages, !(list.page.map(pages.contains) ?? false) { return false }
    if let audiences, list.audiences.isDisjoint(with: audiences) { return false }
    if let queries {
      guard let typed = list.query.map(Self.plain),
        queries.contains(where: { Self.plain($0) == typed })
      else { return false }
    }
    if let categories {
      var filter = ProductFilter()
      filter.category = categories
      guard let subject = list.subject, filter.matches(subject.product) else { return false }
    }
    return true
  }
}

/// When a rule holds.
public struct RuleSchedule: Sendable, Equatable, Codable {
  /// From this moment, in seconds since 1970-01-01 UTC.
  public var from: Double?
  /// Up to this moment, itself not included.
  public var until: Double?
  /// Days of the week, 1 for Monday to 7 for Sunday.
  public var weekdays: [Int]?
  /// Hours of the day, 0 to 23.
  public var hours: [Int]?
  /// Minutes that the shop's clock is ahead of UTC, for ``weekdays`` and ``hours``.
  public var offset: Int?

  /// Always.
  public init(
    from: Double? = nil, until: Double? = nil, weekdays: [Int]? = nil, hours: [Int]? = nil,
    offset: Int? = nil
  ) {
    self.from = from
    self.until = until
    self.weekdays = weekdays
    self.hours = hours
    self.offset = offset
  }

  func covers(_ time: Double) -> Bool {
    if let from, time < from { return false }
    if let until, time >= until { return false }
    let hour = ((time + Double(offset ?? 0) * 60) / 3_600).rounded(.down)
    let day = (hour / 24).rounded(.down)
    if let hours, !hours.contains(Int(hour - day * 24)) { return false }
    // 1970-01-01 was a Thursday.
    if let weekdays {
      let weekday = Int((day + 3).truncatingRemainder(dividingBy: 7))
      if !weekdays.contains((weekday + 7) % 7 + 1) { return false }
    }
    return true
  }
}
