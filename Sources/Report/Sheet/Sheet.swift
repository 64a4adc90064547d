/// A page of figures: tiles, charts and tables with words between them, such as an evaluation.
///
/// ``SheetPage`` renders it. All texts are data, never markup.
public struct Sheet: Sendable {
  /// A number that stands out.
  public struct Figure: Sendable {
    /// As it is shown.
    public var value: String
    /// What it is.
    public var label: String

    /// Creates a figure.
    public init(_ value: String, _ label: String) { (self.value, self.label) = (value, label) }
  }

  /// A part of the page under a heading of its own.
  public struct Section: Sendable {
    /// The heading, unlike any other of the page.
    public var title: String
    /// A word in the page's navigation; `nil` leaves the section out of it.
    public var shortTitle: String?
    /// What is seen here, and how to read it.
    public var lead: String?
    /// What is shown.
    public var blocks: [Block]

    /// Creates a section.
    public init(_ title: String, short: String? = nil, lead: String? = nil, _ blocks: [Block]) {
      (self.title, self.lead, self.blocks) = (title, lead, blocks)
      shortTitle = short
    }
  }

  /// Something that is shown.
  public enum Block: Sendable {
    /// Sentences, a paragraph each.
    case words([String])
    /// Means with the interval each may lie in.
    case intervals(IntervalChart)
    /// Lines over numbers that grow.
    case curves(CurveChart)
    /// Bars in groups.
    case bars(BarChart)
    /// Rows and columns.
    case table(SheetTable)
  }

  /// What stands above the title.
  public var eyebrow: String
  /// The title.
  public var title: String
  /// A line below it.
  public var made: String
  /// Numbers at the top.
  public var figures: [Figure] = []
  /// The parts.
  public var sections: [Section] = []

  /// Creates a page without parts.
  public init(eyebrow: String, title: String, made: String) {
    (self.eyebrow, self.title, self.made) = (eyebrow, title, made)
  }
}

/// Means with their intervals, one under the other.
public struct IntervalChart: Sendable {
  /// One mean.
  public struct Row: Sendable {
    /// What it is of.
    public var name: String
    /// The mean and the ends of its interval.
    public var mean: Double, lower: Double, upper: Double
    /// Whether it stands out.
    public var isMarked: Bool

    /// Creates a row.
    public init(_ name: String, mean: Double, lower: Double, upper: Double, isMarked: Bool = false)
    {
      (self.name, self.mean, self.lower, self.upper) = (name, mean, lower, upper)
      self.isMarked = isMarked
    }
  }

  /// Above the chart.
  public var title: String
  /// The means.
  public var rows: [Row]

  /// Creates a chart.
  public init(_ title: String, _ rows: [Row]) { (self.title, self.rows) = (title, rows) }
}

/// Lines over numbers that grow, such as the length of a list.
public struct CurveChart: Sendable {
  /// One line.
  public struct Line: Sendable {
    /// What it is of.
    public var name: String
    /// Its points, x ascending.
    public var points: [(x: Double, y: Double)]

    /// Creates a line.
    public init(_ name: String, _ points: [(x: Double, y: Double)]) {
      (self.name, self.points) = (name, points)
    }
  }

  /// Above the chart.
  public var title: String
  /// What x is.
  public var xLabel: String
  /// The lines, the one that matters most first.
  public var lines: [Line]

  /// Creates a chart.
  public init(_ title: String, xLabel: String, _ lines: [Line]) {
    (self.title, self.xLabel, self.lines) = (title, xLabel, lines)
  }
}

/// Bars in groups, the same series in each.
public struct BarChart: Sendable {
  /// Bars that stand together.
  public struct Group: Sendable {
    /// What they have in common.
    public var name: String
    /// Small words beside it.
    public var note: String
    /// A value a series; `nil` where there is none.
    public var values: [Double?]

    /// Creates a group.
    public init(_ name: String, note: String = "", _ values: [Double?]) {
      (self.name, self.note, self.values) = (name, note, values)
    }
  }

  /// Above the chart.
  public var title: String
  /// What the bars of a group are of, in their order.
  public var series: [String]
  /// The groups.
  public var groups: [Group]

  /// Creates a chart.
  public init(_ title: String, series: [String], _ groups: [Group]) {
    (self.title, self.series, self.groups) = (title, series, groups)
  }
}

/// Rows and columns; the first column is of words, the others of numbers unless said otherwise.
public struct SheetTable: Sendable {
  /// Above the table; `nil` for none.
  public var title: String?
  /// The heads of the columns.
  public var columns: [String]
  /// The cells, row by row.
  public var rows: [[String]]
  /// Columns of words.
  public var wordColumns: Set<Int> = [0]
  /// The row that stands out.
  public var marked: Int?

  /// Creates a table.
  public init(_ title: String? = nil, columns: [String], rows: [[String]], marked: Int? = nil) {
    (self.title, self.columns, self.rows, self.marked) = (title, columns, rows, marked)
  }
}
